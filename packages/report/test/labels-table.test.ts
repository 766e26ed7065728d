/** @file The report of a run's labels, and the contact sheet of those that were changed. */
import {
  labelFlow,
  labelFlowTable,
  type LabelReport,
  labelsTable,
  rankingQuality,
  svgToPng,
  toCsv,
  toMarkdown,
} from "@mvt/report";
import { type ChangedImage, labelSheet } from "@mvt/report/figures/label-sheet";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { provenance } from "./fixtures/runs.ts";
import { attributesOf, contrast, textsOf } from "./fixtures/svg.ts";
import { tablesOf } from "./fixtures/tables-of.ts";

const aum = { title: "AUM", about: "the margin", source: "in-sample" } as const;
const outOfSample = { title: "Self-confidence", about: "p", source: "out-of-sample" } as const;
const quality = rankingQuality([4, 3, 2, 1], [1, 0, 1, 0]);

/** Four images: b was changed rightly, c wrongly. */
const report: LabelReport = {
  id: "3f2a00000000",
  title: "RAF-DB, linear, seed 0",
  dataset: "RAF-DB",
  kind: "synthetic",
  classes: ["anger", "fear"],
  imagesByClass: [3, 1],
  scores: [
    { ...aum, quality },
    { ...outOfSample, quality },
  ],
  rankedBy: 0,
  ranked: [
    {
      id: "b",
      given: "anger",
      current: "fear",
      truth: "fear",
      scores: [-3, 0.01],
      changedEpochs: [10, 12],
    },
    {
      id: "a",
      given: "anger",
      current: "anger",
      truth: "anger",
      scores: [undefined, 0.5],
      changedEpochs: [],
    },
  ],
  flow: labelFlow({
    classes: ["anger", "fear"],
    given: [0, 0, 0, 1],
    current: [0, 1, 1, 1],
    truth: [0, 1, 0, 1],
  }),
  folds: 5,
};
const { flow: _, folds: _folds, ...withoutFlow } = report;
const notRelabelled: LabelReport = withoutFlow;
const unknown: LabelReport = {
  ...report,
  scores: [aum, outOfSample],
  ranked: report.ranked.map((image) => ({ ...image, truth: undefined })),
  flow: labelFlow({ classes: ["anger", "fear"], given: [0, 0], current: [1, 0] }),
};
const table = (one: LabelReport) => labelsTable(one, provenance("synthetic"));

describe("the report of labels", () => {
  test("shows scores against known wrong labels, the most doubtful ones, and the changes", () => {
    expect(tablesOf(table(report))).toMatchInlineSnapshot(`
      "| Data set | Score           | Probabilities | AUROC | Average precision | Wrong labels (%) |
      | :------- | :-------------- | :------------ | :---- | :---------------- | :--------------- |
      | RAF-DB   | AUM             | in sample     | 0.750 | 0.833             | 50.0 (2/4)       |
      | RAF-DB   | Self-confidence | out of sample | 0.750 | 0.833             | 50.0 (2/4)       |

      ## The most doubtful labels

      Ranked by: AUM. ranking.csv has all images.

      |    | Image | Given | Now   | True  | AUM    | Self-confidence, out of sample | Changed in epoch |
      | -: | :---- | :---- | :---- | :---- | :----- | :----------------------------- | :--------------- |
      |  1 | b     | anger | fear  | fear  | −3.000 | 0.010                          | 10, 12           |
      |  2 | a     | anger | anger | anger | –      | 0.500                          | –                |

      ## Changes by class

      Rows are given labels, columns the labels after relabelling. Where true labels are known, a cell says how many changes are right.

      | Given | anger | fear        | Changed         |
      | :---- | :---- | :---------- | :-------------- |
      | anger | –     | 2 (1 right) | 2 of 3 (66.7 %) |
      | fear  | 0     | –           | 0 of 1 (0.0 %)  |
      "
    `);
  });

  test("says where the truth is not known, and measures nothing", () => {
    const markdown = toMarkdown(table(unknown));
    expect(markdown).toContain("The true labels of these images are not known");
    expect(markdown).not.toContain("AUROC");
    expect(markdown).not.toContain("right)");
    expect(toCsv(table(unknown)).trimEnd().split("\n")).toHaveLength(1);
  });

  test("says that a run does not relabel, and has no changes then", () => {
    const markdown = toMarkdown(table(notRelabelled));
    expect(markdown).toContain("This run does not relabel");
    expect(markdown).not.toContain("Changes by class");
    expect(markdown).not.toContain("Now");
  });

  test("lists no image where none is asked for", () => {
    expect(toMarkdown(table({ ...report, ranked: [] }))).not.toContain("The most doubtful labels");
  });

  test("explains out-of-sample scores where there are any", () => {
    expect(toMarkdown(table(report))).toContain(
      "Out of sample: from 5 runs of the same configuration without relabelling. Each is trained without one fifth of the images",
    );
    expect(toMarkdown(table({ ...report, folds: 10 }))).toContain("without one of 10 parts of");
    expect(toMarkdown(table(notRelabelled))).not.toContain("Out of sample: from");
  });

  test("goes to CSV with unrounded numbers and the share of wrong labels", () => {
    expect(toCsv(table(report))).toMatchInlineSnapshot(`
      "dataset,score,source,auroc,average_precision,wrong,wrong_k,wrong_n,data_kind,label_noise,runs
      RAF-DB,AUM,in sample,0.75,0.8333333333333333,50.0000,2,4,synthetic,0.1,3f2a00000000
      RAF-DB,Self-confidence,out of sample,0.75,0.8333333333333333,50.0000,2,4,synthetic,0.1,3f2a00000000
      "
    `);
  });

  test("goes to CSV with a line for every pair of classes", () => {
    expect(toCsv(labelFlowTable({ ...report, flow: report.flow! }, provenance("synthetic"))))
      .toMatchInlineSnapshot(`
      "dataset,given,current,changed,known,right,images,data_kind,label_noise,runs
      RAF-DB,anger,fear,2,2,1,3,synthetic,0.1,3f2a00000000
      RAF-DB,fear,anger,0,0,0,1,synthetic,0.1,3f2a00000000
      "
    `);
  });

  test("belongs to the data that its provenance describes", () => {
    expect(() => labelsTable(report, provenance("real"))).toThrow(
      "labelsTable: expected the provenance to describe RAF-DB as synthetic, got real",
    );
  });
});

const red = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
  .png()
  .toBuffer();
const image: ChangedImage = {
  id: "train_00017",
  png: red,
  labels: ["anger", "fear"],
  truth: "fear",
  epoch: 12,
  pGt: 0.0625,
  pMax: 0.8125,
};
const sheet = { title: "a run", synthetic: true, changed: 3, reference: "current" } as const;
const draw = (...images: readonly ChangedImage[]) => labelSheet.draw({ ...sheet, images });

describe("the contact sheet of changed labels", () => {
  test("shows old and new label, both probabilities, and whether the new one is right", () => {
    expect(textsOf(draw(image)).slice(3)).toEqual([
      "anger → fear",
      "P_gt 0.06  P_max 0.81",
      "right",
      "train_00017, epoch 12",
    ]);
    expect(textsOf(draw({ ...image, truth: "anger" }))).toContain("wrong: it is anger");
  });

  test("says nothing of right and wrong where the truth is not known", () => {
    expect(textsOf(draw({ ...image, truth: undefined })).slice(3)).toEqual([
      "anger → fear",
      "P_gt 0.06  P_max 0.81",
      "train_00017, epoch 12",
    ]);
  });

  test("says how many of the changes it shows, and that faces are drawn", () => {
    const [title, shown, warning] = textsOf(draw(image));
    expect(title).toBe("Changed labels: a run");
    expect(shown).toMatch(/^1 of 3 changed images/);
    expect(warning).toBe("Synthetic data: faces drawn by this project.");
    expect(textsOf(draw(image, image, image))[1]).toMatch(/^all 3 changed images/);
  });

  test("says whose probability P_gt is", () => {
    const shown = (reference: "current" | "original") =>
      textsOf(labelSheet.draw({ ...sheet, images: [image], reference }))[1];
    expect(shown("current")).toContain("P_gt: probability of the replaced label");
    expect(shown("original")).toContain("P_gt: probability of the given label");
  });

  test("shortens a long way of labels and a long id", () => {
    const long = { ...image, id: "n000017/0123_01.jpg", labels: ["anger", "neutral", "fear"] };
    expect(textsOf(draw(long))).toEqual(
      expect.arrayContaining(["anger → … → fear", "…017/0123_01.jpg, epoch 12"]),
    );
  });

  test("takes a text from outside as text", () => {
    expect(textsOf(draw({ ...image, id: "<a&b>" }))).toContain("<a&b>, epoch 12");
  });

  test("has colours that can be read on white", () => {
    const svg = draw(image, { ...image, truth: "anger" });
    for (const colour of attributesOf(svg, "text", "fill")) {
      expect(contrast(colour, "#ffffff")).toBeGreaterThan(4.5);
    }
  });

  test("holds the images when it is drawn, in rows of eight", async () => {
    const nine = await sharp(await svgToPng(draw(...Array.from({ length: 9 }, () => image))))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { data, info } = nine;
    const isRed = (x: number, y: number) => {
      const at = (y * info.width + x) * 3;
      return data[at] === 255 && data[at + 1] === 0 && data[at + 2] === 0;
    };
    const redRows = Array.from({ length: info.height }, (_row, y) => y).filter((y) => isRed(60, y));
    expect(redRows).toHaveLength(2 * 160);
    const y = redRows[0]! + 80;
    const redColumns = Array.from({ length: info.width }, (_column, x) => x).filter((x) =>
      isRed(x, y),
    );
    expect(redColumns).toHaveLength(8 * 160);
  });

  test("refuses to be without images", () => {
    expect(() => draw()).toThrow(RangeError);
  });
});
