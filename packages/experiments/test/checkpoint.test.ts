import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeCheckpoint, encodeCheckpoint } from "../src/training/checkpoint.ts";

const line = z.object({ epoch: z.int() });
const state = new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]);

describe("a checkpoint", () => {
  test("gives back state, steps, metrics, ledger and history", () => {
    const history = new Map([["draws", { shape: [2], data: Float32Array.of(1, 3) }]]);
    const checkpoint = { state, step: 7, metrics: [{ epoch: 1 }], ledger: "a line\n", history };
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint), "file", line)).toEqual(checkpoint);
  });

  test("has no history unless it was given one", () => {
    const checkpoint = { state, step: 7, metrics: [{ epoch: 1 }] };
    const read = decodeCheckpoint(encodeCheckpoint(checkpoint), "file", line);
    expect(read.history).toBeUndefined();
    expect(read.state).toEqual(state);
  });

  test("is refused when its metrics are not those of this version", () => {
    const bytes = encodeCheckpoint({ state, step: 7, metrics: [{ epoch: "one" }] });
    expect(() => decodeCheckpoint(bytes, "file", line)).toThrow(
      expect.objectContaining({
        name: "WeightsError",
        message: expect.stringContaining(
          "file: expected metrics as this version writes them, got another 0.epoch",
        ),
      }),
    );
  });
});
