/** @file labels.csv, which every classifier leaves, and the history that it is made of. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { balancedOrder } from "@mvt/datasets";
import { instantiate, LabelLedger, thresholds } from "@mvt/relabel";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { epochMetrics } from "../src/runs/result.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../src/training/checkpoint.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { configFor } from "./fixtures/run-config.ts";
import {
  folderOf,
  newestCheckpoint,
  readMetrics,
  train,
  withRelabelling,
} from "./fixtures/train.ts";
import type { TinyRun } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

let data: OpenedData;
/** Four epochs, of which the last three relabel. */
let run: TinyRun;
let runs: string;

beforeAll(async () => {
  const folder = await makeFolder();
  data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });
  run = withRelabelling({ config: configFor(data), data }, instantiate(thresholds.constant), 2);
  runs = join(folder, "runs");
  await train(run, runs);
  return () => removeFolder(folder);
});

describe("labels.csv", () => {
  const readLabels = async (tiny: TinyRun, folder: string) => {
    const csv = await readFile(folderOf(tiny, folder).path("labels.csv"), "utf8");
    const [header, ...lines] = csv.trimEnd().split("\n");
    const names = header!.split(",");
    return lines.map((line) =>
      Object.fromEntries(line.split(",").map((cell, i) => [names[i]!, cell])),
    );
  };

  test("has a line per training image, with its labels by name", async () => {
    const { train: trained, trainTruth, classes } = data;
    const { labels } = await ledgerOf(run);
    expect(
      (await readLabels(run, runs)).map(({ id, given, current, true: truth }) => [
        id,
        given,
        current,
        truth,
      ]),
    ).toEqual(
      trained.ids.map((id, i) => [
        id,
        classes[trained.labels[i]!],
        classes[labels[i]!],
        classes[trainTruth![i]!],
      ]),
    );
  });

  test("names the epochs of every change", async () => {
    const { changes } = await ledgerOf(run);
    const found = (await readLabels(run, runs)).flatMap(({ id, changed_epochs: epochs }) =>
      epochs === "" ? [] : epochs!.split(" ").map((epoch) => `${id} ${epoch}`),
    );
    expect(found.toSorted()).toEqual(changes.map(({ id, epoch }) => `${id} ${epoch}`).toSorted());
  });

  test("agrees with training accuracy: a label that the last step predicted has the greatest share", async () => {
    const { train: counted } = (await readMetrics(run, runs)).at(-1)!;
    const rows = await readLabels(run, runs);
    const right = rows.filter((row) => Number(row["normalized_margin"]) > 0.5);
    expect({ k: right.length, n: rows.length }).toEqual({ k: counted.k, n: counted.n });
  });

  test("is written without relabelling, too, with the given labels as the current ones", async () => {
    const { relabel: _, ...plain } = run.config;
    const alone = { config: plain, data: { ...data, trainTruth: undefined } };
    const elsewhere = await temporaryFolder(onTestFinished);
    await train(alone, elsewhere);
    const rows = await readLabels(alone, elsewhere);
    expect(rows).toHaveLength(data.train.ids.length);
    for (const row of rows) {
      expect(row["current"]).toBe(row["given"]);
      expect([row["true"], row["changed_epochs"]]).toEqual(["", ""]);
      expect(Number(row["aum"])).not.toBe(0);
    }
  });

  test("has no scores for images that a balanced sampler never drew", async () => {
    const sampler = "balanced" as const;
    const training = { ...run.config.training, epochs: 1, sampler };
    const { relabel: _, ...plain } = run.config;
    const balanced = { config: { ...plain, training }, data };
    const elsewhere = await temporaryFolder(onTestFinished);
    await train(balanced, elsewhere);
    const drawn = new Set(balancedOrder(data.train.labels, balanced.config.seed, 1));
    const rows = await readLabels(balanced, elsewhere);
    const empty = rows.flatMap((row, i) => (row["self_confidence"] === "" ? [i] : []));
    expect(empty).toEqual([...rows.keys()].filter((i) => !drawn.has(i)));
    expect(empty.length).toBeGreaterThan(0);
    for (const i of empty) {
      expect([rows[i]!["normalized_margin"], rows[i]!["aum"]]).toEqual(["", ""]);
    }
  });
});

describe("a run whose checkpoint has no training history", () => {
  test("is refused: it is of an earlier version, which did not write labels.csv", async () => {
    const elsewhere = await temporaryFolder(onTestFinished);
    const onEpoch = () => {
      throw new Error("interrupted");
    };
    await expect(train(run, elsewhere, { onEpoch })).rejects.toThrow("interrupted");
    const folder = folderOf(run, elsewhere);
    const { file, bytes } = (await newestCheckpoint(folder))!;
    const path = folder.path(file);
    const { history: _, ...old } = decodeCheckpoint(bytes, path, epochMetrics);
    await folder.write(file, encodeCheckpoint(old));
    await expect(train(run, elsewhere)).rejects.toThrow(
      `${path}: expected a checkpoint with the history of its training images, got one of an earlier version, without`,
    );
  });
});

/** The ledger that the run left. */
async function ledgerOf(tiny: TinyRun): Promise<LabelLedger> {
  const text = await readFile(folderOf(tiny, runs).path("labels.jsonl"), "utf8");
  const { ids, labels } = data.train;
  return LabelLedger.fromJsonLines(text, { ids, given: labels, classes: data.classes });
}
