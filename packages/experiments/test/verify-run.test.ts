/** @file A result is only believed if the run's other files give it again, whatever the checksums say. */
import { readFile, writeFile } from "node:fs/promises";
import { UserError } from "@mvt/common";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readPredictions } from "../src/runs/predictions.ts";
import type { RunFile, RunFolder } from "../src/runs/run-folder.ts";
import { describeVerified, verifyRun } from "../src/runs/verify-run.ts";
import { trainedClassifier, trainedGenerator, vouchAgain } from "./fixtures/trained-runs.ts";

let classifier: RunFolder;
let generator: RunFolder;

beforeAll(async () => {
  const runs = await makeFolder();
  classifier = await trainedClassifier(runs);
  generator = await trainedGenerator(runs, classifier);
  return () => removeFolder(runs);
});

/** Changes a text of a run, with a manifest that vouches for it, for one test. */
async function withText(run: RunFolder, file: RunFile, change: (text: string) => string) {
  const kept = await Promise.all(
    [file, "manifest.json" as const].map(
      async (name) => [name, await readFile(run.path(name))] as const,
    ),
  );
  onTestFinished(async () => {
    for (const [name, bytes] of kept) await writeFile(run.path(name), bytes);
  });
  const before = String(kept[0]![1]);
  const text = change(before);
  expect(text).not.toBe(before);
  const manifest = run.path("manifest.json");
  await writeFile(run.path(file), text);
  await writeFile(manifest, kept[1]![1]);
  // `vouchAgain` reads the files without their checksums.
  await vouchAgain(run);
}

/** The finding, with the folder of the run shown as RUN. */
async function finding(run: RunFolder): Promise<string> {
  const error: unknown = await verifyRun(run).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).finding.replaceAll(
    run.path("result.json").replace("/result.json", ""),
    "RUN",
  );
}

const changeLine = (text: string, line: number, change: (line: string) => string) =>
  text
    .split("\n")
    .map((each, i) => (i === line ? change(each) : each))
    .join("\n");

describe("a run", () => {
  test("as it was trained is verified, with what its predictions give", async () => {
    const { labels, predicted } = await readPredictions(classifier);
    const k = predicted.filter((label, i) => label === labels[i]).length;
    expect(describeVerified(await verifyRun(classifier))).toBe(
      `verified: 9 files, ${k} of 9 right`,
    );
    expect(describeVerified(await verifyRun(generator))).toBe("verified: 5 files");
  });

  test("whose predictions lack a line is refused by every reader of them", async () => {
    await withText(classifier, "predictions.csv", (text) => text.replace(/\n[^\n]+\n$/, "\n"));
    await expect(readPredictions(classifier)).rejects.toThrow(
      /predictions\.csv: expected \d of 9 right predictions, as result\.json says, found \d of 8\. Mend the run with `pnpm exp runs repair [0-9a-f]{12}`\.$/,
    );
    expect(await finding(classifier)).toMatch(/^RUN\/predictions\.csv: expected \d of 9 right/);
  });

  test.each([
    [
      "the epoch of the result",
      "result.json",
      (text: string) =>
        text.replace(
          /("validation": \{[^}]*"epoch": )(\d)/,
          (_, a: string, n: string) => `${a}${3 - Number(n)}`,
        ),
      /^RUN\/result\.json: expected validation \{"epoch":\d,"k":\d,"n":9\}, as its files give, found /,
    ],
    [
      "the best test accuracy",
      "result.json",
      (text: string) => text.replace(/("bestOnTest": \{\s*"k": )\d/, "$10"),
      /expected bestOnTest \{"k":\d,"n":9,"epoch":\d\}|expected bestOnTest \{"epoch":\d,"k":\d,"n":9\}/,
    ],
    [
      "the number of parameters",
      "result.json",
      (text: string) => text.replace(/"parameters": \d+/, '"parameters": 7'),
      /expected parameters \d+, as its files give, found 7$/,
    ],
    [
      "the seed",
      "result.json",
      (text: string) => text.replace('"seed": 0', '"seed": 1'),
      /expected the result of a classifier with seed 0, found that of a classifier with seed 1$/,
    ],
    [
      "the count of changed labels",
      "result.json",
      (text: string) => text.replace(/"changed": \d+/, '"changed": 1'),
      /expected relabel \{"changed":\d+,.*, as its files give, found \{"changed":1,/,
    ],
    [
      "a true label",
      "labels.csv",
      (text: string) =>
        changeLine(text, 2, (line) => line.replace(/^((?:[^,]*,){3})[^,]*/, "$1neutral")),
      /expected relabel /,
    ],
    [
      "a line of the ledger",
      "labels.jsonl",
      (text: string) => text.replace(/[^\n]+\n$/, ""),
      /expected \d+ changes of labels, as metrics\.jsonl counts, found \d+ in labels\.jsonl$/,
    ],
    [
      "an epoch of the metrics",
      "metrics.jsonl",
      (text: string) => text.replace(/[^\n]+\n$/, ""),
      /expected (?:epochs 1|validation|last)/,
    ],
    [
      "the order of the metrics",
      "metrics.jsonl",
      (text: string) => text.split("\n").slice(0, 2).toReversed().join("\n"),
      /^RUN\/metrics\.jsonl:1: expected the measures of epoch 1, found something else$/,
    ],
    [
      "a number in the table of the metrics",
      "metrics.csv",
      (text: string) => text.replace(/0\.\d+/, "0.5"),
      /^RUN\/metrics\.csv: expected the table of metrics\.jsonl, found another$/,
    ],
    [
      "a word in the metrics",
      "metrics.jsonl",
      (text: string) => text.replace("loss", "lost"),
      /^RUN\/metrics\.jsonl:1: expected the measures of epoch 1, found something else$/,
    ],
  ] as const)("with another content of %s is not verified", async (_, file, change, expected) => {
    await withText(classifier, file, change);
    expect(await finding(classifier)).toMatch(expected);
  });

  test("that trained a mask generator has the result of its last epoch", async () => {
    await withText(generator, "result.json", (text) => text.replace(/"LG": [\d.]+/, '"LG": 3'));
    expect(await finding(generator)).toMatch(
      /^RUN\/result\.json: expected last \{.*\}, as its files give, found .*"LG":3/,
    );
  });
});
