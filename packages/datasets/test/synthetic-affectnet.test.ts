/** @file Synthetic AffectNet in both distributions, and the lists of hard faces beside every synthetic set. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  affectnetClasses,
  checkDataset,
  type Dataset,
  type DatasetName,
  difficulties,
  fingerprint,
  loadDataset,
  readSubsets,
  synthesize,
  type SyntheticOptions,
} from "@mvt/datasets";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeImages } from "../src/images/decode.ts";

let parent: string;
const at = (...path: string[]) => join(parent, ...path);
const text = (...path: string[]) => readFile(at(...path), "utf8");

const affectnet = {
  dataset: "affectnet-8",
  seed: 1,
  counts: { train: 24, test: 16 },
  labelNoise: 0.25,
  energy: "test",
  threads: 1,
} as const;
const rafDb = {
  ...affectnet,
  dataset: "raf-db",
  energy: false,
  counts: { train: 1, test: 30 },
} as const;
const ferplus = { ...rafDb, dataset: "ferplus" } as const;

const draw = (folder: string, options: Omit<SyntheticOptions, "folder">) =>
  synthesize({ ...options, folder: at(folder) });
const perClass = ({ classes, splits }: Dataset, split: "train" | "test") =>
  classes.map((name) => splits[split].filter(({ expression }) => expression === name).length);

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "synthetic-affectnet-"));
  await draw("npy", affectnet);
  await draw("csv", { ...affectnet, layout: "csv" });
  await draw("raf-db", rafDb);
  await draw("ferplus", ferplus);
});
afterAll(() => rm(parent, { recursive: true }));

describe("synthetic AffectNet", () => {
  test.each(["npy", "csv"])("loads from layout %s, with its truth", async (layout) => {
    const dataset = await loadDataset("affectnet-8", at(layout));
    expect(dataset.layout).toBe(layout);
    expect([dataset.splits.train.length, dataset.splits.test.length]).toEqual([24, 16]);
    const { train, test: rest } = dataset.splits;
    const isWrong = ({ id, expression }: (typeof train)[number]) =>
      dataset.groundTruth!.expressions.get(id) !== expression;
    expect([train.filter(isWrong).length, rest.filter(isWrong).length]).toEqual([6, 0]);
    expect((await checkDataset(dataset)).ok).toBe(true);
  });

  test("has the same labels in both layouts", async () => {
    const labels = async (layout: string) => {
      const { splits } = await loadDataset("affectnet-8", at(layout));
      return [...splits.train, ...splits.test].map(({ expression }) => expression);
    };
    expect(await labels("csv")).toEqual(await labels("npy"));
  });

  test("is tested on as many faces of each expression, and trained on as many as it likes", async () => {
    await draw("clean", { ...affectnet, labelNoise: 0, energy: false });
    const dataset = await loadDataset("affectnet-8", at("clean"));
    expect(perClass(dataset, "test")).toEqual(affectnetClasses.map(() => 2));
    expect(perClass(dataset, "train")).toEqual([5, 8, 3, 2, 1, 1, 3, 1]);
  });

  test("is one set for both names", async () => {
    const again = await draw("npy", { ...affectnet, dataset: "affectnet-7" });
    expect(again).toMatchObject({ written: false, manifest: { dataset: "affectnet-8" } });
    const seven = await loadDataset("affectnet-7", at("npy"));
    expect(seven.splits.test).toHaveLength(14);
  });

  test("has images of 224 x 224 with gaps in their numbers, and four annotations each", async () => {
    const names = await readdir(at("npy/train_set/images"));
    expect(names).toHaveLength(24);
    expect(names).toContain("8.jpg");
    expect(names).not.toContain("9.jpg");
    expect(await sharp(at("npy/val_set/images/0.jpg")).metadata()).toMatchObject({
      format: "jpeg",
      width: 224,
      height: 224,
      channels: 3,
    });
    const annotations = await readdir(at("npy/val_set/annotations"));
    expect(annotations.filter((name) => name.startsWith("0_")).toSorted()).toEqual([
      "0_aro.npy",
      "0_exp.npy",
      "0_lnd.npy",
      "0_val.npy",
    ]);
  });

  test("has annotations as NumPy writes them", async () => {
    const file = await readFile(at("npy/val_set/annotations/0_exp.npy"));
    const start = "\x93NUMPY\x01\0v\0{'descr': '<U1', 'fortran_order': False, 'shape': (), }  ";
    expect(file.toString("latin1", 0, start.length)).toBe(start);
    expect(file).toHaveLength(128 + 4);
    const landmarks = await readFile(at("npy/val_set/annotations/0_lnd.npy"));
    expect(landmarks).toHaveLength(128 + 136 * 8);
  });

  test("has photographs with the face in a box, and the energy of the box", async () => {
    const { splits, groundTruth } = await loadDataset("affectnet-8", at("csv"));
    const { id, image } = splits.test[0]!;
    if (image.kind !== "file") throw new Error("expected a file");
    expect(image.crop).toMatchObject({ width: 160, height: 160 });
    expect(await sharp(image.path).metadata()).toMatchObject({ width: 256, height: 208 });
    expect(await sharp(groundTruth!.expressionEnergy(id)).metadata()).toMatchObject({
      width: 160,
      height: 160,
    });
  });

  test("shows the same faces in its boxes as without photographs around them", async () => {
    const small = async (layout: string) => {
      const { splits } = await loadDataset("affectnet-8", at(layout));
      return (await decodeImages(splits.test.slice(0, 2), { size: 16, threads: 0 })).pixels;
    };
    const [boxes, faces] = [await small("csv"), await small("npy")];
    const distance = (a: Uint8Array, b: Uint8Array) =>
      a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
    expect(distance(boxes, faces)).toBeLessThan(6); // JPEG at two sizes, noise by the pixel
    expect(distance(boxes.subarray(0, 768), faces.subarray(768))).toBeGreaterThan(20);
  });

  test("has rows that no one trains on, and paths that end in .JPG and .png", async () => {
    const rows = (await text("csv/training.csv")).trimEnd().split("\n").slice(1);
    expect(rows).toHaveLength(25);
    const unusable = rows.filter((row) => row.split(",")[6] === "8");
    expect(unusable).toHaveLength(1);
    expect(unusable[0]).toMatch(/,8,-2,-2$/);
    expect(rows[7]).toMatch(/^\d+\/[0-9a-f]{56}\.JPG,\d+,\d+,160,160,(\d+(\.\d+)?;){135}/);
    expect(rows[17]).toMatch(/^\d+\/[0-9a-f]{56}\.png,/);
  });

  test("is refused with validation faces", async () => {
    const counts = { train: 1, validation: 1, test: 1 };
    await expect(draw("never", { ...affectnet, counts })).rejects.toThrow(
      "expected no validation faces, as AffectNet-8 has no such split",
    );
  });
});

describe("the lists of hard faces of a synthetic set", () => {
  const load = (name: Extract<DatasetName, "raf-db" | "ferplus">) => loadDataset(name, at(name));

  test("are written as the published ones", async () => {
    const lists = at("raf-db/challenge/RAF_DB_dir");
    const occlusion = await readFile(join(lists, "rafdb_occlusion_list.txt"), "utf8");
    expect(occlusion).toMatch(
      /^(test_00\d\d_aligned [0-6] [1-4]\r\n)+test_00\d\d_aligned [0-6] [1-4]$/,
    );
    expect(await readFile(join(lists, "val_raf_db_list.txt"), "utf8")).toMatch(
      /^([0-6]\/test_00\d\d_aligned\.jpg\n)+$/,
    );
    expect(await text("ferplus/challenge/FERplus_dir/jianfei_occlusion_list.txt")).toMatch(
      /^([0-7]_fer\d{7}\.png 8 [0-3]\r\n)*[0-7]_fer\d{7}\.png 8 [0-3]$/,
    );
    expect(await text("csv/challenge/AffectNet_dir/pose_30_affectnet_list.txt")).toMatch(
      /^([0-7]\/[0-9a-f]{56}\.jpg\n)+$/,
    );
  });

  test.each(["raf-db", "ferplus"] as const)("of %s name faces of the test set", async (name) => {
    const dataset = await load(name);
    const ids = new Set(dataset.splits.test.map(({ id }) => id));
    const subsets = await readSubsets(dataset);
    expect(subsets.map((subset) => subset.name)).toEqual(["occlusion", "pose-30", "pose-45"]);
    for (const subset of subsets) {
      expect(subset.ids.filter((id) => !ids.has(id))).toEqual([]);
      expect(subset.n).toBeGreaterThan(0);
      expect(subset.published).toBeUndefined();
      expect(subset.notes[0]).toMatch(/^drawn faces: /);
    }
    const [, pose30, pose45] = subsets;
    expect(new Set(pose30!.ids).isSupersetOf(new Set(pose45!.ids))).toBe(true);
    expect(pose30!.n).toBeLessThan(30);
  });

  test("name one occluded face of RAF-DB twice", async () => {
    const [occlusion] = await readSubsets(await load("raf-db"));
    expect(occlusion!.n).toBe(occlusion!.unique + 1);
  });

  test("name all faces where everything is occluded, none where nothing is", async () => {
    const knobs = { ...difficulties.easy, yaw: 0 };
    const counts = { train: 1, test: 5 };
    const subsets = async (folder: string, occlusion: number) => {
      await draw(folder, { ...rafDb, counts, difficulty: { ...knobs, occlusion } });
      return readSubsets(await loadDataset("raf-db", at(folder)));
    };
    expect((await subsets("all", 1)).map(({ name, unique }) => [name, unique])).toEqual([
      ["occlusion", 5],
    ]);
    expect(await subsets("none", 0)).toEqual([]);
  });

  test("are none for AffectNet's second distribution, whose names no list knows", async () => {
    expect(await readSubsets(await loadDataset("affectnet-8", at("npy")))).toEqual([]);
    const subsets = await readSubsets(await loadDataset("affectnet-8", at("csv")));
    expect(subsets.map(({ title }) => title)).toContain("Pose-AffectNet-8 (30)");
  });

  test("are added to a set that was drawn without them, which stays what it was", async () => {
    const before = await fingerprint(await load("raf-db"));
    const list = () => text("raf-db/challenge/RAF_DB_dir/val_raf_db_list.txt");
    const first = await list();
    await rm(at("raf-db/challenge"), { recursive: true });
    expect(await draw("raf-db", rafDb)).toMatchObject({ written: false });
    expect(await list()).toBe(first);
    expect(await fingerprint(await load("raf-db"))).toBe(before);
    expect(await readdir(at("raf-db"))).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/\.tmp$/)]),
    );
  });
});
