/** @file Words for a shell. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { quoteWord, quoteWords } from "../src/launch/shell-words.ts";

const words = [
  "plain-1.txt",
  "",
  "two words",
  "it's",
  '"',
  "$HOME",
  "`id`",
  "a\nb",
  "*",
  "\\",
  "!",
  "é",
  "~",
  "#x",
];

test("a shell takes quoted words as they are", () => {
  for (const shell of ["sh", "bash"]) {
    const printed = execFileSync(shell, ["-c", `printf '%s\\0' ${quoteWords(words)}`], {
      encoding: "utf8",
    });
    expect(printed.split("\0").slice(0, -1)).toEqual(words);
  }
});

test("what needs no quotes has none", () => {
  expect(["--set=a.b=1e-4", "./a/b.ts", "3f2a"].map(quoteWord)).toEqual([
    "--set=a.b=1e-4",
    "./a/b.ts",
    "3f2a",
  ]);
});
