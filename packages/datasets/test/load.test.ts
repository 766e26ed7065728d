/** @file Finding a data set in its folder, and the ground truth beside it. */
import { join } from "node:path";
import { DatasetError, type DatasetName, datasetFolder, loadDataset } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { labels, writeOfficial } from "./fixtures/raf-db.ts";

async function refusal(name: DatasetName, folder: string): Promise<string> {
  const error = await loadDataset(name, folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(folder, "DIR");
}

describe("datasetFolder", () => {
  test("is named after the data set", () => {
    expect(datasetFolder("data", "raf-db")).toBe(join("data", "raf-db"));
  });
});

describe("loadDataset", () => {
  test("refuses a folder that is not there", async () => {
    const folder = join(await temporaryFolder(), "raf-db");
    expect(await refusal("raf-db", folder)).toMatchInlineSnapshot(
      `"DatasetError: RAF-DB: expected the folder DIR, found nothing there. Unpack RAF-DB there, or name the folder that holds it."`,
    );
  });

  test("refuses a file in place of a folder", async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { "raf-db": "" });
    expect(await refusal("raf-db", join(folder, "raf-db"))).toContain(
      "expected DIR to be a folder, found a file",
    );
  });

  test("refuses an empty folder", async () => {
    expect(await refusal("ferplus", await temporaryFolder())).toContain(
      "FERPlus: expected files in DIR, found an empty folder",
    );
  });

  test("says what it looked for in a folder of RAF-DB that it does not know", async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { "train/0/train_00001.jpg": "", "train_labels.csv": "" });
    expect(await refusal("raf-db", folder)).toMatchInlineSnapshot(`
      "DatasetError: RAF-DB: expected one of its known layouts in DIR:
        official: EmoLabel/list_patition_label.txt (missing) and Image/aligned (missing) (here or under basic/ or raf-basic/)
        kaggle: DATASET/train (missing) and DATASET/test (missing) and train_labels.csv or DATASET/train_labels.csv and test_labels.csv or DATASET/test_labels.csv (missing)
        folders: train/1 (missing) and train/7 (missing) and test/1 or valid/1 or val/1 or validation/1 (missing) and test/7 or valid/7 or val/7 or validation/7 (missing) (here or under DATASET/ or basic/ or raf-basic/)
      found train/ (0/), train_labels.csv. Unpack the data set there, or name the folder that holds it. Folders named by expressions, or numbered otherwise than from 1 (surprise) to 7 (neutral), are read as custom data: --dataset custom --classes."
    `);
  });

  test("says which of FERPlus's tables is missing", async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { "fer2013new.csv": "" });
    expect(await refusal("ferplus", folder)).toMatchInlineSnapshot(`
      "DatasetError: FERPlus: expected one of its known layouts in DIR:
        csv: fer2013.csv or icml_face_data.csv or fer2013/fer2013.csv or fer2013/icml_face_data.csv or 4 other places (missing) and fer2013new.csv or FERPlus/fer2013new.csv or FERPlus-master/fer2013new.csv (here or under data/)
        folders: FER2013Train/label.csv (missing) and FER2013Valid/label.csv (missing) and FER2013Test/label.csv (missing) (here or under data/ or FERPlus/data/ or FERPlus-master/data/)
      found fer2013new.csv. Unpack the data set there, or name the folder that holds it. FER2013's own labels without FERPlus' votes, or folders named by expressions, are read as custom data: --dataset custom --classes."
    `);
  });

  test("refuses labels of one split only", async () => {
    const folder = await writeOfficial({ list: "train_00001.jpg 1\n" });
    expect(await refusal("raf-db", folder)).toContain(
      "expected images to train on and to test on in DIR, found 1 and 0",
    );
  });
});

const manifest = { format: 1, seed: 7, labelNoise: 0.1, difficulty: {}, counts: {} };
const truth = ["id,split,true,given", ...labels.map(([id]) => `${id},x,fear,anger`), ""].join("\n");

/** RAF-DB with a ground truth beside it. */
async function writeWithTruth(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await writeOfficial();
  await writeFiles(join(folder, "ground-truth"), {
    "manifest.json": JSON.stringify(manifest),
    "labels.csv": truth,
    ...files,
  });
  return folder;
}

describe("ground truth", () => {
  test("is absent from published data", async () => {
    expect(await loadDataset("raf-db", await writeOfficial())).not.toHaveProperty("groundTruth");
  });

  test("gives the expression that was drawn, whatever label was written", async () => {
    const { groundTruth, splits } = await loadDataset("raf-db", await writeWithTruth());
    expect(splits.train[0]!.expression).toBe("surprise");
    expect(groundTruth?.expressions.get("train_00001")).toBe("fear");
    expect(groundTruth?.expressions.size).toBe(labels.length);
  });

  test("gives the share of labels made wrong", async () => {
    const { groundTruth } = await loadDataset("raf-db", await writeWithTruth());
    expect(groundTruth?.labelNoise).toBe(0.1);
  });

  test("names the picture of an image's expression energy", async () => {
    const folder = await writeWithTruth();
    const { groundTruth } = await loadDataset("raf-db", folder);
    const path = join(folder, "ground-truth", "energy", "test_0001.png");
    expect(groundTruth?.expressionEnergy("test_0001")).toBe(path);
  });

  test.each([
    [
      "an image without truth",
      { "labels.csv": truth.replace("train_00003", "train_00009") },
      "labels.csv: expected the true expression of every image, found none for train_00003",
    ],
    [
      "an expression by another name",
      { "labels.csv": truth.replace("fear", "Fear") },
      'labels.csv:2: expected one of neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, found "Fear"',
    ],
    [
      "a manifest of another format",
      { "manifest.json": JSON.stringify({ ...manifest, format: 2 }) },
      "manifest.json: expected a ground truth of format 1 with its labelNoise",
    ],
    [
      "a manifest that is cut short",
      { "manifest.json": "{" },
      "manifest.json: expected a ground truth of format 1",
    ],
  ])("is refused with %s", async (_, files, message) => {
    expect(await refusal("raf-db", await writeWithTruth(files))).toContain(message);
  });
});
