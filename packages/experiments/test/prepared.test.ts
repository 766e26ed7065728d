/** @file Data ready for training: which images go where, and that ids, labels, pictures and truth line up. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeImages, loadDataset, rafDbClasses, readRows, splitNames } from "@mvt/datasets";
import type { Dataset } from "@mvt/datasets";
import { UserError } from "@mvt/common";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { eachOnce } from "../src/data/prepared-sets.ts";
import type { Subset } from "../src/data/prepared.ts";
import { describeData } from "../src/runs/provenance.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { prepareData } from "../src/data/prepared.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

const imageSize = 16;

let folder: string;
let rafDb: Dataset;
let ferplus: Dataset;
let data: OpenedData;

const prepare = (dataset: Dataset, validationShare = 0.2) =>
  openedData(dataset, { imageSize, validationShare, cacheFolder: join(folder, "cache") });

beforeAll(async () => {
  folder = await makeFolder();
  rafDb = await drawFaces(join(folder, "data"), "raf-db");
  ferplus = await drawFaces(join(folder, "data"), "ferplus");
  data = await prepare(rafDb);
  return () => removeFolder(folder);
});

/** Images per class. */
function perClass({ labels }: Pick<Subset, "labels">, classes: number): readonly number[] {
  return Array.from({ length: classes }, (_, k) => labels.filter((label) => label === k).length);
}

/** Lines of RAF-DB's own label file, "train_00001.jpg 4", as ids and class indices. */
async function labelFile(): Promise<ReadonlyMap<string, number>> {
  const path = join(folder, "data/raf-db/EmoLabel/list_patition_label.txt");
  const lines = (await readFile(path, "utf8")).trim().split(/\r?\n/);
  return new Map(
    lines.map((line) => {
      const [name, number] = line.split(" ") as [string, string];
      return [name.replace(".jpg", ""), Number(number) - 1];
    }),
  );
}

describe("the validation subset of RAF-DB", () => {
  test("is a share of every class, to the nearest image", () => {
    const train = perClass(data.train, 7);
    const validation = perClass(data.validation, 7);
    const all = perClass({ labels: labelsOf(rafDb) }, 7);
    expect(validation).toEqual(all.map((n) => Math.round(0.2 * n)));
    expect(train).toEqual(all.map((n, k) => n - validation[k]!));
    expect(Math.min(...validation)).toBeGreaterThan(0);
  });

  test("is disjoint from what is trained on, and together they are the training set", () => {
    const held = new Set(data.validation.ids);
    expect(data.train.ids.filter((id) => held.has(id))).toEqual([]);
    expect([...data.train.ids, ...data.validation.ids].toSorted()).toEqual(
      rafDb.splits.train.map(({ id }) => id).toSorted(),
    );
  });

  test("is drawn, not taken from the front of each class", async () => {
    const firstOfClass = rafDbClasses.flatMap((expression) => {
      const members = rafDb.splits.train.filter((sample) => sample.expression === expression);
      return members.slice(0, Math.round(0.2 * members.length)).map(({ id }) => id);
    });
    expect(data.validation.ids).not.toEqual(firstOfClass.toSorted());
  });

  test("is the same whenever and wherever the set is prepared, so that all seeds share it", async () => {
    const elsewhere = await temporaryFolder(onTestFinished);
    const again = await prepare(await drawFaces(elsewhere, "raf-db"));
    expect(again.validation.ids).toEqual(data.validation.ids);
    expect(again.validation.rows).toEqual(data.validation.rows);
    expect(again.fingerprint).toBe(data.fingerprint);
  });

  test("does not depend on the size of the pictures", async () => {
    const options = { validationShare: 0.2, cacheFolder: join(folder, "cache") };
    const larger = await openedData(rafDb, { ...options, imageSize: 32 });
    expect(larger.validation.ids).toEqual(data.validation.ids);
    expect(larger.fingerprint).toBe(data.fingerprint);
  });

  test("grows with its share", async () => {
    const { validation } = await prepare(rafDb, 0.5);
    expect(validation.ids.length).toBeGreaterThan(2 * data.validation.ids.length - 7);
    expect(new Set(validation.ids)).toEqual(
      new Set([...validation.ids, ...data.validation.ids]), // the larger one holds the smaller one
    );
  });
});

describe("data without validation images", () => {
  test("are refused, since no epoch could be chosen", async () => {
    const attempt = prepare(rafDb, 0.01);
    await expect(attempt).rejects.toThrow(UserError);
    await expect(attempt).rejects.toThrow(
      "RAF-DB: expected images to choose the epoch on, got none: it has no validation split, and a share of 0.01 of each class in 60 training images rounds to no image. Add training images.",
    );
  });
});

describe("FERPlus", () => {
  test("is validated on its own validation split and trained on all of its training split", async () => {
    const { train, validation, test: tested } = await prepare(ferplus);
    const idsOf = (split: keyof Dataset["splits"]) => ferplus.splits[split].map(({ id }) => id);
    expect(train.ids).toEqual(idsOf("train"));
    expect(validation.ids).toEqual(idsOf("validation"));
    expect(tested.ids).toEqual(idsOf("test"));
    expect(validation.images).not.toBe(train.images);
  });
});

describe("prepared data", () => {
  test("tests on the whole test split, in its order", () => {
    expect(data.test.ids).toEqual(rafDb.splits.test.map(({ id }) => id));
  });

  test("keeps the order of the files within each subset", () => {
    const order = new Map(rafDb.splits.train.map(({ id }, i) => [id, i]));
    for (const { ids } of [data.train, data.validation]) {
      expect(ids.toSorted((a, b) => order.get(a)! - order.get(b)!)).toEqual(ids);
    }
  });

  test("has the labels that the label file gives each id", async () => {
    const labels = await labelFile();
    for (const subset of [data.train, data.validation, data.test]) {
      expect([...subset.labels]).toEqual(subset.ids.map((id) => labels.get(id)));
    }
  });

  test("has each id's own picture in its row", async () => {
    for (const { images, rows, ids } of [data.train, data.validation, data.test]) {
      expect([...rows].map((row) => images.ids[row])).toEqual(ids);
    }
    const at = 7;
    const sample = rafDb.splits.train.find(({ id }) => id === data.validation.ids[at])!;
    const { pixels } = await decodeImages([sample], { size: imageSize, threads: 0 });
    const { images, rows } = data.validation;
    const [picture] = await readRows(images, rows.subarray(at, at + 1));
    expect([...picture!]).toEqual([...pixels]);
  });

  test("is the same wherever its pictures are", async () => {
    const cacheFolder = join(folder, "cache");
    const streamed = await openedData(rafDb, {
      imageSize,
      validationShare: 0.2,
      cacheFolder,
      images: "stream",
    });
    expect(streamed.fingerprint).toBe(data.fingerprint);
    for (const name of splitNames) {
      const { images, ...rest } = streamed[name];
      const { images: decoded, ...expected } = data[name];
      expect(rest).toEqual(expected);
      expect("pixels" in images).toBe(false);
      const rows = rest.rows.subarray(0, 3);
      expect(await readRows(images, rows)).toEqual(await readRows(decoded, rows));
    }
  });

  test("has the truth behind the labels of the training subset, in its order", () => {
    const { expressions, labelNoise } = rafDb.groundTruth!;
    const truth = data.train.ids.map((id) => rafDbClasses.indexOf(expressions.get(id)! as never));
    expect([...data.trainTruth!]).toEqual(truth);
    const wrong = data.train.labels.filter((label, i) => label !== data.trainTruth![i]).length;
    expect(wrong / data.train.ids.length).toBeCloseTo(labelNoise, 1);
  });

  test("knows no truth of data that this project did not draw", async () => {
    const { groundTruth: _, ...real } = rafDb;
    expect(await prepare(real)).toHaveProperty("trainTruth", undefined);
  });

  test("decodes nothing before its images are opened, and then once", async () => {
    let decoded = 0;
    const cacheFolder = join(folder, "untouched-cache");
    const options = {
      imageSize,
      validationShare: 0.2,
      cacheFolder,
      onDecode: () => (decoded += 1),
    };
    const { fingerprint, train, open } = await prepareData(rafDb, options);
    expect({ fingerprint, ids: train.ids }).toEqual({
      fingerprint: data.fingerprint,
      ids: data.train.ids,
    });
    const cached = () => readdir(cacheFolder).catch(() => []);
    const pictures = expect.stringMatching(/^images-/);
    expect(decoded).toBe(0);
    expect(await cached()).not.toContainEqual(pictures);
    const opened = await open();
    expect(decoded).toBeGreaterThan(0);
    expect(await cached()).toContainEqual(pictures);
    expect(await open()).toBe(opened);
  });

  test("tells how many pictures are decoded", async () => {
    const seen: (readonly [number, number])[] = [];
    await openedData(await loadDataset("raf-db", rafDb.folder), {
      imageSize,
      validationShare: 0.2,
      cacheFolder: join(folder, "another-cache"),
      onDecode: (done, total) => seen.push([done, total]),
    });
    expect(seen).toContainEqual([60, 60]);
    expect(seen.at(-1)).toEqual([30, 30]);
  });

  test("goes on without a cache where a file has its place, and tells it", async () => {
    const cacheFolder = join(folder, "no-folder");
    await writeFile(cacheFolder, "");
    const told: string[] = [];
    const without = await openedData(rafDb, {
      imageSize,
      validationShare: 0.2,
      cacheFolder,
      onNotice: eachOnce((line) => told.push(line)),
    });
    expect(without.train).toEqual(data.train);
    const refused = `${cacheFolder}: decoded images cannot be kept there (EEXIST`;
    expect(told.filter((line) => line.startsWith(refused))).toHaveLength(1);
  });
});

function labelsOf({ classes, splits }: Dataset): Int32Array {
  return Int32Array.from(splits.train, ({ expression }) => classes.indexOf(expression));
}

test("FERPlus with FER2013's labels, as real data, knows which are wrong: the votes tell", async () => {
  const loaded = await loadDataset("ferplus", ferplus.folder, { ferplusLabels: "fer2013" });
  const { groundTruth: _, ...dataset } = loaded;
  const prepared = await prepare(dataset);
  const { classes, train, trainTruth: truth } = prepared;
  // Drawn FERPlus calls contempt neutral in column emotion, and agrees with the votes otherwise.
  const wrong = [...train.labels.keys()].filter((i) => train.labels[i] !== truth![i]);
  const contempt = classes.indexOf("contempt");
  expect(wrong).toEqual([...truth!.keys()].filter((i) => truth![i] === contempt));
  expect(wrong.length).toBeGreaterThan(0);
  expect(describeData(prepared)).toMatchObject({
    kind: "real",
    protocol: "argmax-10, FER2013's labels",
    labelNoise: {
      wrong: wrong.length,
      source: "FER2013's labels, by the votes",
      validation: "clean",
    },
  });
});
