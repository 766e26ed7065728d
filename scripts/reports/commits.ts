/** @file The commits that reports name, and whether the history has them. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A report whose commit is missing. */
export interface MissingCommit {
  /** Its path below the folder of reports. */
  readonly report: string;
  readonly commit: string;
}

/**
 * The reports below `folder`, in Markdown, that name a commit which no ancestor of HEAD is; undefined where
 * there is no whole history to look it up in, as in a shallow clone.
 *
 * @param folder within a Git repository
 */
export function missingCommits(folder: string): readonly MissingCommit[] | undefined {
  if (git(folder, "rev-parse", "--is-shallow-repository") !== "false") return undefined;
  const reports = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return reports
    .filter((name) => name.endsWith(".md"))
    .flatMap((report) =>
      commitsIn(readFileSync(join(folder, report), "utf8")).map((commit) => ({ report, commit })),
    )
    .filter(
      ({ commit }) => git(folder, "merge-base", "--is-ancestor", commit, "HEAD") === undefined,
    );
}

/** The commits of a report's provenance: "- Commit: a348fd9f39a2; trained on 2026-11-28". */
export function commitsIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^- Commit(?: of [^:]+)?: ([0-9a-f]{7,40})\b/gm)].map(
    ([, commit]) => commit!,
  );
}

/** What Git prints; undefined if it fails. */
function git(cwd: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}
