/** @file What changes the fingerprint of a data set, and what does not. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Dataset, fingerprint, hashDataset, loadDataset, synthesize } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { trainingTable, writeCsv } from "./fixtures/affectnet.ts";
import { picturesTable, writeTables } from "./fixtures/ferplus.ts";
import { picture, temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { list, writeOfficial } from "./fixtures/raf-db.ts";

const rafDb = async (folder: string) => fingerprint(await loadDataset("raf-db", folder));

describe("fingerprint", () => {
  test("is a SHA-256 in hex", async () => {
    expect(await rafDb(await writeOfficial())).toMatch(/^[0-9a-f]{64}$/);
  });

  test("does not change when the folder moves", async () => {
    const folder = await writeOfficial();
    const copy = await temporaryFolder();
    await cp(folder, copy, { recursive: true });
    expect(await rafDb(copy)).toBe(await rafDb(folder));
  });

  test("changes with one label", async () => {
    const other = list.replace("train_00002.jpg 2", "train_00002.jpg 3");
    const folder = await writeOfficial();
    const changed = await writeOfficial({ list: other });
    expect(await rafDb(changed)).not.toBe(await rafDb(folder));
  });

  test("changes with one image file", async () => {
    const folder = await writeOfficial();
    const before = await rafDb(folder);
    await writeFiles(folder, { "Image/aligned/test_0002_aligned.jpg": await picture("jpeg", 99) });
    expect(await rafDb(folder)).not.toBe(before);
  });

  test("changes with one face box", async () => {
    const load = async (training: string) =>
      fingerprint(await loadDataset("affectnet-8", await writeCsv({ training })));
    const moved = trainingTable.replace("1,2,10,12", "1,3,10,12");
    expect(await load(moved)).not.toBe(await load(trainingTable));
  });

  test("changes with one pixel of a table", async () => {
    const load = async (pictures: string) =>
      fingerprint(await loadDataset("ferplus", await writeTables({ pictures })));
    const changed = picturesTable.replace("0 255 0", "0 254 0");
    expect(await load(changed)).not.toBe(await load(picturesTable));
  });

  test.each([
    ["the layout", { layout: "kaggle" }],
    ["the protocol", { protocol: "compound" }],
    ["the order of the classes", { classes: ["fear", "surprise"] }],
  ] satisfies [string, Partial<Dataset>][])("changes with %s", async (_, change) => {
    const dataset = await loadDataset("raf-db", await writeOfficial());
    expect(await fingerprint({ ...dataset, ...change })).not.toBe(await fingerprint(dataset));
  });

  test("changes when an image moves to another split", async () => {
    const dataset = await loadDataset("raf-db", await writeOfficial());
    const { train, test: rest } = dataset.splits;
    const splits = { train: train.slice(0, -1), validation: train.slice(-1), test: rest };
    expect(await fingerprint({ ...dataset, splits })).not.toBe(await fingerprint(dataset));
  });

  test("is the same from hashes that were made before, which no longer read the files", async () => {
    const folder = await writeOfficial();
    const dataset = await loadDataset("raf-db", folder);
    const [before, hashes] = [await fingerprint(dataset), await hashDataset(dataset)];
    await rm(join(folder, "Image"), { recursive: true });
    expect(await fingerprint(dataset, hashes)).toBe(before);
  });

  test("names an image that has come back since it was hashed", async () => {
    const folder = await writeOfficial();
    const dataset = await loadDataset("raf-db", folder);
    const path = join(folder, "Image", "aligned", "train_00001_aligned.jpg");
    const bytes = await readFile(path);
    await rm(path);
    const hashes = await hashDataset(dataset);
    await writeFile(path, bytes);
    await expect(fingerprint(dataset, hashes)).rejects.toThrow(
      `${path}: expected the image that was`,
    );
  });

  test("names an image that has gone since the labels were read", async () => {
    const folder = await writeOfficial();
    const dataset = await loadDataset("raf-db", folder);
    const path = join(folder, "Image", "aligned", "train_00001_aligned.jpg");
    await rm(path);
    await expect(fingerprint(dataset)).rejects.toThrow(`${path}: expected an image, found no file`);
  });
});

describe("the fingerprint of drawn faces", () => {
  const drawn = async () => {
    const folder = join(await temporaryFolder(), "raf-db");
    const counts = { train: 7, test: 7 };
    await synthesize({ dataset: "raf-db", folder, seed: 1, counts, labelNoise: 0, threads: 1 });
    return folder;
  };
  const change = async (path: string, edit: (text: string) => string) => {
    const text = await readFile(path, "latin1");
    expect(edit(text)).not.toBe(text);
    await writeFile(path, edit(text), "latin1");
  };

  test.for([
    [
      "the true expression of a face",
      "labels.csv",
      (text: string) => text.replace(/,surprise,/, ",fear,"),
    ],
    [
      "the share of wrong labels",
      "manifest.json",
      (text: string) => text.replace('"labelNoise": 0', '"labelNoise": 0.1'),
    ],
  ] as const)("changes with %s", async ([, file, edit]) => {
    const folder = await drawn();
    const before = await rafDb(folder);
    await change(join(folder, "ground-truth", file), edit);
    expect(await rafDb(folder)).not.toBe(before);
  });

  test("changes with an image of where a face shows its expression, and with its loss", async () => {
    const folder = await drawn();
    const before = await rafDb(folder);
    const { groundTruth, splits } = await loadDataset("raf-db", folder);
    const path = groundTruth!.expressionEnergy(splits.test[0]!.id);
    await change(path, (bytes) => `${bytes} `);
    const changed = await rafDb(folder);
    await rm(path);
    const lost = await rafDb(folder);
    expect(new Set([before, changed, lost]).size).toBe(3);
  });
});
