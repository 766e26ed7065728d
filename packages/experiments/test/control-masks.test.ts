/** @file Pictures under masks that no generator made: which patches are black, and what stays as it was. */
import { join } from "node:path";
import { loadDataset, synthesize } from "@mvt/datasets";
import type { Images } from "@mvt/datasets";
import { UserError } from "@mvt/common";
import { type ControlMaskName, controlMasks } from "@mvt/mgn";
import { beforeAll, describe, expect, test } from "vitest";
import { maskImages } from "../src/data/control-masks.ts";
import { readExpressionPatches } from "../src/data/expression-patches.ts";
import { scales } from "../src/settings/scales.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import type { ControlMask } from "../src/settings/run-config.ts";
import type { TrainingData } from "../src/data/prepared.ts";
import { openedData } from "./fixtures/opened-data.ts";
import type { OpenedData } from "./fixtures/opened-data.ts";

const model = { ...scales.quick.model, imageSize: 48, patchSize: 8 };
const [N, P, S] = [36, 8, 48];
let data: OpenedData;

beforeAll(async () => {
  const folder = await makeFolder();
  const drawn = join(folder, "raf-db");
  await synthesize({
    dataset: "raf-db",
    folder: drawn,
    seed: 1,
    counts: { train: 28, test: 7 },
    labelNoise: 0,
    difficulty: "crowd",
  });
  data = await openedData(await loadDataset("raf-db", drawn), {
    imageSize: S,
    validationShare: 0.25,
    cacheFolder: join(folder, "cache"),
  });
  return () => removeFolder(folder);
});

const masked = (mask: ControlMask["mask"], m: number, seed = 0) =>
  maskImages(data, { mask, m }, { model, seed }).open();

/** Few enough to be in memory. */
function pixelsOf(images: Images): Uint8Array {
  if ("pixels" in images) return images.pixels;
  throw new Error("expected pictures in memory");
}

/** [N] true where every pixel of the patch is black. */
function blackPatches({ test: { images } }: TrainingData, image: number): readonly boolean[] {
  return Array.from({ length: N }, (_, patch) => {
    const [top, left] = [Math.floor(patch / 6) * P, (patch % 6) * P];
    return Array.from({ length: P * P }, (__, i) => {
      const at = ((image * S + top + Math.floor(i / P)) * S + left + (i % P)) * 3;
      return pixelsOf(images)
        .subarray(at, at + 3)
        .every((value) => value === 0);
    }).every(Boolean);
  });
}

describe("a control mask", () => {
  test.each(Object.keys(controlMasks) as ControlMaskName[])(
    "of kind %s blackens round(m N) patches and leaves the rest as it was",
    async (mask) => {
      const result = await masked(mask, 0.3);
      for (const image of [0, 6]) {
        expect(blackPatches(result, image).filter(Boolean)).toHaveLength(11); // 0.3 · 36 = 10.8
      }
      const [before, after] = [data.test.images, result.test.images].map(pixelsOf);
      expect(after!.every((value, i) => value === 0 || value === before![i])).toBe(true);
    },
  );

  test("lies in the corners whatever the picture, or anywhere by seed", async () => {
    const corners = blackPatches(await masked("corners", 4 / 36), 3);
    expect(corners.flatMap((black, patch) => (black ? [patch] : []))).toEqual([0, 5, 30, 35]);
    const random = await masked("random", 0.3, 0);
    expect(blackPatches(await masked("random", 0.3, 0), 3)).toEqual(blackPatches(random, 3));
    expect(blackPatches(await masked("random", 0.3, 1), 3)).not.toEqual(blackPatches(random, 3));
    expect(blackPatches(random, 4)).not.toEqual(blackPatches(random, 3));
  });

  test("of truth removes what carries the least of the expression", async () => {
    const { splits, groundTruth } = data.dataset;
    const { energy } = await readExpressionPatches(splits.test, groundTruth!, model);
    const black = blackPatches(await masked("truth", 0.5), 2);
    const of = (which: boolean) =>
      Array.from(energy.subarray(2 * N, 3 * N)).filter((_, patch) => black[patch] === which);
    expect(Math.max(...of(true))).toBeLessThanOrEqual(Math.min(...of(false)));
  });

  test("keeps subsets that share their pictures sharing them, and the originals untouched", async () => {
    const original = pixelsOf(data.train.images).slice();
    const { train, validation } = await masked("corners", 0.3);
    expect(validation.images).toBe(train.images);
    expect(pixelsOf(data.train.images)).toEqual(original);
  });

  test("of truth asks for synthetic data", async () => {
    const { groundTruth: _, ...dataset } = data.dataset;
    const real = { ...data, dataset };
    expect(() => maskImages(real, { mask: "truth", m: 0.5 }, { model, seed: 0 })).toThrow(
      UserError,
    );
  });
});
