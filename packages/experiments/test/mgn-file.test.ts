/**
 * @file A mask generator by hand, `--mgn FILE`: what is refused before anything trains, and what a run
 * makes of a good one.
 */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generatorConfig, encodeMgn, declareGenerator } from "@mvt/mgn";
import { nn } from "@mvt/core";
import { beforeAll, describe } from "vitest";
import { scales } from "../src/settings/scales.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";

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

const given = (bytes?: Uint8Array) => async (folder: string) => {
  await cp(faces, join(folder, "data"), { recursive: true });
  if (bytes) await writeFile(join(folder, "mgn.safetensors"), bytes);
};

const train = "train --scale smoke --data data --mgn mgn.safetensors";

describe("train --mgn refuses, before any training,", () => {
  const damaged = generatorFile().slice(0, 100);
  refuses([
    {
      what: "a missing file",
      given: given(),
      args: train,
      exitCode: 1,
      stderr:
        "--mgn DIR/mgn.safetensors: expected the mgn.safetensors of a trained mask generator, found none that can be read (ENOENT). Check the path.",
    },
    {
      what: "a damaged file",
      given: given(damaged),
      args: train,
      exitCode: 1,
      stderr:
        "--mgn DIR/mgn.safetensors: expected a header of at most 92 bytes, got one that claims 2984 bytes; the file is damaged or of another kind, copy it again or train MGN again.",
    },
    {
      what: "a generator for another data set",
      given: given(generatorFile({ dataset: "ferplus" })),
      args: train,
      exitCode: 1,
      stderr:
        "--mgn DIR/mgn.safetensors: expected a mask generator for data set raf-db, got one for data set ferplus; train one for it, or choose the file that was.",
    },
    {
      what: "a generator for another patch size",
      given: given(generatorFile({ patchSize: 12 })),
      args: train,
      exitCode: 1,
      stderr:
        "--mgn DIR/mgn.safetensors: expected a mask generator for patch size 8, got one for patch size 12; train one for it, or choose the file that was.",
    },
    {
      what: "a generator for another image size",
      given: given(generatorFile({ imageSize: 64 })),
      args: train,
      exitCode: 1,
      stderr:
        "--mgn DIR/mgn.safetensors: expected a mask generator for image size 48, got one for image size 64; train one for it, or choose the file that was.",
    },
    {
      what: "both a file and a mask ratio",
      args: `${train} --m 0.15`,
      exitCode: 2,
      stderr:
        "--m and --mgn: expected one of them, got both. --mgn names a generator whose m is settled.",
    },
  ]);
});
