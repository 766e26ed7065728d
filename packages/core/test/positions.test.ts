/** @file Position embeddings on another grid: PyTorch's interpolate, bicubic and antialiased. */
import { decodeSafetensors, resamplePositions } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { bytesOf } from "./support/weights.ts";

const file = decodeSafetensors(bytesOf("positions.safetensors"), "positions").weights;

describe("position embeddings", () => {
  test.each([
    [3, 5],
    [5, 3],
    [7, 2],
    [2, 7],
    [6, 4],
    [14, 24],
  ])("of a grid of side %i become PyTorch's for side %i", (from, to) => {
    const resampled = resamplePositions(file.get(`${from}`)!, { prefix: 1, from, to });
    const expected = file.get(`${from}.${to}`)!;
    expect(resampled.shape).toEqual(expected.shape);
    expect(resampled.data).toBeAllClose(expected.data, { rtol: 0, atol: 1e-6 });
  });

  test("stay as they are on the same grid", () => {
    const positions = file.get("3")!;
    expect(resamplePositions(positions, { prefix: 1, from: 3, to: 3 })).toBe(positions);
  });

  test("keep the rows before those of the patches", () => {
    const rows = new Float32Array(33).map((_, i) => Math.cos(i));
    const { shape, data } = resamplePositions(
      { shape: [1, 11, 3], data: rows },
      { prefix: 2, from: 3, to: 4 },
    );
    expect(shape).toEqual([1, 18, 3]);
    expect(data.subarray(0, 6)).toEqual(rows.subarray(0, 6));
  });

  test("stay constant where they are constant", () => {
    const constant = { shape: [1, 1 + 49, 2], data: new Float32Array(100).fill(0.5) };
    const { data } = resamplePositions(constant, { prefix: 1, from: 7, to: 3 });
    expect(data).toBeAllClose(new Float32Array(20).fill(0.5), { rtol: 0, atol: 1e-7 });
  });
});
