/** @file An exported model of a run that averages: over its weights, and over an image and its mirror image. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadMvt } from "@mvt/core";
import { readMetadata } from "@mvt/core/portable";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";
import { drawFaces } from "./fixtures/faces.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

/** A folder with data/raf-db and the exported models of runs that differ in what they average over. */
let folder: string;
const inputs = ["bytes", "pixels"] as const;
const data = "--scale smoke --data data --threads 1".split(" ");

beforeAll(async () => {
  folder = await makeFolder();
  const faces = await drawFaces(join(folder, "data"), "raf-db");
  const runs = join(folder, "runs");
  const plain = await writeUntrainedRun(runs, faces, true);
  const averaging = { testFlip: true, ema: { decay: 0.9 } };
  const averaged = await writeUntrainedRun(runs, faces, true, averaging);
  for (const [name, id] of Object.entries({ plain, averaged })) {
    for (const input of inputs) {
      const out = ["--out", `${name}.${input}.onnx`, "--input", input];
      const { exitCode, stderr } = await runCommand(
        ["export", "--run", id, ...out, ...data],
        folder,
      );
      if (exitCode !== 0) throw new Error(stderr);
    }
  }
  return () => removeFolder(folder);
}, 60_000);

/** What a model predicts of an image of random bytes, or of its mirror image. */
async function predicted(file: string, mirrored = false) {
  const mvt = await loadMvt(join(folder, file), { threads: 1 });
  const { imageSize: S } = mvt.description.preprocessing;
  const bytes = Uint8Array.from({ length: S * S * 3 }, (_, i) => (i * 7919) % 256);
  const at = (i: number) => i + 3 * (S - 1 - 2 * (Math.floor(i / 3) % S));
  const pixels = mirrored ? bytes.map((_, i) => bytes[at(i)]!) : bytes;
  const image = { width: S, height: S, channels: 3, data: pixels } as const;
  const [{ probabilities, mask }] = (await mvt.predictAll([image])) as [
    Awaited<ReturnType<typeof mvt.predictAll>>[number],
  ];
  await mvt.dispose();
  return { probabilities: Object.values(probabilities), mask: mask! };
}

describe.for(inputs)("the exported model of a run with testFlip, from %s,", (input) => {
  test("predicts the mean of an image and its mirror image, with the mask of the image", async () => {
    const [own, other, mean] = [
      await predicted(`plain.${input}.onnx`),
      await predicted(`plain.${input}.onnx`, true),
      await predicted(`averaged.${input}.onnx`),
    ];
    const expected = own.probabilities.map((p, i) => (p + other.probabilities[i]!) / 2);
    expect(mean.probabilities).toBeAllClose(expected, { rtol: 1e-4, atol: 1e-6 });
    expect(mean.mask).toBeAllClose(own.mask, { rtol: 1e-4, atol: 1e-6 });
    expect(other.mask).not.toEqual(own.mask);
  });

  test("says what it averages over, and no other model does", async () => {
    const about = async (file: string) => readMetadata(await readFile(join(folder, file)), file);
    expect(await about(`averaged.${input}.onnx`)).toMatchObject({
      howWeights: "moving average over steps, d = 0.9",
      howPredictions: "mean of the probabilities of an image and of its mirror image",
    });
    const plain = Object.keys(await about(`plain.${input}.onnx`));
    expect(plain.filter((key) => key.startsWith("how"))).toEqual([]);
  });
});
