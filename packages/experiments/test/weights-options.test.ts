/** @file How a file of weights is read: which of its networks, for which pixels, with which files beside it; --heads. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deit, encodeSafetensors, forImagenetPixels } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { runId } from "@mvt/experiments";
import { temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { describe, expect, test } from "vitest";
import { describeWeights } from "../src/cli/describe-weights.ts";
import { scaleOf } from "../src/cli/request.ts";
import { readPretrainedFile } from "../src/pretrained/weights-file.ts";
import type { PretrainedOptions } from "../src/settings/run-config.ts";
import { scales } from "../src/settings/scales.ts";
import { nanoWeights } from "./fixtures/nano-weights.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const model = deit.variants.nano;

const under = (prefix: string, weights: Weights) =>
  [...weights].map(([name, array]) => [prefix + name, array] as const);

const zeros = new Map(
  [...nanoWeights()].map(([name, { shape, data }]) => [
    name,
    { shape, data: new Float32Array(data.length) },
  ]),
);

/** Two networks in one file: one of zeros, and the usual one. */
const pair = () =>
  encodeSafetensors(new Map([...under("student.", zeros), ...under("teacher.", nanoWeights())]));

const withoutHead = new Map([...nanoWeights()].filter(([name]) => !name.startsWith("head.")));

async function readIn(folder: string, name: string, options?: PretrainedOptions) {
  return readPretrainedFile(join(folder, name), model, options);
}

describe("--weights-key", () => {
  test("chooses one of several networks, and the summary says so", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await file("pair.safetensors", pair())(folder);
    const read = await readIn(folder, "pair.safetensors", { key: "teacher" });
    expect(read.weights).toEqual(withoutHead);
    expect(describeWeights(read)).toContain("  only what is under the key teacher");
  });

  refuses([
    {
      what: "is asked for where a file holds several networks",
      given: file("pair.safetensors", pair()),
      args: "train --scale smoke --weights pair.safetensors",
      exitCode: 1,
      stderr:
        "--weights DIR/pair.safetensors: expected one network, got 2, under student, teacher. Choose one of them, for example with --weights-key student.",
    },
    {
      what: "must lead to arrays",
      given: file("pair.safetensors", pair()),
      args: "train --scale smoke --weights pair.safetensors --weights-key ema",
      exitCode: 1,
      stderr:
        "--weights DIR/pair.safetensors: expected arrays under the key ema, got none. Choose with --weights-key out of student, teacher, or leave the option out.",
    },
    {
      what: "says how to read a file, and is refused without one",
      args: "train --scale smoke --weights-key ema",
      exitCode: 2,
      stderr:
        "--weights-key ema: expected a file of --weights, which it says how to read, got none. Name one, or leave --weights-key out.",
    },
  ]);
});

describe("--weights-normalization", () => {
  test("half adapts the patch embedding, and the summary says so", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await file("augreg.safetensors", encodeSafetensors(nanoWeights()))(folder);
    const read = await readIn(folder, "augreg.safetensors", { normalization: "half" });
    expect(read.weights).toEqual(forImagenetPixels(withoutHead, "half"));
    expect(describeWeights(read)).toContain(
      "  for pixels normalised with mean and deviation 0.5, as Google's ViT and timm's augreg; the patch embedding was changed to compute the same from ImageNet's",
    );
  });

  refuses([
    {
      what: "is refused where training starts from scratch",
      args: "train --scale smoke --weights none --weights-normalization half",
      exitCode: 2,
      stderr:
        "--weights-normalization half: expected a file of --weights, which it says how to read, got none. Name one, or leave --weights-normalization out.",
    },
  ]);
});

describe("the way a file is read", () => {
  test("is a part of the run's id, but not where it is the usual one", () => {
    const id = (options: PretrainedOptions) =>
      runId({ ...tinyConfig, pretrained: { sha256: "ab", ...options } });
    const ids = [{}, { key: "ema" }, { normalization: "half" } as const].map(id);
    expect(new Set(ids).size).toBe(3);
  });
});

describe("--heads", () => {
  test("replaces the scale's, and leaves the configuration as it is if it is not given", () => {
    expect(scaleOf({ scale: "paper", heads: 12 }).model).toEqual({
      ...scales.paper.model,
      heads: 12,
    });
    expect(scaleOf({ scale: "paper" }).model).toBe(scales.paper.model);
  });

  refuses([
    {
      what: "must divide the width",
      args: "train --scale smoke --heads 7",
      exitCode: 2,
      stderr:
        "--heads 7: expected a divisor of the width, which is 64 at this scale. Its own number is 4.",
    },
    {
      what: "must be a whole number",
      args: "train --scale smoke --heads 1.5",
      exitCode: 2,
      stderr: "--heads 1.5: expected a whole number of at least 1.",
    },
  ]);
});

describe("files beside a file of weights", () => {
  const wild = (name: string) =>
    readFileSync(new URL(`../../core/test/golden/wild/${name}`, import.meta.url));
  const index = "model.safetensors.index.json";
  const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const tiny = { imageSize: 12, patchSize: 4, width: 4, depth: 1, heads: 2, mlpRatio: 2 };
  const put = async (folder: string, names: readonly string[]) => {
    for (const name of names) await file(name, wild(name))(folder);
  };

  test("are read, and all of them make the checksum", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await put(folder, ["plain.safetensors", index, ...shards]);
    const plain = await readPretrainedFile(join(folder, "plain.safetensors"), tiny);
    const sharded = await readPretrainedFile(join(folder, index), tiny);
    expect(sharded.weights).toEqual(plain.weights);
    const bytes = wild(shards[1]!);
    bytes[bytes.length - 1]! ^= 1; // one bit of the last number
    await file(shards[1]!, bytes)(folder);
    const changed = await readPretrainedFile(join(folder, index), tiny);
    expect(changed.sha256).not.toBe(sharded.sha256);
  });

  test("that are missing are named", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await put(folder, [index, shards[0]!]);
    await expect(readPretrainedFile(join(folder, index), tiny)).rejects.toThrow(
      `--weights ${join(folder, index)}: expected ${shards[1]} beside it, found no file that can be read (ENOENT). Put all files that belong together into one folder`,
    );
  });

  test("are not read through a link out of the folder", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    const inner = join(folder, "inner");
    await mkdir(inner);
    await put(inner, ["helper.onnx"]);
    await writeFile(join(folder, "outside"), wild("helper.onnx.data"));
    await symlink(join(folder, "outside"), join(inner, "helper.onnx.data"));
    await expect(readPretrainedFile(join(inner, "helper.onnx"), tiny)).rejects.toThrow(
      `--weights ${join(inner, "helper.onnx")}: expected helper.onnx.data in its folder, found a link out of it. Copy the files that belong together into one folder.`,
    );
  });
});
