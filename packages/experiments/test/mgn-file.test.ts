/**
 * @file A mask generator by hand, `--mgn FILE`: what is refused before anything trains, and what a run
 * makes of a good one.
 */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generatorConfig, encodeMgn, declareGenerator } from "@mvt/mgn";
import { nn } from "@mvt/core";
import { beforeAll, describe, test } from "vitest";
import { scales } from "../src/scales.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder } from "./fixtures/folder.ts";
import { file, refuses } from "./fixtures/mistakes.ts";

let faces: string;

beforeAll(async () => {
  faces = await makeFolder();
  await drawFaces(faces, "raf-db");
  return () => removeFolder(faces);
});

/** A generator that nothing has trained. */
function generatorFile({ dataset = "raf-db", patchSize = 8, imageSize = 48 } = {}): Uint8Array {
  const model = { ...scales.smoke.model, classes: 7, patchSize, imageSize };
  const config = generatorConfig(model, 0.15);
  const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
  return encodeMgn({
    config,
    weights: nn.initialWeights(parameters, 0),
    dataset,
    polarity: "remove",
    space: "pixel",
    provenance: {},
  });
}

const prepare = (bytes?: Uint8Array) => async (folder: string) => {
  await cp(faces, join(folder, "data"), { recursive: true });
  if (bytes) await writeFile(join(folder, "mgn.safetensors"), bytes);
};

const train = "train --scale smoke --data data --mgn mgn.safetensors";

describe("train --mgn refuses, before any training,", () => {
  const damaged = generatorFile();
  damaged[damaged.length - 5]! ^= 1;
  refuses([
    {
      what: "a missing file",
      prepare: prepare(),
      args: train,
      exitCode: 1,
      stderr: "expected the mgn.safetensors of a trained mask generator, found none",
    },
    {
      what: "a damaged file",
      prepare: prepare(damaged),
      args: train,
      exitCode: 1,
      stderr: "the file is damaged",
    },
    {
      what: "a generator for another data set",
      prepare: prepare(generatorFile({ dataset: "ferplus" })),
      args: train,
      exitCode: 1,
      stderr: "expected a mask generator for data set raf-db, got one for data set ferplus",
    },
    {
      what: "a generator for another patch size",
      prepare: prepare(generatorFile({ patchSize: 12 })),
      args: train,
      exitCode: 1,
      stderr: "expected a mask generator for patch size 8, got one for patch size 12",
    },
    {
      what: "a generator for another image size",
      prepare: prepare(generatorFile({ imageSize: 64 })),
      args: train,
      exitCode: 1,
      stderr: "expected a mask generator for image size 48, got one for image size 64",
    },
    {
      what: "both a file and a mask ratio",
      args: `${train} --m 0.15`,
      exitCode: 2,
      stderr: "--m and --mgn: expected one of them, got both.",
    },
  ]);
});
