/** @file The tables and the figure of the noise study, on made-up counts. */
import { toCsv, toMarkdown } from "@mvt/report";
import { noiseFigure } from "@mvt/report/figures/noise";
import {
  noiseDecidersTable,
  noiseStartTable,
  noiseTable,
  startGains,
} from "@mvt/report/tables/noise-tables";
import type { LabelledRow, Labelling } from "@mvt/report/tables/labelling";
import { describe, expect, test } from "vitest";
import { plainRow, provenance, row, run } from "./fixtures/runs.ts";
import { textsOf } from "./fixtures/svg.ts";

const seeds = (...counts: readonly number[]) => counts.map((k, seed) => run(seed, k));
const last = { select: "last" } as const;
const noisy = "RAF-DB, 30 % symmetric noise";
const on = { dataset: noisy };

/** The provenance of the groups that these rows belong to. */
function groups(...titles: readonly string[]) {
  const two = provenance("synthetic");
  return { ...two, data: titles.map((title) => ({ ...two.data[0]!, title })) };
}

const sigmoid = (runs: LabelledRow["runs"], differs: Partial<Labelling>): LabelledRow => {
  const plain = row("sigmoid", runs, on);
  return { ...plain, labelling: { ...plain.labelling, ...differs } as Labelling };
};

describe("the table by kind and rate", () => {
  const rows = [
    plainRow("given", seeds(400, 402, 404), { dataset: "RAF-DB, no noise" }),
    row("constant", seeds(399, 403, 404), { dataset: "RAF-DB, no noise" }),
    plainRow("given", seeds(380, 382, 384), on),
    row("constant", seeds(370, 371, 375), on),
    row("linear", seeds(390, 394, 392), on),
    plainRow("true", seeds(400, 402, 404), on),
  ];
  const build = () => noiseTable.build(rows, groups("RAF-DB, no noise", noisy), last);

  test("counts where relabelling helped and harmed, and names the best and the worst function", () => {
    expect(build().notes.slice(0, 3)).toMatchInlineSnapshot(`
      [
        "Of 3 pairs of noise and function, relabelling raised the accuracy over labels as given by more than 2 standard errors in 1, and lowered it by more than 2 in 1.",
        "RAF-DB, no noise, over labels as given: best Constant (baseline) (0.0 ± 0.1), worst Constant (baseline) (0.0 ± 0.1).",
        "RAF-DB, 30 % symmetric noise, over labels as given: true labels +4.0 ± 0.0; best Linear (+2.0 ± 0.2), worst Constant (baseline) (−2.0 ± 0.1).",
      ]
    `);
  });

  test("has a row for each kind of labels under each noise", () => {
    const lines = toCsv(build()).trim().split("\n");
    expect(
      lines
        .slice(1)
        .map((line) => line.split(",").filter((cell) => /given|relabelled|true$/.test(cell))[0]),
    ).toEqual(["given", "relabelled", "given", "relabelled", "relabelled", "true"]);
  });
});

describe("the table by first epoch", () => {
  const from = (startEpoch: number, k: number, ...counts: readonly number[]) =>
    sigmoid(
      seeds(...counts).map((each) => ({
        ...each,
        relabelStart: { epoch: startEpoch, trainAccuracy: { k, n: 100 } },
      })),
      { startEpoch },
    );
  const rows = [
    plainRow("given", seeds(380, 382, 384), on),
    from(2, 40, 360, 361, 366),
    from(6, 60, 390, 394, 392),
    from(10, 70, 381, 382, 383),
  ];

  test("prints the training accuracy before each start, and says which starts help", () => {
    const table = noiseStartTable.build(rows, groups(noisy), last);
    expect(toMarkdown(table)).toContain("| Start epoch | Training accuracy before (%) |");
    expect(toMarkdown(table)).toContain("60.0 (180/300)");
    expect(table.notes[0]).toMatchInlineSnapshot(
      `"RAF-DB, 30 % symmetric noise: relabelling from epoch 6 helps, from epoch 2 harms, by more than 2 standard errors. The highest training accuracy before a start is 70.0 %, so the rule of 90 % would not have let it begin by epoch 10."`,
    );
  });

  test("gives the gains of the map", () => {
    const gains = startGains(rows, "last");
    expect(gains.map(({ epoch, trainAccuracy }) => [epoch, trainAccuracy])).toEqual([
      [2, 0.4],
      [6, 0.6],
      [10, 0.7],
    ]);
    expect(gains.map(({ gain }) => gain.mean * 500)).toBeAllClose([-59 / 3, 10, 0], { atol: 1e-9 });
  });
});

describe("the table of deciders", () => {
  test("compares each with the paper's sigmoid on the outputs of the training step", () => {
    const table = noiseDecidersTable.build(
      [
        plainRow("given", seeds(380, 382, 384), on),
        sigmoid(seeds(380, 384, 382), {}),
        sigmoid(seeds(390, 394, 392), { predictions: "average" }),
        sigmoid(seeds(381, 383, 382), { predictions: "pass" }),
        row("class-adaptive", seeds(360, 364, 361), { ...on, plugin: true }),
      ],
      groups(noisy),
      last,
    );
    expect(table.notes.slice(0, 3)).toMatchInlineSnapshot(`
      [
        "RAF-DB, 30 % symmetric noise: Sigmoid (predictions: average) beats the paper's sigmoid (+2.0 ± 0.0 points).",
        "RAF-DB, 30 % symmetric noise: Sigmoid (predictions: pass) cannot be told from the paper's sigmoid (0.0 ± 0.1 points).",
        "RAF-DB, 30 % symmetric noise: class-adaptive (plugin) is worse than the paper's sigmoid (−4.1 ± 0.1 points).",
      ]
    `);
    const lines = toMarkdown(table)
      .split("\n## ")[0]!
      .split("\n")
      .filter((line) => line.startsWith("| RAF-DB"));
    expect(lines.map((line) => line.split("|")[5]!.trim())).toEqual([
      "0.0 ± 0.2",
      "–",
      "+2.0 ± 0.0",
      "0.0 ± 0.1",
      "−4.1 ± 0.1",
    ]);
  });
});

describe("the figure", () => {
  const panel = (kind: string) => ({
    kind,
    points: [0, 0.3].flatMap((rate) =>
      ["Labels as given", "Sigmoid"].map((curve) => ({
        curve,
        rate,
        accuracies: [0.8 - rate, 0.82 - rate],
      })),
    ),
  });
  const gain = { mean: 0.012, standardError: 0.004, decimals: 1 } as const;
  const draw = () =>
    noiseFigure.draw({
      dataset: "RAF-DB",
      synthetic: true,
      panels: [panel("symmetric"), panel("pair")],
      f: "Sigmoid",
      starts: [
        { rate: 0.3, epoch: 4, trainAccuracy: 0.55, gain },
        { rate: 0.3, epoch: 8, gain: { ...gain, mean: -0.02 } },
      ],
    });

  test("names its kinds, curves, gains and training accuracies, and that the data are synthetic", async () => {
    const texts = textsOf(await draw());
    for (const text of [
      "symmetric",
      "pair",
      "Labels as given",
      "+1.2 ± 0.4",
      "−2.0 ± 0.4",
      "at 55 % train. acc.",
    ]) {
      expect(texts).toContain(text);
    }
    expect(texts.join(" ")).toContain("Synthetic data");
  });

  test("is the same each time it is drawn", async () => {
    expect(await draw()).toBe(await draw());
  });

  test("refuses to be empty", async () => {
    const empty = { dataset: "RAF-DB", synthetic: true, panels: [], f: "Sigmoid", starts: [] };
    await expect(noiseFigure.draw(empty)).rejects.toThrow(
      "noise: expected at least one point, got none",
    );
  });
});
