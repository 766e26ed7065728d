/** `pnpm exp embeddings`: the vectors before the head, and the plane that they are drawn on. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeSafetensors, random } from "@mvt/core";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { principalPlane } from "../src/evaluation/principal-axes.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

describe("the plane of points", () => {
  const stream = random.stream(4, "points");

  test("lies along the directions in which they differ most, and says how much", () => {
    const n = 400;
    const data = new Float32Array(n * 3);
    const along: (readonly [number, number])[] = [];
    for (let i = 0; i < n; i += 1) {
      const [a, b] = [5 * stream.normal(), 2 * stream.normal()];
      along.push([a, b]);
      // a along (3, 4, 0) / 5, b along (0, 0, 1)
      data.set([0.6 * a + 7, 0.8 * a - 1, b], 3 * i);
    }
    const { points, explained } = principalPlane(data, n);
    const [meanA, meanB] = [0, 1].map((k) => along.reduce((t, p) => t + p[k]!, 0) / n);
    for (const [i, [x, y]] of points.entries()) {
      expect(x).toBeCloseTo(along[i]![0] - meanA!, 0);
      expect(y).toBeCloseTo(along[i]![1] - meanB!, 0);
    }
    expect(explained[0]).toBeGreaterThan(explained[1]);
    expect(explained[0] + explained[1]).toBeCloseTo(1, 6); // the third direction is flat
  });

  test("is the same twice", () => {
    const data = Float32Array.from({ length: 50 * 8 }, () => stream.normal());
    expect(principalPlane(data, 50)).toEqual(principalPlane(data, 50));
  });

  test("has no second axis where all points are on a line, and none where they are one", () => {
    const line = Float32Array.from({ length: 20 }, (_, i) => Math.floor(i / 2));
    expect(principalPlane(line, 10).explained[1]).toBeCloseTo(0, 9);
    const { points, explained } = principalPlane(new Float32Array(20).fill(3), 10);
    expect(explained).toEqual([0, 0]);
    expect(points.every(([x, y]) => x === 0 && y === 0)).toBe(true);
  });

  test("needs two points and two dimensions", () => {
    expect(() => principalPlane(new Float32Array(3), 1)).toThrow("got 1 and 3");
  });
});

describe("embeddings", () => {
  const data = "--scale smoke --data data --threads 1".split(" ");
  let folder: string;
  let id: string;
  const run = (...args: readonly string[]) =>
    runCommand(["embeddings", "--run", id, ...args], folder);
  const rows = async (file: string) =>
    (await readFile(join(folder, file), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));

  beforeAll(async () => {
    folder = await makeFolder();
    const faces = await drawFaces(join(folder, "data"), "raf-db");
    id = await writeUntrainedRun(join(folder, "runs"), faces, true);
    return () => removeFolder(folder);
  });

  test("gives the head's logits back with the run's weights", async () => {
    const { stdout } = await run("--out", "e.csv", "--map", "map.svg", "--json", ...data);
    expect(JSON.parse(stdout)).toMatchObject({ dimensions: 64, out: "e.csv", map: "map.svg" });
    const [header, ...lines] = await rows("e.csv");
    expect(header!.slice(0, 5)).toEqual(["file", "label", "prediction", "e0", "e1"]);
    expect(lines).toHaveLength(30);
    const path = join(folder, "runs", id, "validation-best.safetensors");
    const { weights } = decodeSafetensors(await readFile(path), path);
    const matrix = weights.get("head.weight")!.data;
    const bias = weights.get("head.bias")!.data;
    const csv = await readFile(join(folder, "runs", id, "predictions.csv"), "utf8");
    const classes = csv.split("\n")[0]!.split(",").slice(3);
    for (const [, , prediction, ...embedding] of lines) {
      const logits = Array.from(bias, (b, k) =>
        embedding.reduce((total, value, d) => total + Number(value) * matrix[k * 64 + d]!, b),
      );
      expect(classes[logits.indexOf(Math.max(...logits))]).toBe(prediction);
    }
  });

  test("draws a map with a point for each image, the same for the same run", async () => {
    await run("--out", "e.csv", "--map", "once.svg", ...data);
    await run("--out", "e.csv", "--map", "twice.svg", ...data);
    const svg = await readFile(join(folder, "once.svg"), "utf8");
    expect(svg).toBe(await readFile(join(folder, "twice.svg"), "utf8"));
    expect(svg).toContain(`Run ${id}, validation-best weights`);
    expect(svg).toContain("Synthetic data");
    expect(svg).toMatch(/First principal axis \(\d+\.\d % of the variance\)/);
    await run("--out", "e.csv", "--map", "map.png", ...data);
    expect((await sharp(join(folder, "map.png")).metadata()).format).toBe("png");
  });

  test("refuses a map of another form", async () => {
    const { exitCode, stderr } = await run("--map", "map.pdf");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--map map.pdf: expected a name that ends in .svg or .png");
  });
});
