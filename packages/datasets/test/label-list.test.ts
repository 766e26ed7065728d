/** @file Lists of noisy labels: the forms in which they are found, and what is refused in them. */
import { join } from "node:path";
import {
  applyLabelList,
  type Dataset,
  DatasetError,
  loadDataset,
  readLabelList,
} from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { writeTables } from "./fixtures/ferplus.ts";
import { temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { writeOfficial } from "./fixtures/raf-db.ts";

/** Seven training images, of which train_00004 and train_00007 get other labels. */
const list = [
  "train_00001.jpg 1",
  "train_00002.jpg 2",
  "train_00003.jpg 3",
  "train_00004.jpg 7",
  "train_00005.jpg 5",
  "train_00006.jpg 6",
  "train_00007.jpg 1",
  "",
].join("\n");

const listed = [
  "train_00001 surprise",
  "train_00002 fear",
  "train_00003 disgust",
  "train_00004 neutral",
  "train_00005 sadness",
  "train_00006 anger",
  "train_00007 surprise",
];

const rafDb = async () => loadDataset("raf-db", await writeOfficial());

async function apply(text: string, dataset: Dataset) {
  const folder = await temporaryFolder();
  await writeFiles(folder, { "list.txt": text });
  return applyLabelList(await readLabelList(join(folder, "list.txt")), dataset);
}

/** Why RAF-DB refuses a list; its path is "list.txt". */
async function refusal(text: string): Promise<string> {
  const error: unknown = await apply(text, await rafDb()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(/\S*\/list\.txt/g, "list.txt");
}

async function labelsOf(text: string, dataset?: Dataset): Promise<string[]> {
  const labelled = dataset ?? (await rafDb());
  const { labels } = await apply(text, labelled);
  return [...labels].map(([id, label]) => `${id} ${labelled.classes[label]}`);
}

describe("a list of labels", () => {
  test.each([
    ["LF", list],
    ["CRLF", list.replaceAll("\n", "\r\n")],
    ["no line end at its end", list.trimEnd()],
    ["blank last lines", `${list}\n  \n\n`],
    ["a byte order mark", `\uFEFF${list}`],
    ["names that say _aligned", list.replaceAll(".jpg", "_aligned.jpg")],
    ["names without extension", list.replaceAll(".jpg", "")],
    ["tabs", list.replaceAll(" ", "\t")],
    [
      "folders, if a 7 tells that it counts from 1",
      list.replaceAll("train_", "/data/aligned/train_"),
    ],
  ])("is read with %s", async (_, text) => {
    expect(await labelsOf(text)).toEqual(listed);
  });

  test("may leave images out", async () => {
    expect(await labelsOf("train_00003.jpg 2")).toEqual(["train_00003 fear"]);
  });

  test("has a hash of what it says, not of how it is written", async () => {
    const { sha256 } = await apply(list, await rafDb());
    const backwards = list.trim().split("\n").toReversed().join("\r\n").replaceAll(".jpg", "");
    expect((await apply(backwards, await rafDb())).sha256).toBe(sha256);
    expect(
      (await apply(list.replace("00004.jpg 7", "00004.jpg 6"), await rafDb())).sha256,
    ).not.toBe(sha256);
  });

  test("numbers FERPlus' classes by the columns of its votes, from 0", async () => {
    const ferplus = await loadDataset("ferplus", await writeTables());
    expect(await labelsOf("fer0000000.png 7\nfer0000002.png 0\n", ferplus)).toEqual([
      "fer0000000 contempt",
      "fer0000002 neutral",
    ]);
  });

  const replaced = (line: string) => list.replace("train_00002.jpg 2", line);

  test.each([
    [
      "a test image",
      replaced("test_0001.jpg 2"),
      'list.txt:2: expected a training image of RAF-DB, such as train_00001, found "test_0001.jpg". Remove the line, or name the data set that the list belongs to.',
    ],
    [
      "an unknown image",
      replaced("train_00008.jpg 2"),
      'list.txt:2: expected a training image of RAF-DB, such as train_00001, found "train_00008.jpg"',
    ],
    [
      "a label above the last",
      replaced("train_00002.jpg 8"),
      "list.txt:2: expected a label from 1 (surprise) to 7 (neutral), found 8. Use the numbers of RAF-DB's own files.",
    ],
    [
      "the label 0, which other ways of counting have",
      replaced("train_00002.jpg 0"),
      "list.txt:2: expected a label from 1 (surprise) to 7 (neutral), found 0. Use the numbers of RAF-DB's own files. If the list counts from 0, as SCN's own does, add 1 to each label.",
    ],
    [
      "an image twice",
      replaced("train_00001_aligned.jpg 2"),
      "list.txt:2: expected one label per image, found a second one for train_00001 (the first is at list.txt:1)",
    ],
    [
      "a line without a label",
      replaced("train_00002.jpg"),
      'list.txt:2: expected the name of a training image and the number of a class, as in "train_00001.jpg 5", found "train_00002.jpg". Correct the line.',
    ],
    [
      "a line without a name",
      replaced("5"),
      "list.txt:2: expected the name of a training image and the number of a class",
    ],
    [
      "a label by name",
      replaced("train_00002.jpg fear"),
      "list.txt:2: expected the name of a training image and the number of a class",
    ],
    [
      "a label below zero",
      replaced("train_00002.jpg -1"),
      "list.txt:2: expected the name of a training image and the number of a class",
    ],
    ["a list without lines", "\n\n", "list.txt: expected a line per training image"],
    [
      "SCN's own form, with folders and from 0",
      "/data/train_00001.jpg 0\n/data/train_00007.jpg 6\n",
      "list.txt: expected the numbers of RAF-DB's own files, from 1 to 7, found 0 at list.txt:1, so it counts from 0. Write names without folders and these numbers.",
    ],
    [
      "a list with folders whose numbers may be either",
      "/data/train_00001.jpg 1\n",
      "list.txt: expected the numbers of RAF-DB's own files, from 1 to 7, found paths, the first at list.txt:1, as in lists that count from 0, and no 7 that would tell.",
    ],
  ])("refuses %s", async (_, text, message) => {
    expect(await refusal(text)).toContain(message);
  });

  test("is refused for data whose files name their classes", async () => {
    const custom: Dataset = { ...(await rafDb()), name: "custom", title: "Mine" };
    await expect(apply(list, custom)).rejects.toThrow(
      "list.txt: expected a data set whose files number their classes, found Mine, which names them.",
    );
  });

  test("refuses a path without a file", async () => {
    await expect(readLabelList("no/such/list.txt")).rejects.toThrow(
      "no/such/list.txt: expected a list of labels, found no file. Check the path.",
    );
  });
});
