/** @file Data of one's own: what its classes mean is said, never guessed. */
import { join } from "node:path";
import { type CustomOptions, DatasetError, loadDataset, readClasses } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { picture, temporaryFolder, writeFiles } from "./fixtures/folder.ts";

const classes = { angry: "anger", happy: "happiness", Other: "drop" } as const;
const files = [
  "train/angry/b.jpg",
  "train/angry/a.PNG",
  "train/happy/1.jpeg",
  "train/Other/x.jpg",
  "test/happy/2.jpg",
];

async function writeClassFolders(paths: readonly string[] = files): Promise<string> {
  const folder = await temporaryFolder();
  for (const path of paths) await writeFiles(folder, { [path]: await picture("jpeg", 1) });
  return folder;
}

const table = [
  "split,label,note,path",
  'train,angry,"a note, with a comma",faces/1.jpg',
  "val,happy,,faces/2.jpg",
  "train,Other,,faces/none.jpg",
  "test,happy,,faces/3.jpg",
].join("\r\n"); // and no newline at its end

async function writeTable(csv = table): Promise<string> {
  const folder = await writeClassFolders(["faces/1.jpg", "faces/2.jpg", "faces/3.jpg"]);
  await writeFiles(folder, { "labels.csv": csv });
  return folder;
}

const load = (folder: string, custom: Partial<CustomOptions> = {}) =>
  loadDataset("custom", folder, { custom: { classes, ...custom } });

async function refusal(loading: Promise<unknown>, folder = "no folder"): Promise<string> {
  const error = await loading.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(folder, "DIR");
}

describe("custom data in class folders", () => {
  test("has the expressions that the user says its folders mean", async () => {
    const folder = await writeClassFolders();
    const dataset = await load(folder, { title: "My faces" });
    expect(dataset).toMatchObject({
      name: "custom",
      title: "My faces",
      layout: "folders",
      protocol: "as labelled",
    });
    expect(dataset.splits.train.map(({ id, expression }) => [id, expression])).toEqual([
      ["train/angry/a.PNG", "anger"],
      ["train/angry/b.jpg", "anger"],
      ["train/happy/1.jpeg", "happiness"],
    ]);
    expect(dataset.splits.test[0]).toEqual({
      id: "test/happy/2.jpg",
      expression: "happiness",
      image: { kind: "file", path: join(folder, "test", "happy", "2.jpg") },
    });
  });

  test("has its classes in one order, however the mapping is written", async () => {
    const folder = await writeClassFolders();
    const reversed = { Other: "drop", angry: "anger", happy: "happiness" } as const;
    expect((await load(folder)).classes).toEqual(["happiness", "anger"]);
    expect((await load(folder, { classes: reversed })).classes).toEqual(["happiness", "anger"]);
  });

  test("may map two folders to one expression", async () => {
    const folder = await writeClassFolders([...files, "train/furious/c.jpg"]);
    const { splits } = await load(folder, { classes: { ...classes, furious: "anger" } });
    expect(splits.train.filter(({ expression }) => expression === "anger")).toHaveLength(3);
  });

  test.each(["validation", "val", "valid"])("may have a validation split in %s/", async (name) => {
    const folder = await writeClassFolders([...files, `${name}/angry/v.jpg`]);
    const { splits } = await load(folder);
    expect(splits.validation.map(({ id }) => id)).toEqual([`${name}/angry/v.jpg`]);
  });

  test("ignores files that are no images", async () => {
    const folder = await writeClassFolders();
    await writeFiles(folder, { "train/angry/notes.txt": "", "train/.cache/x.jpg": "" });
    expect((await load(folder)).splits.train).toHaveLength(3);
  });

  test("refuses a folder that the mapping does not know, by name", async () => {
    const folder = await writeClassFolders([...files, "train/Happy/3.jpg"]);
    expect(await refusal(load(folder), folder)).toMatchInlineSnapshot(
      `"DatasetError: DIR/train/Happy: expected one of the classes angry, happy, Other, found "Happy". Did you mean "happy"? Say what it means, as in Happy=neutral, or leave it out with Happy=drop."`,
    );
  });

  test("refuses a mapping with a name that nothing has", async () => {
    const folder = await writeClassFolders();
    const misspelt = { ...classes, suprised: "surprise" } as const;
    expect(await refusal(load(folder, { classes: misspelt }), folder)).toMatchInlineSnapshot(
      `"DatasetError: classes: expected every name of the mapping in DIR, found no image of suprised. Correct the names, or leave them out of the mapping."`,
    );
  });

  test("refuses images beside the class folders", async () => {
    const folder = await writeClassFolders([...files, "train/7.jpg", "train/8.jpg"]);
    expect(await refusal(load(folder), folder)).toContain(
      "DIR/train: expected a folder per class, found 2 images outside of any, the first is 7.jpg",
    );
  });

  test("refuses two folders of one split", async () => {
    const folder = await writeClassFolders([...files, "val/angry/1.jpg", "valid/angry/1.jpg"]);
    expect(await refusal(load(folder), folder)).toContain(
      "expected one folder of the validation split, found val and valid",
    );
  });

  test("refuses a split without images", async () => {
    const folder = await writeClassFolders([...files.slice(0, 4), "test/Other/x.jpg"]);
    expect(await refusal(load(folder), folder)).toContain(
      "Custom data: expected images to train on and to test on in DIR, found 3 and 0. Add images",
    );
  });

  test("refuses to begin without a mapping, or with one class", async () => {
    const folder = await writeClassFolders();
    expect(await refusal(loadDataset("custom", folder), folder)).toMatchInlineSnapshot(
      `"DatasetError: Custom data: expected the meaning of each class in DIR, found none. Pass --classes "angry=anger,happy=happiness,..." or a JSON file that says so."`,
    );
    expect(await refusal(load(folder, { classes: { angry: "anger" } }))).toContain(
      "expected classes of two expressions or more, found anger",
    );
  });
});

describe("custom data in a table", () => {
  test("has its columns in any order, and splits by name", async () => {
    const folder = await writeTable();
    const { layout, splits } = await load(folder);
    expect(layout).toBe("csv");
    expect(splits.train).toEqual([
      {
        id: "faces/1.jpg",
        expression: "anger",
        image: { kind: "file", path: join(folder, "faces", "1.jpg") },
      },
    ]);
    expect([splits.validation[0]!.id, splits.test[0]!.id]).toEqual(["faces/2.jpg", "faces/3.jpg"]);
  });

  test("may name images anywhere", async () => {
    const elsewhere = join(await writeClassFolders(["1.jpg"]), "1.jpg");
    const folder = await writeTable(table.replace("faces/1.jpg", elsewhere));
    const { splits } = await load(folder);
    expect(splits.train[0]!.image).toEqual({ kind: "file", path: elsewhere });
  });

  test("yields to folders where these are asked for", async () => {
    const folder = await writeTable();
    expect(await refusal(load(folder, { layout: "folders" }), folder)).toContain(
      "folders: train (missing) and test (missing)",
    );
  });

  test.each([
    [
      "a header without a column",
      table.replace("split,", "part,"),
      'labels.csv:1: expected a header with path, label, split, found "part,label,note,path" without split',
    ],
    [
      "a row of another width",
      table.replace("val,happy,,faces", "val,happy,faces"),
      "labels.csv:3: expected 4 fields, found 3",
    ],
    [
      "a split by another name",
      table.replace("val,happy", "dev,happy"),
      'labels.csv:3: expected a path and a split (train, validation, val, valid, test), found "faces/2.jpg,happy,dev"',
    ],
    [
      "a label that the mapping does not know",
      table.replace("val,happy", "val,joy"),
      'labels.csv:3: expected one of the classes angry, happy, Other, found "joy"',
    ],
    [
      "an empty label",
      table.replace("val,happy", "val,"),
      'labels.csv:3: expected one of the classes angry, happy, Other, found ""',
    ],
    [
      "an image on two rows",
      table.replace("faces/2", "faces/1"),
      "labels.csv:3: expected one label per image, found a second one for faces/1.jpg (the first is at DIR/labels.csv:2)",
    ],
    [
      "an image that is missing",
      table.replace("faces/2", "faces/9"),
      "expected an image file for each of the 3 labels in DIR/labels.csv; 1 missing: DIR/faces/9.jpg",
    ],
  ])("refuses %s", async (_, csv, message) => {
    const folder = await writeTable(csv);
    expect(await refusal(load(folder), folder)).toContain(message);
  });
});

describe("the meaning of classes", () => {
  test("is read from a text", async () => {
    expect(await readClasses("angry=anger, Happy face=happiness,none=drop")).toEqual({
      angry: "anger",
      "Happy face": "happiness",
      none: "drop",
    });
  });

  test("is read from a JSON file, for names with commas and equals signs", async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { "classes.json": '\uFEFF{ "a, b = c": "fear", "1": "drop" }' });
    expect(await readClasses(join(folder, "classes.json"))).toEqual({
      "a, b = c": "fear",
      "1": "drop",
    });
  });

  test.each([
    ["0,1,2", 'classes: expected NAME=EXPRESSION with commas between, as in "angry=anger'],
    ["angry", 'found "angry"'],
    ["angry=anger,", 'found ""'],
    [
      "angry=mad",
      'classes: expected angry to mean one of neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, or drop, found "mad"',
    ],
    ["angry=anger,angry=fear", "expected angry once, found it twice"],
  ])("is refused as %s", async (text, message) => {
    expect(await refusal(readClasses(text))).toContain(message);
  });

  test.each([
    ['{"angry": "mad"}', "expected angry to mean one of neutral"],
    ['{"angry": 4}', "found 4"],
    ['{"angry": "anger", "angry": "fear"}', "expected angry once, found it twice"],
    ['{"angry": "anger", "ang\\u0072y" : "anger"}', "expected angry once, found it twice"],
    ['{"Zo\u00eb": "anger", "Zoe\u0308": "fear"}', "expected Zo\u00eb once, found it twice"],
    ['["anger", "fear"]', 'expected an object such as {"angry": "anger"}, found ["anger", "fear"]'],
    ['{"angry": "anger",}', 'expected JSON such as {"angry": "anger"}, found something else'],
  ])("is refused in a file as %s, by its path", async (text, message) => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { "classes.json": text });
    const said = await refusal(readClasses(join(folder, "classes.json")), folder);
    expect(said).toContain("DIR/classes.json: expected");
    expect(said).toContain(message);
  });

  test("may have keys that look like meanings, and texts that look like keys", async () => {
    const folder = await temporaryFolder();
    const mapping = { anger: "anger", '"fear":': "fear", "a\\": "drop" };
    await writeFiles(folder, { "classes.json": JSON.stringify(mapping) });
    expect(await readClasses(join(folder, "classes.json"))).toEqual(mapping);
  });

  test("is refused from a file that is not there", async () => {
    expect(await refusal(readClasses("nowhere/classes.json"))).toContain(
      "nowhere/classes.json: expected a mapping file, found none",
    );
  });
});
