/** @file Completion scripts, in the shells themselves where they are installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";

const main = resolve(import.meta.dirname, "../src/main.js");
const installed = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;
const [id, other] = ["3f2a00000000", "c09b00000000"];

/** Holds the scripts, and runs/ and elsewhere/ with a run each. */
let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  for (const shell of ["bash", "fish"]) {
    const script = execFileSync(process.execPath, [main, "completion", shell], { cwd: folder });
    await writeFile(join(folder, `exp.${shell}`), script);
  }
  await mkdir(join(folder, "runs", id), { recursive: true });
  await mkdir(join(folder, "elsewhere", other), { recursive: true });
  return () => removeFolder(folder);
}, 120_000);

function complete(shell: "bash" | "fish", line: string): readonly string[] {
  // bash makes a word of "=" where somebody types.
  const words = line.split(/ |(=)/).filter((word) => word !== undefined);
  const bash = `source ./exp.bash; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _exp 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const fish = `source ./exp.fish; complete -C '${line}'`;
  const args = shell === "bash" ? ["--norc", "-c", bash] : ["--no-config", "-c", fish];
  const text = execFileSync(shell, args, { cwd: folder, encoding: "utf8" });
  return text.split("\n").flatMap((one) => one.split("\t")[0] || []);
}

for (const shell of ["bash", "fish"] as const) {
  describe.skipIf(!installed(shell))(`completion in ${shell}`, () => {
    test.for([
      ["commands", "exp tab", ["table", "table1", "table2", "table3", "table4", "table5"]],
      ["options", "exp train --noise-s", ["--noise-seed"]],
      ["options of all commands", "exp doctor --verb", ["--verbose"]],
      ["those of configuration files", "exp doctor --show", ["--show-config"]],
      ["choices", "exp table2 --scale ", ["smoke", "quick", "paper"]],
      ["names of a list, behind a comma", "exp table2 --datasets raf-db,fer", ["raf-db,ferplus"]],
      ["functions f", "exp train --threshold quad", ["quadratic"]],
      ["settings", "exp train --set adamw.weightD", ["adamw.weightDecay="]],
      ["actions", "exp runs ver", ["verify"]],
      ["run ids", "exp evaluate --run ", [id]],
      ["run ids of an action", "exp runs show ", [id]],
      ["run ids of another folder", "exp evaluate --runs elsewhere --run ", [other]],
    ] as const)("has %s", ([, line, expected]) => {
      expect(complete(shell, line).toSorted()).toEqual([...expected].toSorted());
    });
  });
}
