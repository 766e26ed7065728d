/** @file What CI checks of committed reports: freshly made ones say the same, and their commits exist. */
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { commandsIn } from "../reports/commands.ts";
import { commitsIn, missingCommits } from "../reports/commits.ts";
import { compareReports } from "../reports/compare.ts";
import { proposeReports } from "../reports/propose.ts";

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
  return () => removeFolder(folder);
});

/** Runs Git in `cwd`, as somebody. */
function git(cwd: string, ...args: readonly string[]): string {
  const who = ["-c", "user.name=A", "-c", "user.email=a@b.c"];
  return execFileSync("git", [...who, ...args], { cwd, encoding: "utf8", stdio: "pipe" }).trim();
}

describe("compareReports", () => {
  const header = "dataset,f,seeds,last_accuracy_mean,last_accuracy_k,last_accuracy_n,runs";
  const linear = "RAF-DB,linear,0 1,78.0000,117 110,150 150,3f2a";
  const given = "RAF-DB,,0 1,60.0000,90 90,150 150,91bc";

  const compared = async (
    before: Readonly<Record<string, readonly string[]>>,
    after: Readonly<Record<string, readonly string[]>>,
  ) => {
    for (const [name, tables] of Object.entries({ before, after })) {
      await mkdir(join(folder, name), { recursive: true });
      for (const [table, lines] of Object.entries(tables)) {
        await writeFile(join(folder, name, table), [header, ...lines].join("\n"));
      }
    }
    return compareReports(join(folder, "before"), join(folder, "after"), 0.1);
  };

  test("finds equal reports equal, and says how much it compared", async () => {
    const tables = { "table2.csv": [linear, given] };
    expect(await compared(tables, tables)).toEqual({ differences: [], tables: 1, counts: 4 });
  });

  test("allows a difference within the tolerance, of n", async () => {
    const fresh = { "table2.csv": [linear.replace("117", "132")] }; // 15 of 150
    expect((await compared({ "table2.csv": [linear] }, fresh)).differences).toEqual([]);
  });

  test("names table, row, and both counts beyond it", async () => {
    const fresh = { "table2.csv": [linear.replace("117", "133")] };
    expect((await compared({ "table2.csv": [linear] }, fresh)).differences).toEqual([
      "table2.csv: dataset RAF-DB, f linear, seeds 0 1: last_accuracy: committed 117 of 150, 110 of 150, fresh 133 of 150, 110 of 150",
    ]);
  });

  test("allows no other n, and no missing accuracy", async () => {
    const fewer = { "table2.csv": [linear.replaceAll("150", "149")] };
    const none = { "table2.csv": [linear.replace("117 110,150 150", ",")] };
    expect((await compared({ "table2.csv": [linear] }, fewer)).differences).toHaveLength(1);
    expect((await compared({ "table2.csv": [linear] }, none)).differences).toEqual([
      expect.stringContaining("fresh nothing"),
    ]);
  });

  test("names rows and tables that only one side has", async () => {
    const { differences } = await compared(
      { "table1.csv": [linear], "table2.csv": [linear] },
      { "table2.csv": [given], "table9.csv": [given] },
    );
    expect(differences).toEqual([
      "table9.csv: not committed, but made afresh",
      "table1.csv: committed, but not made afresh",
      "table2.csv: dataset RAF-DB, seeds 0 1: not committed, but made afresh",
      "table2.csv: dataset RAF-DB, f linear, seeds 0 1: committed, but not made afresh",
    ]);
  });
});

describe("the commits of reports", () => {
  test("are read from the provenance, those of runs and of the report", () => {
    const markdown = [
      "- Commit of 3 runs: 0123456789ab; trained on 2026-11-28",
      "- Commit of this report: ba9876543210 with uncommitted changes",
      "- Commit: a348fd9f39a2; trained on 2026-11-28",
      "- Commit of 2 runs: not recorded by the version that trained",
    ].join("\n");
    expect(commitsIn(markdown)).toEqual(["0123456789ab", "ba9876543210", "a348fd9f39a2"]);
  });

  test("are in the history, or named as missing; a shallow clone cannot tell", async () => {
    const whole = join(folder, "whole");
    await mkdir(join(whole, "results"), { recursive: true });
    git(whole, "init", "-q");
    git(whole, "commit", "-q", "--allow-empty", "-m", "first");
    const commit = git(whole, "rev-parse", "HEAD");
    await writeFile(join(whole, "results/table1.md"), `- Commit: ${commit}\n`);
    await writeFile(join(whole, "results/table2.md"), "- Commit: 0123456789ab; trained today\n");
    git(whole, "add", "-A");
    git(whole, "commit", "-q", "-m", "second");
    expect(missingCommits(join(whole, "results"))).toEqual([
      { report: "table2.md", commit: "0123456789ab" },
    ]);
    git(folder, "clone", "-q", "--depth", "1", `file://${whole}`, "shallow");
    expect(missingCommits(join(folder, "shallow/results"))).toBeUndefined();
  });
});

test("the commands of reports are taken from their provenance, the most frequent first", () => {
  const made = (command: string) => `## Provenance\n\n- Command: \`pnpm exp ${command}\`\n`;
  const reports = [made("masks"), made("all --scale smoke"), made("all --scale smoke"), "nothing"];
  expect(commandsIn(reports)).toEqual([["all", "--scale", "smoke"], ["masks"]]);
});

describe("proposeReports", () => {
  let clone: string;
  let said: string[];
  const propose = (token?: string) =>
    proposeReports(clone, ["smoke"], {
      token,
      date: "2026-11-28",
      say: (line) => said.push(line),
    });
  const write = (file: string, text: string) => writeFile(join(clone, "results/smoke", file), text);

  beforeEach(async () => {
    said = [];
    git(folder, "init", "-q", "--bare", "origin.git");
    git(folder, "clone", "-q", "origin.git", "clone");
    clone = join(folder, "clone");
    git(clone, "config", "user.name", "A");
    git(clone, "config", "user.email", "a@b.c");
    await mkdir(join(clone, "results/smoke"), { recursive: true });
    await write("table1.csv", "f,k\nlinear,117\n");
    await write("table1.md", "- Date: yesterday\n");
    git(clone, "add", "-A");
    git(clone, "commit", "-q", "-m", "first");
    git(clone, "push", "-q", "origin", "HEAD");
  });

  test("puts reports back that differ in their provenance alone", async () => {
    await write("table1.md", "- Date: today\n");
    expect(propose("a token")).toBeUndefined();
    expect(git(clone, "status", "--porcelain")).toBe("");
    expect(said).toEqual(["No table and no figure differs from the committed ones."]);
  });

  test("says without a token what it would do, and pushes nothing", async () => {
    await write("table1.csv", "f,k\nlinear,120\n");
    expect(propose()).toBe("reports/2026-11-28");
    expect(said.join("\n")).toContain(
      'gh pr create --head reports/2026-11-28 --title "Make the smoke reports again"',
    );
    expect(said.join("\n")).toContain("-linear,117\n+linear,120");
    expect(git(clone, "ls-remote", "--heads", "origin").split("\n")).toHaveLength(1);
  });

  const posix = process.platform !== "win32"; // for the program in place of gh
  test.runIf(posix)(
    "pushes a branch and opens a pull request that shows the differences",
    async () => {
      // In place of gh, a program that keeps what it is given.
      const bin = join(folder, "bin");
      await mkdir(bin);
      await writeFile(join(bin, "gh"), `#!/bin/sh\necho "$@" > ${bin}/args; cat > ${bin}/body\n`);
      await chmod(join(bin, "gh"), 0o755);
      vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"]}`);
      onTestFinished(() => void vi.unstubAllEnvs());
      await write("table1.csv", "f,k\nlinear,120\n");
      await write("table2.csv", "f,k\nnew,1\n");
      propose("a token");
      const pushed = git(join(folder, "origin.git"), "show", "--stat", "reports/2026-11-28");
      expect(pushed).toContain("Make the smoke reports again");
      expect(pushed).toContain("2 files changed");
      expect(await readFile(join(bin, "args"), "utf8")).toContain(
        "pr create --head reports/2026-11-28",
      );
      expect(await readFile(join(bin, "body"), "utf8")).toContain("+linear,120");
    },
  );
});
