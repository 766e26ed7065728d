/** @file Data sets as copies of them are found: other folders, other names, other columns. */
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import {
  type Dataset,
  DatasetError,
  type DatasetName,
  loadDataset,
  readSubsets,
} from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { trainingTable, writeClassFolders, writeCsv, writeNpy } from "./fixtures/affectnet.ts";
import {
  picturesTable,
  pixelsOf,
  rows,
  votesTable,
  writeFolders,
  writeTables,
} from "./fixtures/ferplus.ts";
import { picture, temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { labels, writeKaggle, writeOfficial } from "./fixtures/raf-db.ts";

const samplesOf = ({ splits }: Dataset) =>
  Object.values(splits).map((samples) =>
    samples.map(({ id, expression }) => `${id} ${expression}`),
  );

async function refusal(name: DatasetName, folder: string): Promise<string> {
  const error = await loadDataset(name, folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(folder, "DIR");
}

/** Gives every file in a folder another name. */
async function renameAll(folder: string, name: (old: string) => string): Promise<void> {
  for (const old of await readdir(folder)) await rename(join(folder, old), join(folder, name(old)));
}

/** Puts all that a folder holds into a new folder in it. */
async function wrap(folder: string, name: string): Promise<string> {
  const outer = await temporaryFolder();
  await rename(folder, join(outer, name));
  return outer;
}

/** RAF-DB's images in folders of these names, by split. */
async function writeRafFolders(splits: Readonly<Record<string, string>>, first = 1) {
  const folder = await temporaryFolder();
  for (const [i, [id, label]] of labels.entries()) {
    const split = splits[id.split("_")[0]!]!;
    const path = `${split}/${label - 1 + first}/${id}_aligned.jpg`;
    await writeFiles(folder, { [path]: await picture("jpeg", i + 1) });
    for (let number = first; number < first + 7; number += 1) {
      await writeFiles(folder, { [`${split}/${number}/.keep`]: "" });
    }
  }
  return folder;
}

describe("RAF-DB", async () => {
  test.each<[string, (old: string) => string]>([
    ["without _aligned", (old) => old.replace("_aligned", "")],
    ["as .JPG", (old) => old.replace(".jpg", ".JPG")],
    ["as .png", (old) => old.replace(".jpg", ".png")],
    ["as .jpeg without _aligned", (old) => old.replace("_aligned.jpg", ".jpeg")],
    ["in capitals", (old) => old.toUpperCase()],
  ])("may have its images %s, which is noted", async (_, name) => {
    const published = await loadDataset("raf-db", await writeOfficial());
    for (const [folder, images] of [
      [await writeOfficial(), "Image/aligned"],
      [await writeKaggle(), "DATASET/train/4"],
    ] as const) {
      await renameAll(join(folder, images), name);
      const dataset = await loadDataset("raf-db", folder);
      expect(samplesOf(dataset)).toEqual(samplesOf(published));
      expect(dataset.notes?.[0]).toMatch(
        /images in .* have other names than published: .*, not ID_aligned.jpg/,
      );
    }
  });

  test("refuses two images for one label", async () => {
    const folder = await writeOfficial();
    const aligned = join(folder, "Image/aligned");
    await renameAll(aligned, (old) => old.replace(".jpg", ".png"));
    await writeFiles(aligned, { "TRAIN_00001_ALIGNED.PNG": "" });
    expect(await refusal("raf-db", folder)).toContain(
      "expected one file or folder for train_00001_aligned.jpg, found TRAIN_00001_ALIGNED.PNG and train_00001_aligned.png. Keep one of them.",
    );
  });

  test.each(["test", "valid", "val", "validation", "Test"])(
    "may be folders 1 to 7 in train/ and %s/, without label files",
    async (split) => {
      const dataset = await loadDataset(
        "raf-db",
        await writeRafFolders({ train: "train", test: split }),
      );
      expect(dataset.layout).toBe("folders");
      expect(dataset.protocol).toBe(
        split.toLowerCase() === "test" ? "basic" : `basic, tested on ${split}/`,
      );
      expect(samplesOf(dataset)).toEqual(
        samplesOf(await loadDataset("raf-db", await writeOfficial())),
      );
    },
  );

  test("may hold a validation split beside its test split", async () => {
    const folder = await writeRafFolders({ train: "train", test: "test" });
    await writeFiles(folder, { "valid/3/train_00077_aligned.jpg": await picture("jpeg", 77) });
    const dataset = await loadDataset("raf-db", folder);
    expect(samplesOf(dataset)[1]).toEqual(["train_00077 disgust"]);
    expect(dataset.splits.test).toHaveLength(2);
  });

  test("refuses test images among the training images", async () => {
    const folder = await writeRafFolders({ train: "train", test: "test" });
    await writeFiles(folder, { "train/3/test_0077_aligned.jpg": "" });
    expect(await refusal("raf-db", folder)).toContain(
      "DIR/train/3/test_0077_aligned.jpg: expected images of the train split, found one that RAF-DB has in the other",
    );
  });

  test("refuses folders 0 to 6, whose order would have to be guessed, and names the way in", async () => {
    const message = await refusal(
      "raf-db",
      await writeRafFolders({ train: "train", test: "test" }, 0),
    );
    expect(message).toContain("found test/ (0/, 1/, 2/, 3/, 4/, 5/, 6/), train/ (0/, 1/");
    expect(message).toContain("are read as custom data: --dataset custom --classes");
  });

  test("says what lies where images are missing", async () => {
    const folder = await writeOfficial();
    await renameAll(join(folder, "Image/aligned"), (old) => `face ${old}`);
    expect(await refusal("raf-db", folder)).toContain(
      "9 missing: train_00001_aligned.jpg, train_00002_aligned.jpg, train_00003_aligned.jpg, train_00004_aligned.jpg, train_00005_aligned.jpg and 4 more; without a label: 9 files, such as face test_0001_aligned.jpg",
    );
  });

  test("says which files lie in the folder in place of a layout", async () => {
    const folder = await temporaryFolder();
    for (let i = 1; i <= 5; i += 1) await writeFiles(folder, { [`train_0000${i}.jpg`]: "" });
    expect(await refusal("raf-db", folder)).toContain(
      "found 5 files, such as train_00001.jpg. Unpack",
    );
  });
});

describe("FERPlus", () => {
  const kaggle = [
    "emotion, Usage, pixels",
    ...rows.map(([usage], i) => `0,${usage},${pixelsOf(i).join(" ")}`),
  ].join("\n");
  const indexed = picturesTable
    .trimEnd()
    .split("\n")
    .map((line, i) => `${i === 0 ? "" : i - 1},${line}`)
    .join("\n");

  test.each<[string, string, string]>([
    ["Kaggle's icml_face_data.csv", "icml_face_data.csv", kaggle],
    ["the same under the name fer2013.csv", "fer2013.csv", kaggle],
    ["fer2013.csv in the folder of its archive", "fer2013/fer2013.csv", picturesTable],
    ["icml_face_data.csv in a folder", "fer2013/icml_face_data.csv", kaggle],
    ["a table with an index, as pandas writes it", "fer2013.csv", indexed],
    [
      "a table whose columns are in capitals",
      "FER2013.CSV",
      picturesTable.replace("emotion,pixels,Usage", "EMOTION,PIXELS,USAGE"),
    ],
  ])("may have its pictures from %s", async (_, path, text) => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { "fer2013new.csv": votesTable, [path]: text });
    const published = await loadDataset("ferplus", await writeTables());
    const dataset = await loadDataset("ferplus", folder);
    expect(dataset.splits).toEqual(published.splits);
  });

  test.each(["FERPlus-master", "FERPlus"])("may have its votes in %s/", async (name) => {
    const folder = await temporaryFolder();
    await writeFiles(folder, {
      "fer2013.csv": picturesTable,
      [`${name}/fer2013new.csv`]: votesTable,
    });
    expect((await loadDataset("ferplus", folder)).layout).toBe("csv");
  });

  test("may be what GitHub's archive unpacks to, in a folder or in two", async () => {
    const folder = await wrap(await wrap(await writeTables(), "FERPlus-master"), "FERPlus-master");
    const published = await loadDataset("ferplus", await writeTables());
    expect((await loadDataset("ferplus", folder)).splits).toEqual(published.splits);
  });

  test("refuses a table without a column, and one with a column twice", async () => {
    expect(
      await refusal(
        "ferplus",
        await writeTables({ pictures: picturesTable.replace("Usage", "Use") }),
      ),
    ).toContain(
      'expected a header with emotion, pixels, Usage, found "emotion,pixels,Use" without Usage',
    );
    expect(
      await refusal(
        "ferplus",
        await writeTables({ pictures: picturesTable.replace("emotion,pixels", "Usage,pixels") }),
      ),
    ).toContain("without emotion");
  });

  test("may have the images of its folders by names in capitals", async () => {
    const folder = await writeFolders();
    await rename(join(folder, "FER2013Train"), join(folder, "fer2013train"));
    await rename(
      join(folder, "FER2013Test/fer0000005.png"),
      join(folder, "FER2013Test/FER0000005.PNG"),
    );
    const published = await loadDataset("ferplus", await writeFolders());
    expect(samplesOf(await loadDataset("ferplus", folder))).toEqual(samplesOf(published));
  });
});

describe("AffectNet", () => {
  test("may have images of other formats beside its annotations", async () => {
    const folder = await writeNpy({
      "train_set/images/0.jpg": undefined,
      "train_set/images/0.PNG": await picture("png", 1),
    });
    const published = await loadDataset("affectnet-8", await writeNpy());
    const dataset = await loadDataset("affectnet-8", folder);
    expect(samplesOf(dataset)).toEqual(samplesOf(published));
    expect(dataset.splits.train[0]!.image).toMatchObject({
      path: join(folder, "train_set/images/0.PNG"),
    });
  });

  test("may have its columns in another order, and further ones", async () => {
    const turned = trainingTable
      .trimEnd()
      .split("\n")
      .map((line, i) => [i, ...line.split(",").toReversed()].join())
      .join("\n");
    const published = await loadDataset("affectnet-8", await writeCsv());
    const dataset = await loadDataset("affectnet-8", await writeCsv({ training: turned }));
    expect(samplesOf(dataset)).toEqual(samplesOf(published));
  });

  test.each(["TRAIN", "Train_Set"])("may be in folders of the name %s", async (name) => {
    const folder = await writeClassFolders(7, [name, "Val"]);
    expect((await loadDataset("affectnet-8", folder)).splits.train).toHaveLength(8);
  });

  test("may lie in a folder of its own", async () => {
    const folder = await wrap(await writeNpy(), "AffectNet");
    expect((await loadDataset("affectnet-8", folder)).layout).toBe("npy");
  });
});

describe("custom data", () => {
  const classes = { Zoë: "anger", happy: "happiness" } as const; // composed
  const decomposed = "Zoe\u0308";
  const options = { custom: { classes } };

  test("has one class for a name with composed and with decomposed letters", async () => {
    const folder = await temporaryFolder();
    for (const path of [`train/${decomposed}/1.jpg`, "train/happy/2.jpg", "Test/happy/3.jpg"]) {
      await writeFiles(folder, { [path]: "\xff\xd8\xff" });
    }
    const { splits } = await loadDataset("custom", folder, options);
    expect(samplesOf({ splits } as Dataset)).toEqual([
      [`train/${decomposed}/1.jpg anger`, "train/happy/2.jpg happiness"],
      [],
      ["Test/happy/3.jpg happiness"],
    ]);
  });

  test.each([
    ["in another case", "faces/A.JPG", "faces/a.jpg"],
    ["in a folder of another case", "Faces/a.jpg", "faces/a.jpg"],
    ["with decomposed letters", `faces/${decomposed}.jpg`, "faces/Zoë.jpg"],
    ["with Windows' backslashes", "faces/a.jpg", "faces\\a.jpg"],
    ["with a dot before its folder", "faces/a.jpg", "./faces/a.jpg"],
  ])("has a file that its table names %s", async (_, file, named) => {
    const folder = await temporaryFolder();
    await writeFiles(folder, {
      [file]: "",
      "b.jpg": "",
      "labels.csv": `Path,LABEL,Split\n${named},Zoë,Train\nb.jpg,happy,TEST\n`,
    });
    const { splits } = await loadDataset("custom", folder, options);
    expect(splits.train[0]).toEqual({
      id: named,
      expression: "anger",
      image: { kind: "file", path: join(folder, file) },
    });
  });

  test("says that its own table is to be corrected, not replaced by a published one", async () => {
    const folder = await temporaryFolder();
    for (const table of [
      "path;label;split\na.jpg;happy;train",
      "path,label,split\na.jpg,happy",
      "path,label,split\na.jpg,happy,train\na.jpg,happy,test",
      "",
      'path,label\n"a"b,c',
    ]) {
      await writeFiles(folder, { "labels.csv": table, "a.jpg": "" });
      const error = await loadDataset("custom", folder, options).catch(String);
      expect(error).toMatch(/Correct the (?:table|label file|row)|Save the table with commas/);
      expect(error).not.toContain("published");
    }
  });
});

describe("the lists of hard faces", () => {
  const list = { "RAF_DB_dir/val_raf_db_list.txt": "2/test_0001_aligned.jpg\n" };

  test.each([
    "challenge",
    "Challenge-condition-FER-dataset",
    "Challenge-condition-FER-dataset-master",
    "challenge-condition-fer-dataset-main",
    "challenge/Challenge-condition-FER-dataset-master",
    "Challenge-condition-FER-dataset-master/Challenge-condition-FER-dataset-master",
  ])("are found in %s/", async (name) => {
    const folder = await writeOfficial();
    await writeFiles(join(folder, name), list);
    const subsets = await readSubsets(await loadDataset("raf-db", folder));
    expect(subsets.map(({ title, n }) => [title, n])).toEqual([["Pose-RAF-DB (30)", 1]]);
  });

  test("are asked for where their folder holds other files", async () => {
    const folder = await writeOfficial();
    await writeFiles(join(folder, "challenge/RAF_DB_dir"), { "list.txt": "" });
    await expect(readSubsets(await loadDataset("raf-db", folder))).rejects.toThrow(
      "expected rafdb_occlusion_list.txt or val_raf_db_list.txt or val_raf_db_list_45.txt, found list.txt",
    );
  });
});
