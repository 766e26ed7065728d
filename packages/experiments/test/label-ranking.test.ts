/** @file Which labels are doubtful: the files of runs that say so, and the ranking made of them. */
import { describe, expect, test } from "vitest";
import {
  rankingColumn,
  rankingCsv,
  rankLabels,
  scoreColumns,
} from "../src/evaluation/label-ranking.ts";
import { labelReport } from "../src/evaluation/label-report.ts";
import { parseLabels } from "../src/runs/read-labels.ts";

const header = "id,given,current,true,self_confidence,normalized_margin,aum,changed_epochs";
const file = (...lines: readonly string[]) => `${[header, ...lines].join("\n")}\n`;

const classes = ["anger", "fear", "happiness"];
/** b and d are wrong; e was never drawn, and of c the truth is not known. */
const lines = parseLabels(
  file(
    "a,anger,anger,anger,0.900000,0.900000,2.000000,",
    "b,anger,fear,fear,0.100000,0.200000,-3.000000,10 12",
    "c,fear,happiness,,0.300000,0.400000,-1.000000,11",
    "d,happiness,happiness,anger,0.950000,0.940000,-2.000000,",
    "e,fear,fear,fear,,,,",
  ),
  "labels.csv",
);

describe("labels.csv", () => {
  test("is read as it was written", () => {
    expect(lines[1]).toEqual({
      id: "b",
      given: "anger",
      current: "fear",
      truth: "fear",
      scores: { "self-confidence": 0.1, "normalized-margin": 0.2, aum: -3 },
      changedEpochs: [10, 12],
    });
    expect(lines[2]!.truth).toBeUndefined();
    expect(lines[4]).toMatchObject({ scores: { aum: undefined }, changedEpochs: [] });
  });

  test.for([
    {
      what: "other columns",
      text: "id,label\na,anger\n",
      finding: `labels.csv:1: expected the columns ${header.replaceAll(",", ", ")}, found id,label`,
    },
    {
      what: "no image",
      text: file(),
      finding: "labels.csv:2: expected a line per image, found none",
    },
    {
      what: "an image twice",
      text: file("a,x,x,,1,1,1,", "a,x,x,,1,1,1,"),
      finding: "labels.csv:3: expected an image once, found a",
    },
    {
      what: "a score that is no number",
      text: file("a,x,x,,one,1,1,"),
      finding: "labels.csv:2: expected a number as self_confidence, found one",
    },
    {
      what: "a blank as a score",
      text: file("a,x,x,, ,1,1,"),
      finding: "labels.csv:2: expected a number as self_confidence, found  ",
    },
    {
      what: "an epoch that is no number",
      text: file("a,x,x,,1,1,1,10 ten"),
      finding: "labels.csv:2: expected epochs as changed_epochs, found 10 ten",
    },
    {
      what: "a line without a label",
      text: file("a,,x,,1,1,1,"),
      finding: "labels.csv:2: expected a given and a current label, found none",
    },
  ])("is refused with $what", ({ text, finding }) => {
    expect(() => parseLabels(text, "labels.csv")).toThrow(
      `${finding}. Remove the run's folder to train it again.`,
    );
  });
});

describe("a ranking of labels", () => {
  const columns = scoreColumns(lines);
  const ids = (by: "self-confidence" | "aum") =>
    rankLabels(columns[rankingColumn(columns, by)]!).map((i) => lines[i]!.id);

  test("begins with the most doubtful one and ends with what was never drawn", () => {
    expect(ids("aum")).toEqual(["b", "d", "c", "a", "e"]);
    expect(ids("self-confidence")).toEqual(["b", "c", "a", "d", "e"]);
  });

  test("is measured against the wrong labels that are known, of images with a score", () => {
    const [selfConfidence, , aum] = columns;
    // a is right, b and d are wrong.
    expect(aum!.quality).toEqual({ k: 2, n: 3, auroc: 1, averagePrecision: 1 });
    expect(selfConfidence!.quality).toMatchObject({ k: 2, n: 3, auroc: 0.5 });
  });

  test("is not measured where no truth is known", () => {
    const unknown = lines.map((line) => ({ ...line, truth: undefined }));
    expect(scoreColumns(unknown).map(({ quality }) => quality)).toEqual(Array(3).fill(undefined));
  });

  test("goes to a file with every image", () => {
    const [, , aum] = columns;
    expect(rankingCsv(lines, columns, rankLabels(aum!))).toMatchInlineSnapshot(`
      "rank,id,given,current,true,changed_epochs,self_confidence,normalized_margin,aum
      1,b,anger,fear,fear,10 12,0.100000,0.200000,-3.000000
      2,d,happiness,happiness,anger,,0.950000,0.940000,-2.000000
      3,c,fear,happiness,,11,0.300000,0.400000,-1.000000
      4,a,anger,anger,anger,,0.900000,0.900000,2.000000
      5,e,fear,fear,fear,,,,
      "
    `);
  });
});

describe("out-of-sample scores", () => {
  const row = (...p: readonly number[]) => Float64Array.from(p);
  const heldOut = {
    classes,
    probabilities: new Map([
      ["a", row(0.8, 0.1, 0.1)],
      ["b", row(0.000000125, 0.7, 0.3)],
      ["c", row(0.2, 0.5, 0.3)],
      ["d", row(0.6, 0.2, 0.2)],
      ["e", row(0.3, 0.4, 0.3)],
    ]),
  };
  const columns = scoreColumns(lines, heldOut);

  test("stand beside those in sample, and rank in their place", () => {
    expect(columns.map(({ name, source }) => `${name} ${source}`)).toEqual([
      "self-confidence in-sample",
      "normalized-margin in-sample",
      "aum in-sample",
      "self-confidence out-of-sample",
      "normalized-margin out-of-sample",
    ]);
    expect(rankingColumn(columns, "self-confidence")).toBe(3);
    expect(rankingColumn(columns, "aum")).toBe(2);
  });

  test("are those of the given label, also of an image that was never drawn", () => {
    expect(columns[3]!.values).toEqual([0.8, 0.000000125, 0.5, 0.2, 0.4]);
    expect(columns[4]!.values).toBeAllClose([0.85, 0.1500000625, 0.6, 0.3, 0.55]);
    expect(columns[3]!.quality).toMatchObject({ k: 2, n: 4, auroc: 1 });
  });

  test("keep the digits that tell small ones apart", () => {
    const csv = rankingCsv(lines, columns, [1]);
    expect(csv).toContain("out_of_sample_self_confidence");
    expect(csv).toContain(",1.25e-7,");
  });

  test("are refused where an image has none", () => {
    const probabilities = new Map([...heldOut.probabilities].slice(1));
    expect(() => scoreColumns(lines, { classes, probabilities })).toThrow(
      "a: expected a prediction of the run without its fold, found none.",
    );
  });
});

describe("the report of labels", () => {
  const run = {
    id: "0123456789ab",
    title: "a run",
    dataset: "RAF-DB",
    kind: "synthetic",
    classes,
    lines,
    relabels: true,
  } as const;
  const columns = scoreColumns(lines);

  test("lists the top of the ranking and counts changes by class", () => {
    const report = labelReport(run, { columns, rankedBy: 2, top: 2 });
    expect(report.ranked.map(({ id }) => id)).toEqual(["b", "d"]);
    expect(report.imagesByClass).toEqual([2, 2, 1]);
    expect(report.flow![0]![1]).toEqual({ count: 1, known: 1, right: 1 });
    expect(report.flow![1]![2]).toEqual({ count: 1, known: 0, right: 0 });
  });

  test("has no flow of a run that does not relabel", () => {
    const report = labelReport({ ...run, relabels: false }, { columns, rankedBy: 0, top: 0 });
    expect(report.flow).toBeUndefined();
    expect(report.ranked).toEqual([]);
  });
});
