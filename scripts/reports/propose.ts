/** @file A branch and a pull request of reports that were made again. */
import { execFileSync } from "node:child_process";

export interface ProposeOptions {
  /** Lets `gh` open the pull request. Without one, nothing is pushed. */
  readonly token?: string;
  /** Names the branch: "2026-11-28". */
  readonly date: string;
  readonly say: (line: string) => void;
}

/** GitHub refuses longer descriptions. */
const longestBody = 60_000;

/**
 * Commits what differs in results/<folder> to a new branch, pushes it to `origin` and opens a pull request that shows the
 * differences of the tables. Reports that differ in their provenance alone are put back: their date always differs.
 *
 * @param repository a working tree, with the reports made again
 * @returns the branch; undefined if no table and no figure differs
 */
export function proposeReports(
  repository: string,
  folders: readonly string[],
  { token, date, say }: ProposeOptions,
): string | undefined {
  const run = (command: string, args: readonly string[], input?: string) =>
    execFileSync(command, args, { cwd: repository, encoding: "utf8", input }).trim();
  const git = (...args: readonly string[]) => run("git", args);
  const paths = folders.map((folder) => `results/${folder}`);
  git("add", "--", ...paths);
  const changed = git("diff", "--cached", "--name-only", "--", ...paths).split("\n");
  if (!changed.some((path) => path !== "" && !path.endsWith(".md"))) {
    git("restore", "--staged", "--worktree", "--", ...paths);
    say("No table and no figure differs from the committed ones.");
    return undefined;
  }
  const branch = `reports/${date}`;
  const title = `Make the ${folders.join(" and ")} reports again`;
  const tables = git("diff", "--cached", "--", ...paths.map((path) => `${path}/*.csv`));
  const body = bodyOf(git("diff", "--cached", "--stat", "--", ...paths), tables);
  if (token === undefined || token === "") {
    say(`Without GH_TOKEN nothing is pushed. It would push branch ${branch} and run`);
    say(`gh pr create --head ${branch} --title "${title}" --body-file -`);
    say(body);
    return branch;
  }
  git("switch", "--create", branch);
  git("commit", "--message", title, "--message", "Made by the scheduled job, with the same code.");
  git("push", "--force", "origin", branch);
  say(run("gh", ["pr", "create", "--head", branch, "--title", title, "--body-file", "-"], body));
  return branch;
}

function bodyOf(files: string, tables: string): string {
  const text = [
    "These reports came out differently when they were made again with the code of this branch.",
    "Processors add numbers in different orders, so small differences of k of n may be chance.",
    "",
    "```",
    files,
    "```",
    "",
    "```diff",
    tables,
  ].join("\n");
  const shown = text.length > longestBody ? `${text.slice(0, longestBody)}\n...` : text;
  return `${shown}\n\`\`\`\n`;
}
