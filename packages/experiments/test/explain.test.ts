/** `export --explain` and `predict --explain`, as a user would run them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { heatPixels, loadMvt } from "@mvt/core";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { drawFaces } from "./fixtures/faces.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

const face = "data/raf-db/Image/aligned/test_0001_aligned.jpg";
const data = "--scale smoke --data data --threads 1".split(" ");

/** A folder with data, two runs with and without masks, plain.onnx without explanations and both.onnx with two. */
let folder: string;
let masked: string;
let plain: string;

const run = (...args: readonly string[]) => runCommand(args, folder);
const facts = async (...args: readonly string[]) =>
  JSON.parse((await run("predict", face, "--json", ...args)).stdout).images[0];

beforeAll(async () => {
  folder = await makeFolder();
  const faces = await drawFaces(join(folder, "data"), "raf-db");
  const runs = join(folder, "runs");
  masked = await writeUntrainedRun(runs, faces, true);
  plain = await writeUntrainedRun(runs, faces, false, {}, { pooling: "average" });
  await run("export", "--run", plain, "--out", "plain.onnx", ...data);
  const both = ["--explain", "rollout", "gradient"];
  await run("export", "--run", masked, "--out", "both.onnx", "--input", "pixels", ...both, ...data);
  return () => removeFolder(folder);
}, 90_000);

describe("export --explain", () => {
  test("adds an output for each explanation, which the metadata name", async () => {
    const mvt = await loadMvt(join(folder, "both.onnx"));
    expect(mvt.description.explanations).toEqual(["rollout", "gradient"]);
    const pixels = new Uint8Array(48 * 48 * 3).map((_, i) => (i * 7) % 256);
    const image = { width: 48, height: 48, channels: 3, data: pixels } as const;
    const { explanations, mask } = await mvt.predict(image);
    await mvt.dispose();
    expect(mask).toHaveLength(36);
    for (const values of Object.values(explanations!)) {
      expect(values).toHaveLength(36);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...values)).toBeGreaterThan(0);
    }
  });

  test("leaves a model without it as it was: no output, no entry", async () => {
    const mvt = await loadMvt(join(folder, "plain.onnx"));
    expect("explanations" in mvt.description && mvt.description.explanations).toBeFalsy();
    await mvt.dispose();
  });
});

describe("predict --explain", () => {
  test("gives the same of a run as of the model that was exported from it", async () => {
    for (const name of ["rollout", "gradient"]) {
      const ofRun = await facts("--run", masked, "--explain", name);
      const ofModel = await facts("--model", "both.onnx", "--explain", name);
      expect(ofRun.explanation.method).toBe(name);
      expect(ofModel.explanation.relevance).toBeAllClose(ofRun.explanation.relevance, {
        rtol: 1e-3,
        atol: 1e-7,
      });
      expect(ofModel.expression).toBe(ofRun.expression);
    }
  });

  test("writes the picture, its masked form and the relevance, with a scale", async () => {
    const args = ["--run", masked, face, "--explain", "gradient", "--overlay", "why"];
    const { stderr } = await run("predict", ...args);
    expect(stderr).toBe("");
    const picture = sharp(await readFile(join(folder, "why/test_0001_aligned.png")));
    const { width, height } = await picture.metadata();
    expect(width).toBeGreaterThan(3 * 144); // three images of 144 pixels
    expect(height).toBeGreaterThan(144 + 80);
    const { data: pixels, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [
      ...pixels.subarray(
        (y * info.width + x) * info.channels,
        (y * info.width + x) * info.channels + 3,
      ),
    ];
    // The ends of the scale, below the images.
    const bottom = height - 16 - 4 - 2 * 17 - 7;
    expect(at(18, bottom)).toEqual([18, 32, 71]);
    expect(at(16 + 238, bottom)).toEqual([255, 226, 122]);
  });

  test("writes it into JSON lines, and not into CSV", async () => {
    const args = ["--run", plain, face, "--explain", "rollout", "--out", "p.jsonl"];
    expect((await run("predict", ...args)).exitCode).toBe(0);
    const line = JSON.parse(await readFile(join(folder, "p.jsonl"), "utf8"));
    expect(line.explanation.relevance).toHaveLength(36);
    expect(line.mask).toBeUndefined();
  });

  test.each([
    [["--model", "plain.onnx", face, "--explain", "rollout", "--json"], "plain.onnx gives none"],
    [[face], "expected a file with --model or a run with --run, got neither"],
    [["--model", "a.onnx", "--run", "3f", face], "got both. Name one of them."],
    [
      ["--model", "both.onnx", face, "--explain", "rollout"],
      "expected --overlay, --json or an --out",
    ],
    [["--model", "both.onnx", face, "--weights", "last"], "expected a run with --run"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await run("predict", ...args);
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });

  test("refuses safetensors, which hold no graph", async () => {
    const args = ["export", "--run", plain, "--format", "safetensors", "--explain", "rollout"];
    const { exitCode, stderr } = await run(...args, ...data);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--explain rollout: expected --format onnx");
  });
});

describe("relevance over an image", () => {
  const sizes = { imageSize: 4, patchSize: 2 };

  test("colours each patch by its value, over the image in grey", () => {
    const pixels = new Uint8Array(4 * 4 * 3).fill(100);
    const shown = heatPixels(pixels, [0, 1, 0.5, 2], 1, sizes);
    const at = (x: number, y: number) => [...shown.subarray((y * 4 + x) * 3, (y * 4 + x) * 3 + 3)];
    const mixed = (colour: readonly number[]) => colour.map((c) => Math.round(35 + 0.65 * c));
    expect(at(0, 0)).toEqual(mixed([18, 32, 71]));
    expect(at(2, 0)).toEqual(mixed([255, 226, 122]));
    expect(at(3, 3)).toEqual(mixed([255, 226, 122])); // beyond the scale
    expect(at(1, 1)).toEqual(at(0, 0));
  });

  test("is one colour where nothing is relevant", () => {
    const shown = heatPixels(new Uint8Array(48).fill(7), [0, 0, 0, 0], 0, sizes);
    expect(new Set(shown).size).toBe(3);
  });
});
