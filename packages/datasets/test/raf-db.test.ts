/** @file RAF-DB's two layouts, and what is refused in each. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Dataset, DatasetError, loadDataset, rafDbClasses } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { list, testTable, trainTable, writeKaggle, writeOfficial } from "./fixtures/raf-db.ts";

const idsAndLabels = ({ splits: { train, test: rest } }: Dataset) =>
  [...train, ...rest].map(({ id, expression }) => `${id} ${expression}`);

const asPublished = [
  "train_00001 surprise",
  "train_00002 fear",
  "train_00003 disgust",
  "train_00004 happiness",
  "train_00005 sadness",
  "train_00006 anger",
  "train_00007 neutral",
  "test_0001 disgust",
  "test_0002 neutral",
];

/** What loading says about a list with `line` as its second line. */
async function refusal(line: string): Promise<string> {
  const folder = await writeOfficial({ list: list.replace("train_00002.jpg 2", line) });
  return failure(loadDataset("raf-db", folder), folder);
}

/** The message of a DatasetError, with the temporary folder shown as DIR. */
async function failure(loading: Promise<unknown>, folder: string): Promise<string> {
  const error = await loading.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(folder, "DIR");
}

describe("RAF-DB's official layout", () => {
  test("numbers its labels from 1, surprise first and neutral last", async () => {
    const dataset = await loadDataset("raf-db", await writeOfficial());
    expect(idsAndLabels(dataset)).toEqual(asPublished);
    expect(dataset.classes).toEqual(rafDbClasses);
  });

  test("says what it is", async () => {
    const folder = await writeOfficial();
    const { splits: _, ...about } = await loadDataset("raf-db", folder);
    expect(about).toEqual({
      name: "raf-db",
      title: "RAF-DB",
      folder,
      layout: "official",
      protocol: "basic",
      classes: ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"],
    });
  });

  test("has no validation split", async () => {
    const { splits } = await loadDataset("raf-db", await writeOfficial());
    expect([splits.train.length, splits.validation.length, splits.test.length]).toEqual([7, 0, 2]);
  });

  test("takes the aligned face of each image", async () => {
    const folder = await writeOfficial();
    const { splits } = await loadDataset("raf-db", folder);
    const path = join(folder, "Image", "aligned", "train_00001_aligned.jpg");
    expect(splits.train[0]!.image).toEqual({ kind: "file", path });
  });

  test.each([
    ["LF and no newline at its end", list],
    ["LF and a newline at its end", `${list}\n`],
    ["CRLF and no newline at its end", list.replaceAll("\n", "\r\n")],
    ["CRLF and a newline at its end", `${list.replaceAll("\n", "\r\n")}\r\n`],
    ["names that say _aligned", list.replaceAll(".jpg", "_aligned.jpg")],
    ["a byte order mark", `\uFEFF${list}`],
  ])("may have a list with %s", async (_, text) => {
    const dataset = await loadDataset("raf-db", await writeOfficial({ list: text }));
    expect(idsAndLabels(dataset)).toEqual(asPublished);
  });

  test.each(["basic", "raf-basic"])("may lie in %s/", async (below) => {
    const dataset = await loadDataset("raf-db", await writeOfficial({ below }));
    expect(idsAndLabels(dataset)).toEqual(asPublished);
  });

  test("refuses a third column, with path and line", async () => {
    expect(await refusal("train_00002.jpg 2 0")).toMatchInlineSnapshot(
      `"DatasetError: DIR/EmoLabel/list_patition_label.txt:2: expected a name and a label, as in "train_00001.jpg 4", found "train_00002.jpg 2 0". Use the label file as RAF-DB publishes it."`,
    );
  });

  test.each(["0", "8", "-1", "2.0", "fear"])("refuses the label %s", async (label) => {
    expect(await refusal(`train_00002.jpg ${label}`)).toContain(
      `DIR/EmoLabel/list_patition_label.txt:2: expected a label from 1 (surprise) to 7 (neutral), found "${label}"`,
    );
  });

  test.each(["train_00002.png", "../train_00002.jpg", "valid_0002.jpg", "augmented_2.jpg"])(
    "refuses the image name %s",
    async (name) => {
      expect(await refusal(`${name} 2`)).toContain(
        `list_patition_label.txt:2: expected an image name`,
      );
    },
  );

  test("refuses a second label for an image", async () => {
    expect(await refusal("train_00001.jpg 2")).toContain(
      "list_patition_label.txt:2: expected one label per image, found a second one for train_00001 " +
        "(the first is at DIR/EmoLabel/list_patition_label.txt:1)",
    );
  });

  test("names the first images that are missing, and their number", async () => {
    const folder = await writeOfficial();
    for (const n of [1, 2, 3, 4, 5, 6]) {
      await rm(join(folder, "Image", "aligned", `train_0000${n}_aligned.jpg`));
    }
    expect(await failure(loadDataset("raf-db", folder), folder)).toMatchInlineSnapshot(
      `"DatasetError: RAF-DB: expected an image file for each of the 9 labels in DIR/EmoLabel/list_patition_label.txt; 6 missing: train_00001_aligned.jpg, train_00002_aligned.jpg, train_00003_aligned.jpg, train_00004_aligned.jpg, train_00005_aligned.jpg and 1 more. Unpack all images of the data set, or see all that is missing with \`pnpm exp data check\`."`,
    );
  });
});

describe("RAF-DB's Kaggle layout", () => {
  test("gives the same ids and labels as the official one", async () => {
    const dataset = await loadDataset("raf-db", await writeKaggle());
    expect(dataset.layout).toBe("kaggle");
    expect(idsAndLabels(dataset)).toEqual(asPublished);
  });

  test("finds each image in the folder of its label", async () => {
    const folder = await writeKaggle();
    const { splits } = await loadDataset("raf-db", folder);
    const path = join(folder, "DATASET", "test", "3", "test_0001_aligned.jpg");
    expect(splits.test[0]!.image).toEqual({ kind: "file", path });
  });

  test("may have its label files in DATASET/", async () => {
    const dataset = await loadDataset("raf-db", await writeKaggle({ labelsIn: "DATASET" }));
    expect(idsAndLabels(dataset)).toEqual(asPublished);
  });

  test("may have LF line ends", async () => {
    const train = trainTable.replaceAll("\r\n", "\n");
    const dataset = await loadDataset("raf-db", await writeKaggle({ train }));
    expect(idsAndLabels(dataset)).toEqual(asPublished);
  });

  test.each([
    [
      "a third column",
      trainTable.replaceAll("\r\n", ",x\r\n"),
      'train_labels.csv:1: expected the header "image,label", found "image,label,x"',
    ],
    [
      "a table without header",
      trainTable.replace("image,label\r\n", ""),
      'train_labels.csv:1: expected the header "image,label", found "train_00001_aligned.jpg,1"',
    ],
    [
      "a row with a third column",
      trainTable.replace("00002_aligned.jpg,2", "00002_aligned.jpg,2,x"),
      'train_labels.csv:3: expected 2 fields, found 3: "train_00002_aligned.jpg,2,x"',
    ],
    [
      "an augmented image",
      trainTable.replace("train_00002_aligned.jpg", "augmented_2.png"),
      'train_labels.csv:3: expected an image name such as train_00001.jpg or test_0001.jpg, found "augmented_2.png"',
    ],
    [
      "a label out of range, below a blank line",
      trainTable.replace("\r\ntrain_00002_aligned.jpg,2", "\r\n\r\ntrain_00002_aligned.jpg,0"),
      'train_labels.csv:4: expected a label from 1 (surprise) to 7 (neutral), found "0"',
    ],
    [
      "a label that is not its folder's",
      trainTable.replace("00002_aligned.jpg,2", "00002_aligned.jpg,3"),
      `1 missing: ${join("train", "3", "train_00002_aligned.jpg")}`,
    ],
    [
      "an image of the other split",
      trainTable.replace("train_00002", "test_0002"),
      "train_labels.csv:3: expected images of the train split, found test_0002_aligned.jpg",
    ],
    [
      "an image's second row",
      trainTable.replace("train_00002", "train_00001"),
      "train_labels.csv:3: expected one label per image, found a second one for train_00001",
    ],
    [
      "an empty table",
      "",
      'train_labels.csv: expected the header "image,label", found an empty file',
    ],
    [
      "a broken quote",
      trainTable.replace("train_00002", 'train"00002'),
      "expected comma-separated values",
    ],
  ])("refuses %s", async (_, train, message) => {
    const folder = await writeKaggle({ train });
    expect(await failure(loadDataset("raf-db", folder), folder)).toContain(message);
  });

  test("refuses a label file without rows", async () => {
    const folder = await writeKaggle({ test: testTable.split("\r\n")[0]! });
    expect(await failure(loadDataset("raf-db", folder), folder)).toContain("found 7 and 0");
  });
});
