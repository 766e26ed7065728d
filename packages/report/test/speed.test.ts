/** @file Ratios, scaling and tables of a benchmark with made-up times. */
import {
  type Scaling,
  scalingFigure,
  memoryRatio,
  powerLaw,
  speedMeasurements,
  speedRatio,
  type SpeedReport,
  speedTable,
  type Timing,
  toCsv,
  toMarkdown,
} from "@mvt/report";
import { describe, expect, test } from "vitest";
import { provenance } from "./fixtures/runs.ts";
import { textsOf } from "./fixtures/svg.ts";
import { tablesOf } from "./fixtures/tables-of.ts";

function timing(id: string, rounds: Timing["rounds"], more: Partial<Timing> = {}): Timing {
  return { id, title: `the ${id}`, batchSize: 8, rounds, ...more };
}

describe("the ratio of two implementations", () => {
  test("is the median over rounds of the ratios of each round's median step", () => {
    const hare = timing("hare", [[1, 9, 1], [2], [1]]);
    const tortoise = timing("tortoise", [[2], [8, 0.1, 8], [3]]);
    expect(speedRatio(hare, tortoise)).toEqual({ median: 3, least: 2, most: 4, rounds: 3 });
  });

  test("does not change when the whole machine is slower in one round", () => {
    const steady = [timing("hare", [[1], [1], [1]]), timing("tortoise", [[2], [2], [2]])] as const;
    const drifting = [
      timing("hare", [[1], [5], [1]]),
      timing("tortoise", [[2], [10], [2]]),
    ] as const;
    expect(speedRatio(...drifting)).toEqual(speedRatio(...steady));
  });

  test("is of images, not of steps", () => {
    const one = timing("one", [[1]], { batchSize: 1 });
    expect(speedRatio(timing("eight", [[2]]), one)?.median).toBe(4);
  });

  test("leaves out rounds that one of them was not in", () => {
    const late = timing("late", [[], [4], []]);
    expect(speedRatio(timing("early", [[1], [2], [3]]), late)).toMatchObject({
      median: 2,
      rounds: 1,
    });
    expect(speedRatio(timing("early", [[1], [], [3]]), late)).toBeUndefined();
    expect(speedRatio(timing("early", [[1]]), timing("short", []))).toBeUndefined();
  });

  test("of memory needs both, and steps of one size", () => {
    const small = timing("small", [[1]], { peak: 3 });
    expect(memoryRatio(small, timing("large", [[1]], { peak: 4 }))).toBe(0.75);
    expect(memoryRatio(small, timing("unknown", [[1]]))).toBeUndefined();
    expect(memoryRatio(small, timing("other", [[1]], { peak: 4, batchSize: 1 }))).toBeUndefined();
  });
});

describe("a power law", () => {
  test("is found where there is one", () => {
    const law = powerLaw([1, 2, 5, 32].map((x) => [x, 3 * x ** 1.7]));
    expect(law?.exponent).toBeCloseTo(1.7, 12);
    expect(law?.factor).toBeCloseTo(3, 12);
  });

  test("is not claimed from two points", () => {
    expect(
      powerLaw([
        [1, 2],
        [2, 4],
      ]),
    ).toBeUndefined();
  });
});

const growth: Scaling = {
  id: "batch",
  quantity: "images per step",
  what: "training step",
  points: [1, 2, 4].map((x) => ({
    x,
    timing: timing("onnx-cpu", [[0.5 * x]], { batchSize: x, peak: 2 ** 20 * 100 * x ** 0.5 }),
  })),
};

const report: SpeedReport = {
  title: "DeiT nano",
  settings: [
    {
      id: "train",
      title: "training step, batch 8",
      timings: [
        timing("onnx-cpu", [[1, 2], [2]], { peak: 2 ** 30 }),
        timing("floor", [[1.2], [1.5]]),
        timing("pytorch", [[3], [2.4]], { peak: 2 ** 31 }),
        timing("slow", [[25], []], { batchSize: 1, peak: 2 ** 32 }),
      ],
      pairs: ["floor", "pytorch", "slow", "absent"].map((to) => ({ of: "onnx-cpu", to })),
      products: [
        { shape: "[1, 2] x [2, 3]", count: 2, flop: 1e9, seconds: 0.01, threads: 1 },
        { shape: "[5, 2] x [2, 3]", count: 12, flop: 1e9, seconds: 0.1, threads: 2 },
        { shape: "[1, 1] x [1, 1]", count: 1, flop: 2, seconds: 1e-6, threads: 1 },
      ],
    },
  ],
  scalings: [growth],
  notes: ["Left out: another: it does not start"],
};

describe("the report of a benchmark", () => {
  const source = { ...provenance("synthetic"), seeds: [], data: [] };

  test("puts ratios first, then times, scaling, and the products that take longest", () => {
    expect(tablesOf(speedTable(report, source))).toMatchInlineSnapshot(`
      "| What                   | Implementation        | Compared with     | Images per second, ratio      | Peak memory, ratio |
      | :--------------------- | :-------------------- | :---------------- | :---------------------------- | :----------------- |
      | training step, batch 8 | the onnx-cpu          | the floor         | 0.77 (0.75 to 0.80, 2 rounds) | –                  |
      | training step, batch 8 | the onnx-cpu          | the pytorch       | 1.60 (1.20 to 2.00, 2 rounds) | 0.50               |
      | training step, batch 8 | the onnx-cpu, batch 8 | the slow, batch 1 | 133 (one round)               | –                  |

      ## Times and memory

      | What                   | Implementation | Images per step | Median step (s) | Fastest (s) | Images per second | Peak memory (MiB) |
      | :--------------------- | :------------- | --------------: | --------------: | ----------: | ----------------: | ----------------: |
      | training step, batch 8 | the onnx-cpu   |               8 |               2 |           1 |                 4 |              1024 |
      | training step, batch 8 | the floor      |               8 |            1.35 |         1.2 |             5.926 |                 – |
      | training step, batch 8 | the pytorch    |               8 |             2.7 |         2.4 |             2.963 |              2048 |
      | training step, batch 8 | the slow       |               1 |              25 |          25 |              0.04 |              4096 |

      ## Scaling with images per step

      the onnx-cpu: training step. The points were measured one after another, each in a process of its own, so changes in the machine's speed are part of these numbers. Least-squares fit of the logarithms, with x the images per step: time ∝ x^1.00, peak memory ∝ x^0.50.

      | Images per step | Median step (s) | Fastest (s) | Images per second | Peak memory (MiB) |
      | --------------: | --------------: | ----------: | ----------------: | ----------------: |
      |               1 |             0.5 |         0.5 |                 2 |               100 |
      |               2 |               1 |           1 |                 2 |               141 |
      |               4 |               2 |           2 |                 2 |               200 |

      ## The matrix products alone: training step, batch 8

      3 shapes; the 2 that take longest account for 99 % of 1.22 s.

      | Times | Product             |  ms | GFLOP/s | Threads |
      | ----: | :------------------ | --: | ------: | ------: |
      |    12 | \\[5, 2\\] x \\[2, 3\\] | 100 |      10 |       2 |
      |     2 | \\[1, 2\\] x \\[2, 3\\] |  10 |     100 |       1 |
      "
    `);
  });

  test("says what the machine can do, what ran on it, and of no seed or data", () => {
    const machine = {
      ...source.machine,
      features: ["avx2", "avx512f"],
      software: ["PyTorch 2", "B 3"],
    };
    const markdown = toMarkdown(speedTable(report, { ...source, machine }));
    expect(markdown).toContain("- Scale: quick\n");
    expect(markdown).toContain("Some CPU at 2.5 GHz (avx2, avx512f), 2 cores");
    expect(markdown).toContain("- Software: PyTorch 2; B 3\n");
    expect(markdown).toContain("- Left out: another: it does not start\n");
  });

  test("keeps every step in the CSV", () => {
    expect(toCsv(speedMeasurements(report, source))).toMatchInlineSnapshot(`
      "section,x,contestant,batch,round,seconds,peak_bytes
      train,,onnx-cpu,8,1,1.000000 2.000000,1073741824
      train,,onnx-cpu,8,2,2.000000,1073741824
      train,,floor,8,1,1.200000,
      train,,floor,8,2,1.500000,
      train,,pytorch,8,1,3.000000,2147483648
      train,,pytorch,8,2,2.400000,2147483648
      train,,slow,1,1,25.000000,4294967296
      growth-batch,1,onnx-cpu,1,1,0.500000,104857600
      growth-batch,2,onnx-cpu,2,1,1.000000,148291040.03789306
      growth-batch,4,onnx-cpu,4,1,2.000000,209715200
      "
    `);
  });

  test("has no table of ratios where nothing was compared", () => {
    const { settings: _, ...rest } = report;
    const tables = tablesOf(speedTable({ ...rest, settings: [] }, source));
    expect(tables.startsWith("## Scaling with images per step")).toBe(true);
  });
});

describe("the figure of scaling", () => {
  test("names each quantity, and the exponents that fit", async () => {
    const texts = textsOf(await scalingFigure("DeiT nano", [growth]));
    expect(texts).toEqual(
      expect.arrayContaining([
        "Scaling: DeiT nano",
        "images per step",
        "Seconds",
        "∝ x^1.00",
        "Peak memory (MiB)",
        "∝ x^0.50",
      ]),
    );
  });

  test("refuses to be of nothing", async () => {
    await expect(scalingFigure("none", [])).rejects.toThrow(RangeError);
    await expect(scalingFigure("none", [{ ...growth, points: [] }])).rejects.toThrow(RangeError);
  });
});
