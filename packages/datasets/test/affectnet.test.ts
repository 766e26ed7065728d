/** @file AffectNet's distributions with seven classes and with eight, and what is refused in each. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  affectnetClasses,
  checkDataset,
  type Dataset,
  DatasetError,
  loadDataset,
} from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import {
  codePoints,
  hash,
  npy,
  trainingTable,
  validationTable,
  writeClassFolders,
  writeCsv,
  writeNpy,
} from "./fixtures/affectnet.ts";
import { writeFiles } from "./fixtures/folder.ts";

const labels = ({ splits }: Dataset) => ({
  train: splits.train.map(({ id, expression }) => `${id} ${expression}`),
  test: splits.test.map(({ id, expression }) => `${id} ${expression}`),
});

/** The message of a DatasetError, with the temporary folder shown as DIR. */
async function refusal(
  folder: string,
  name: "affectnet-7" | "affectnet-8" = "affectnet-8",
): Promise<string> {
  const error = await loadDataset(name, folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(folder, "DIR");
}

describe("AffectNet's second distribution", () => {
  test("has its samples in the order of their numbers, which have gaps", async () => {
    const dataset = await loadDataset("affectnet-8", await writeNpy());
    expect(labels(dataset)).toEqual({
      train: ["train_0 happiness", "train_3 neutral", "train_9 sadness", "train_10 contempt"],
      test: ["val_0 anger", "val_5 contempt"],
    });
  });

  test("says what it is", async () => {
    const folder = await writeNpy();
    const { splits, notes, ...about } = await loadDataset("affectnet-8", folder);
    expect(notes).toEqual([expect.stringContaining("no training image has the class anger")]);
    expect(about).toEqual({
      name: "affectnet-8",
      title: "AffectNet-8",
      folder,
      layout: "npy",
      protocol: "tested on validation images",
      classes: affectnetClasses,
    });
    expect(splits.validation).toEqual([]);
  });

  test("is without contempt as AffectNet-7, with the same ids", async () => {
    const dataset = await loadDataset("affectnet-7", await writeNpy());
    expect(dataset.title).toBe("AffectNet-7");
    expect(dataset.classes).toEqual(affectnetClasses.slice(0, 7));
    expect(labels(dataset)).toEqual({
      train: ["train_0 happiness", "train_3 neutral", "train_9 sadness"],
      test: ["val_0 anger"],
    });
  });

  test("may call its validation folder valid_set", async () => {
    const dataset = await loadDataset("affectnet-8", await writeNpy({}, "valid_set"));
    expect(labels(dataset).test).toEqual(["val_0 anger", "val_5 contempt"]);
  });

  test("leaves out the expressions 8 to 10, of two digits even", async () => {
    const folder = await writeNpy({
      "train_set/annotations/9_exp.npy": npy(codePoints("10"), { descr: "<U2" }),
      "train_set/annotations/3_exp.npy": npy(codePoints("8")),
    });
    const dataset = await loadDataset("affectnet-8", folder);
    expect(labels(dataset).train).toEqual(["train_0 happiness", "train_10 contempt"]);
  });

  test("names images that lack a label, and labels that lack an image", async () => {
    const path = "train_set/annotations/9_exp.npy";
    expect(await refusal(await writeNpy({ [path]: undefined }))).toMatchInlineSnapshot(
      `"DatasetError: DIR/train_set/annotations: expected a label NUMBER_exp.npy for each of 4 images, found none for 1: 9.jpg. Unpack all annotations of the data set."`,
    );
    expect(await refusal(await writeNpy({ "train_set/images/9.jpg": undefined }))).toContain(
      "expected an image file for each of the 4 labels in DIR/train_set/annotations; 1 missing: 9.jpg",
    );
  });
});

describe("a label in a NumPy file", () => {
  const path = "val_set/annotations/5_exp.npy";

  test.each([
    ["with room for more digits", npy(codePoints("7\0\0"), { descr: "<U3" })],
    ["of one dimension", npy(codePoints("7"), { shape: "(1,)" })],
    ["of two dimensions", npy(codePoints("7"), { shape: "(1, 1)" })],
    ["of format version 2", npy(codePoints("7"), { version: 2 })],
    ["with its bytes the other way round", npy(codePoints("7").swap32(), { descr: ">U1" })],
  ])("is read %s", async (_, file) => {
    const { splits } = await loadDataset("affectnet-8", await writeNpy({ [path]: file }));
    expect(splits.test[1]).toMatchObject({ id: "val_5", expression: "contempt" });
  });

  test.each([
    ["no bytes", new Uint8Array(), "expected a NumPy file, found 0 bytes"],
    ["text", Buffer.from("this is no NumPy file"), "expected a NumPy file, found something else"],
    ["a version to come", npy(codePoints("7"), { version: 9 }), "of version 1 to 3, found 9"],
    [
      "numbers instead of text",
      npy(new Uint8Array(8), { descr: "<i8" }),
      "expected an array of text, found the header \"{'descr': '<i8'",
    ],
    [
      "several texts",
      npy(codePoints("77"), { shape: "(2,)" }),
      "expected one text, found an array of shape (2,)",
    ],
    ["no text", npy(new Uint8Array(), { shape: "(0,)" }), "expected one text, found an array"],
    [
      "a 10 that is cut short, which would be a 1",
      npy(codePoints("1"), { descr: "<U2" }),
      "expected 8 bytes of text, found 4",
    ],
    [
      "a header that is cut short",
      npy(codePoints("7")).subarray(0, 40),
      "expected an array of text",
    ],
    ["points beyond Unicode", npy(Buffer.alloc(4, 0xff)), "expected Unicode text"],
    [
      "a text of 200,000 characters",
      npy(new Uint8Array(800_000), { descr: "<U200000" }),
      "expected a text of at most 1000 characters, found one of 200000",
    ],
    ["an expression beyond 10", npy(codePoints("11"), { descr: "<U2" }), 'found "11"'],
    ["an expression by name", npy(codePoints("Happy"), { descr: "<U5" }), 'found "Happy"'],
  ])("is refused with %s, by its path", async (_, file, message) => {
    const text = await refusal(await writeNpy({ [path]: file }));
    expect(text).toContain(`DIR/${path}: expected`);
    expect(text).toContain(message);
  });
});

describe("AffectNet's first distribution", () => {
  const everything = {
    train: [
      `${hash("a1")} happiness`,
      `${hash("b2")} contempt`,
      `${hash("d4")} neutral`,
      `${hash("a1")}-2 happiness`,
    ],
    test: [`${hash("e5")} anger`, `${hash("f6")} contempt`],
  };

  test("is named by its hashes, and a face that stands twice is numbered", async () => {
    const dataset = await loadDataset("affectnet-8", await writeCsv());
    expect(dataset.layout).toBe("csv");
    expect(labels(dataset)).toEqual(everything);
  });

  test("has the same ids without contempt", async () => {
    const { train, test: rest } = labels(await loadDataset("affectnet-7", await writeCsv()));
    expect(train).toEqual(everything.train.filter((sample) => !sample.endsWith("contempt")));
    expect(rest).toEqual(everything.test.slice(0, 1));
  });

  test("shows the face's box of each photograph", async () => {
    const folder = await writeCsv();
    const { splits } = await loadDataset("affectnet-8", folder);
    expect(splits.train[1]!.image).toEqual({
      kind: "file",
      path: join(folder, "Manually_Annotated_Images", "34", `${hash("b2")}.JPG`),
      crop: { left: 1, top: 2, width: 10, height: 12 },
    });
  });

  test("may have its tables in a folder of their own", async () => {
    const folder = await writeCsv({ tablesIn: "Manually_Annotated_file_lists" });
    expect(labels(await loadDataset("affectnet-8", folder))).toEqual(everything);
  });

  test("rounds boxes that are fractions", async () => {
    const training = trainingTable.replace("1,2,10,12", "0.6,2.4,9.5,12");
    const { splits } = await loadDataset("affectnet-8", await writeCsv({ training }));
    expect(splits.train[0]!.image).toMatchObject({
      crop: { left: 1, top: 2, width: 10, height: 12 },
    });
  });

  test.each([
    [
      "a row with a column too few",
      { training: trainingTable.replace(",-0.03,0.2", ",-0.03") },
      "training.csv:2: expected 9 fields, found 8",
    ],
    [
      "another header",
      { training: trainingTable.replace("face_x", "x") },
      "training.csv:1: expected a header with subDirectory_filePath, face_x, ",
    ],
    [
      "an expression that is none",
      { validation: validationTable.replace(",7,-0.03", ",11,-0.03") },
      'validation.csv:2: expected an expression from 0 (neutral) to 10 (no face), found "11"',
    ],
    [
      "a usable face without a box",
      { validation: validationTable.replace("1,2,10,12", "NULL,NULL,NULL,NULL") },
      'validation.csv:1: expected the face\'s x, y, width and height in pixels, found "NULL,NULL,NULL,NULL"',
    ],
    [
      "a box without width",
      { training: trainingTable.replace("1,2,10,12", "1,2,0,12") },
      'training.csv:2: expected the face\'s x, y, width and height in pixels, found "1,2,0,12"',
    ],
    [
      "a path out of the folder",
      { training: trainingTable.replace(`12/${hash("a1")}`, "../a1") },
      'training.csv:2: expected the path of an image such as 12/3f.jpg, found "../a1.jpg"',
    ],
    [
      "an image that is missing",
      { without: [`34/${hash("b2")}.JPG`] },
      `expected an image file for each of the 4 labels in DIR/training.csv; 1 missing: ${join("34", `${hash("b2")}.JPG`)}`,
    ],
    [
      "a null byte, which no text has",
      { training: trainingTable.replace(`12/${hash("a1")}`, "\0/a1") },
      "training.csv: expected text in UTF-8, found UTF-16 or binary data",
    ],
    [
      "a folder of a name that is too long",
      { training: trainingTable.replace(`12/${hash("a1")}`, `${"a".repeat(300)}/a1`) },
      `expected an image file for each of the 4 labels in DIR/training.csv; 1 missing: ${join("a".repeat(300), "a1.jpg")}`,
    ],
  ])("refuses %s", async (_, options, message) => {
    expect(await refusal(await writeCsv(options))).toContain(message);
  });
});

describe("AffectNet in class folders", () => {
  test.each([
    [["train", "val"]],
    [["train", "valid"]],
    [["train_set", "val_set"]],
    [["train_set", "valid_set"]],
  ] as const)("is numbered as AffectNet is, in %s", async (names) => {
    const dataset = await loadDataset("affectnet-8", await writeClassFolders(7, names));
    expect(dataset.layout).toBe("folders");
    expect(labels(dataset).train).toEqual(
      affectnetClasses.map((expression, number) => `train_${number} ${expression}`),
    );
    expect(labels(dataset).test[7]).toBe(`${hash("07")} contempt`);
  });

  test("serves AffectNet-7 with eight folders or seven", async () => {
    const seven = labels(await loadDataset("affectnet-7", await writeClassFolders(6)));
    expect(labels(await loadDataset("affectnet-7", await writeClassFolders(7)))).toEqual(seven);
    expect(seven.test).toHaveLength(7);
  });

  test("does not serve AffectNet-8 without the folder of contempt", async () => {
    expect(await refusal(await writeClassFolders(6))).toMatchInlineSnapshot(
      `"DatasetError: AffectNet-8: expected images in DIR/train/7 (contempt), found none. Use affectnet-7 for a copy without contempt."`,
    );
  });

  test("refuses folders by other names, whose order would have to be guessed", async () => {
    const folder = await writeClassFolders(7);
    await mkdir(join(folder, "train", "happy"));
    expect(await refusal(folder)).toContain(
      'DIR/train/happy: expected an expression from 0 (neutral) to 10 (no face), found "happy"',
    );
  });

  test("refuses one image in two classes", async () => {
    const folder = await writeClassFolders(7);
    await writeFiles(folder, { "train/5/3.jpg": "" });
    expect(await refusal(folder)).toContain(
      "train/5/3.jpg: expected one label per image, found a second one for train_3 (the first is at DIR/train/3/3.jpg)",
    );
  });
});

describe("the sample of AffectNet on Kaggle", () => {
  const sample = async (last = 7) =>
    writeClassFolders(last, ["train_class", "val_class"], (number) => `class00${number + 1}`);

  test("counts the classes from 1, and has ids of its split and its name", async () => {
    const dataset = await loadDataset("affectnet-8", await sample());
    expect(dataset.layout).toBe("sample");
    expect(labels(dataset).train).toEqual(
      affectnetClasses.map((expression, number) => `train_${number} ${expression}`),
    );
    expect(labels(dataset).test[7]).toBe(`val_${hash("07")} contempt`);
  });

  test("may have images of one name in both splits", async () => {
    const folder = await sample();
    for (const split of ["train_class", "val_class"]) {
      await writeFiles(folder, { [`${split}/class003/image0000007.jpg`]: "" });
    }
    const { train, test: tested } = labels(await loadDataset("affectnet-8", folder));
    expect(train).toContain("train_image0000007 sadness");
    expect(tested).toContain("val_image0000007 sadness");
  });

  test("is AffectNet-7 with seven folders or eight", async () => {
    const seven = labels(await loadDataset("affectnet-7", await sample(6)));
    expect(labels(await loadDataset("affectnet-7", await sample()))).toEqual(seven);
    expect(seven.test).toHaveLength(7);
  });

  test("has no published counts, since it is a part", async () => {
    const { rows } = await checkDataset(await loadDataset("affectnet-8", await sample()));
    expect(rows.find(({ what }) => what === "train")).toEqual({
      what: "train",
      found: 8,
      verdict: "not applicable",
      names: [],
    });
  });

  test("names the folder of a class without images, and refuses other names", async () => {
    expect(await refusal(await sample(6))).toContain(
      "expected images in DIR/train_class/class008 (contempt), found none. Use affectnet-7",
    );
    for (const name of ["happy", "class000", "class012", "class1"]) {
      const folder = await sample();
      await mkdir(join(folder, "train_class", name));
      expect(await refusal(folder)).toContain(
        `DIR/train_class/${name}: expected an expression from 0 (neutral) to 10 (no face)`,
      );
    }
  });
});

describe("a folder that is no AffectNet", () => {
  test("is told what was looked for", async () => {
    const folder = await writeNpy({ "train_set/images/0.jpg": "" }, "test_set");
    expect(await refusal(folder, "affectnet-7")).toMatchInlineSnapshot(`
      "DatasetError: AffectNet-7: expected one of its known layouts in DIR:
        npy: train_set/images and train_set/annotations and val_set/images or valid_set/images (missing) and val_set/annotations or valid_set/annotations (missing)
        csv: training.csv or Manually_Annotated_file_lists/training.csv (missing) and validation.csv or Manually_Annotated_file_lists/validation.csv (missing) and Manually_Annotated_Images (missing) (here or under Manually_Annotated/)
        folders: train/0 or train_set/0 (missing) and val/0 or valid/0 or val_set/0 or valid_set/0 (missing)
        sample: train_class/class001 (missing) and val_class/class001 (missing)
      found test_set/ (annotations/, images/), train_set/ (annotations/, images/). Unpack the data set there, or name the folder that holds it. Folders named by expressions, or numbered otherwise than from 0 (neutral) to 7 (contempt), are read as custom data: --dataset custom --classes."
    `);
  });
});
