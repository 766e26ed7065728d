/** @file Event files, compared with TensorBoard's own bytes (golden/event-file.py) and read by a TensorBoard. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventFile, histogramOf, imageOf } from "@mvt/report/tensorboard";
import type { TaggedValue } from "@mvt/report/tensorboard";
import { svgToPng } from "@mvt/report";
import { temporaryFolder } from "@mvt/testing/folder";
import { hasTensorBoard, readWithTensorBoard } from "@mvt/testing/tensorboard";
import { describe, expect, onTestFinished, test } from "vitest";
import { crc32c } from "../src/tensorboard/records.ts";
import golden from "./golden/event-file.json" with { type: "json" };

const values: readonly TaggedValue[] = [
  { tag: "accuracy/test", step: 1, kind: "scalar", value: 0.25 },
  { tag: "loss", step: 300, kind: "scalar", value: 0 },
  {
    tag: "masks",
    step: 2,
    kind: "image",
    image: {
      png: Uint8Array.from({ length: 64 }, (_, i) => i),
      width: 300,
      height: 8,
      channels: 3,
    },
  },
  {
    tag: "weights",
    step: 2,
    kind: "histogram",
    histogram: {
      min: -1,
      max: 2,
      count: 4,
      sum: 1,
      sumOfSquares: 6,
      limits: [0.5, 2],
      counts: [3, 1],
    },
  },
];

describe("an event file", () => {
  test("has the bytes that TensorBoard's own writer gives", () => {
    const bytes = Buffer.from(eventFile(values, 1700000000.5));
    expect(bytes.toString("base64")).toBe(golden.base64);
  });

  test.skipIf(!hasTensorBoard())(
    "is read by TensorBoard",
    async () => {
      const folder = await temporaryFolder(onTestFinished);
      await mkdir(join(folder, "a run"));
      await writeFile(
        join(folder, "a run", "events.out.tfevents.1.a"),
        eventFile(values, 1700000000),
      );
      expect(readWithTensorBoard(folder)).toEqual({
        "a run": {
          "accuracy/test": { plugin: "scalars", values: [[1, 0.25]] },
          loss: { plugin: "scalars", values: [[300, 0]] },
          masks: { plugin: "images", values: [[2, ["300", "8", 64]]] },
          weights: {
            plugin: "histograms",
            values: [
              [
                2,
                [
                  [-1, 0.5, 3],
                  [0.5, 2, 1],
                ],
              ],
            ],
          },
        },
      });
    },
    120_000,
  );
});

describe("an image", () => {
  test("is as large, and has as many channels, as its PNG says", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="5" viewBox="0 0 20 5"><rect width="9" height="5"/></svg>`;
    const png = await svgToPng(svg);
    expect(imageOf(png)).toEqual({ png, width: 20, height: 5, channels: 4 });
  });

  test("is refused if it is no PNG", () => {
    expect(() => imageOf(new Uint8Array(64))).toThrow(
      "image: expected a PNG, got 64 bytes of something else",
    );
  });
});

describe("the CRC-32C", () => {
  // RFC 3720, appendix B.4.
  test.each([
    ["32 zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 ones", new Uint8Array(32).fill(255), 0x62a8ab43],
    ["0 to 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])("of %s is that of RFC 3720", (_, bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
  });
});

describe("a histogram", () => {
  test("counts every value once, the largest in the last bucket", () => {
    const { counts, limits, ...about } = histogramOf([-1, 0, 0.5, 2]);
    expect(about).toEqual({ min: -1, max: 2, count: 4, sum: 1.5, sumOfSquares: 5.25 });
    expect(limits).toHaveLength(30);
    expect(limits.at(-1)).toBe(2);
    expect(counts.flatMap((count, i) => (count > 0 ? [[i, count]] : []))).toEqual([
      [0, 1],
      [10, 1],
      [15, 1],
      [29, 1],
    ]);
  });

  test("of equal values is one bucket", () => {
    expect(histogramOf([0, 0])).toMatchObject({ limits: [0], counts: [2] });
  });

  test("refuses what is no number", () => {
    expect(() => histogramOf([])).toThrow("histogram: expected finite numbers, got 0 with sum 0");
    expect(() => histogramOf([1, NaN])).toThrow("got 2 with sum NaN");
  });
});
