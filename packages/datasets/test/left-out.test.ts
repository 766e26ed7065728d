/** @file What lies beside samples: junk is passed by in every layout, and whatever is left out is counted. */
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import {
  type Dataset,
  type DatasetName,
  DatasetError,
  decodeImages,
  loadDataset,
} from "@mvt/datasets";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { isJunk, junkNames } from "../src/names.ts";
import { writeClassFolders, writeCsv, writeNpy } from "./fixtures/affectnet.ts";
import { writeFolders, writeTables } from "./fixtures/ferplus.ts";
import { picture, temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { writeKaggle, writeOfficial } from "./fixtures/raf-db.ts";

const custom = { classes: { angry: "anger", happy: "happiness" } } as const;
const load = (name: DatasetName, folder: string) => loadDataset(name, folder, { custom });

const customFiles = [
  "train/angry/1.jpg",
  "train/happy/2.jpg",
  "test/angry/3.jpg",
  "test/happy/4.jpg",
];

async function writeCustom(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const folder = await temporaryFolder();
  for (const [i, path] of customFiles.entries()) {
    await writeFiles(folder, { [path]: await picture("jpeg", i + 1) });
  }
  await writeFiles(folder, files);
  return folder;
}

const idsOf = ({ splits }: Dataset) =>
  Object.values(splits).map((samples) => samples.map(({ id }) => id));
const leftOut = ({ leftOut: all = [] }: Dataset) =>
  Object.fromEntries(all.map(({ reason, count, names }) => [reason, { count, names }]));

describe("a table of one's own", () => {
  const rows = [
    "path,label,split",
    "train/angry/1.jpg,angry,train",
    "TRAIN/happy/2.jpg,happy,train",
    "test/angry/3.jpg,other,test",
    "test/happy/4.jpg,happy,test",
  ].join("\n");

  test("counts the pictures that no row names, also those without an image's ending", async () => {
    const folder = await writeCustom({
      "labels.csv": rows,
      "notes.txt": "",
      "train/angry/extra.jpg": await picture("jpeg", 9),
      more: await picture("png", 9),
    });
    const dataset = await loadDataset("custom", folder, {
      custom: { classes: { ...custom.classes, other: "drop" } },
    });
    expect(leftOut(dataset)).toEqual({
      dropped: { count: 1, names: ["test/angry/3.jpg"] },
      unlabelled: { count: 2, names: ["more", "train/angry/extra.jpg"] },
    });
  });

  test("is read beside a link that leads back", async () => {
    const folder = await writeCustom({ "labels.csv": rows.replace("other", "angry") });
    await symlink(folder, join(folder, "train", "back"));
    expect(leftOut(await load("custom", folder))).toEqual({});
  });
});

describe("what systems leave beside data", () => {
  /** Where files of every layout lie, and how it is written. */
  const layouts: readonly [DatasetName, string, () => Promise<string>, readonly string[]][] = [
    ["raf-db", "official", writeOfficial, ["", "EmoLabel", "Image", "Image/aligned"]],
    ["raf-db", "kaggle", writeKaggle, ["", "DATASET", "DATASET/train", "DATASET/train/1"]],
    ["ferplus", "csv", writeTables, [""]],
    ["ferplus", "folders", writeFolders, ["", "FER2013Train", "FER2013Test"]],
    ["affectnet-8", "npy", writeNpy, ["", "train_set", "train_set/images", "val_set/annotations"]],
    [
      "affectnet-8",
      "csv",
      writeCsv,
      ["", "Manually_Annotated_Images", "Manually_Annotated_Images/12"],
    ],
    [
      "affectnet-8",
      "folders",
      () => writeClassFolders(7),
      ["", "train", "train/0", "val", "val/3"],
    ],
    ["custom", "folders", writeCustom, ["", "train", "train/angry", "test"]],
  ];

  test.for(layouts)("is passed by in %s, layout %s", async ([name, layout, write, places]) => {
    const folder = await write();
    const clean = await load(name, folder);
    for (const place of places) {
      await writeFiles(join(folder, place), {
        "._0.jpg": "AppleDouble",
        "._0_exp.npy": "AppleDouble",
        "._label.csv": "AppleDouble",
        ".DS_Store": "",
        ".ipynb_checkpoints/0.jpg": "",
        "__MACOSX/._0.jpg": "",
        "@eaDir/0.jpg/SYNOPHOTO_THUMB_S.jpg": "",
        "desktop.ini": "",
        "Thumbs.db": "",
        "THUMBS.DB": "",
        "Icon\r": "",
      });
    }
    const dataset = await load(name, folder);
    expect(dataset.layout).toBe(layout);
    expect(idsOf(dataset)).toEqual(idsOf(clean));
    expect(dataset.splits).toEqual(clean.splits);
  });

  test("is known by its name in whatever case, and everything hidden is", () => {
    expect(junkNames.map((name) => name.toUpperCase()).filter((name) => !isJunk(name))).toEqual([]);
    expect([".git", "._1.jpg"].every(isJunk)).toBe(true);
    expect(["1.jpg", "Thumbs.jpg", "MACOSX"].some(isJunk)).toBe(false);
  });

  test("is counted in class folders, and is no folder with data of its own", async () => {
    const folder = await writeCustom({
      "train/angry/.DS_Store": "",
      "train/__MACOSX/a/._1.jpg": "",
    });
    expect(leftOut(await load("custom", folder))["junk"]).toEqual({
      count: 2,
      names: ["train/__MACOSX", "train/angry/.DS_Store"],
    });
  });

  test("does not make an empty folder a data set", async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { ".DS_Store": "" });
    await expect(load("raf-db", folder)).rejects.toThrow("found an empty folder");
  });
});

describe("pictures in class folders", () => {
  test.each(["5.jfif", "5.jpe", "5.JPEG", "five", "5", "5.jpg ", "5.dat", "5.JPG.bak", "é 5"])(
    "are taken by their content, named %j",
    async (name) => {
      const folder = await writeCustom({ [`train/angry/${name}`]: await picture("jpeg", 9) });
      const { splits, leftOut: none } = await load("custom", folder);
      expect(splits.train.map(({ id }) => id)).toContain(`train/angry/${name}`);
      expect(none).toBeUndefined();
    },
  );

  test.each(["png", "webp", "gif", "tiff", "avif"] as const)(
    "may be %s without an ending",
    async (format) => {
      const bytes = await sharp(await picture("png", 9))
        .toFormat(format)
        .toBuffer();
      const { splits } = await load("custom", await writeCustom({ "train/angry/five": bytes }));
      expect(splits.train).toHaveLength(3);
    },
  );

  test("may lie in folders of a class folder, whose names are part of their ids", async () => {
    const folder = await writeCustom({
      "train/angry/person 1/day/7.jpg": await picture("jpeg", 9),
    });
    const { splits } = await load("custom", folder);
    expect(splits.train[1]).toEqual({
      id: "train/angry/person 1/day/7.jpg",
      expression: "anger",
      image: { kind: "file", path: join(folder, "train/angry/person 1/day/7.jpg") },
    });
  });

  test("may lie in folders of AffectNet's class folders", async () => {
    const folder = await writeClassFolders(7);
    await writeFiles(folder, { "train/3/part/99.jfif": await picture("jpeg", 99) });
    const { splits } = await load("affectnet-8", folder);
    expect(splits.train.map(({ id }) => id)).toContain("train_99");
  });

  test("are taken in formats that cannot be decoded, so that decoding names the format", async () => {
    const heic = Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1");
    const bmp = Buffer.concat([Buffer.from("BM"), Buffer.alloc(60)]);
    const folder = await writeCustom({ "train/angry/5.heic": heic, "train/angry/six": bmp });
    const { splits } = await load("custom", folder);
    expect(splits.train.map(({ id }) => id)).toEqual([
      "train/angry/1.jpg",
      "train/angry/5.heic",
      "train/angry/six",
      "train/happy/2.jpg",
    ]);
    const decoding = decodeImages(splits.train, { size: 16, threads: 0 });
    await expect(decoding).rejects.toThrow(
      "5.heic: expected a readable image, found none (HEIC, not JPEG, PNG, WebP, GIF, TIFF or AVIF); 2 of 4 images cannot be read",
    );
    await expect(decoding).rejects.toThrow("Convert pictures of other formats");
    await expect(decoding).rejects.not.toThrow("intact");
  });

  test("are told from other files, which are counted and named", async () => {
    const folder = await writeCustom({
      "train/angry/notes.txt": "P1 is the first person",
      "train/angry/page.html": "<!doctype html><svg></svg>",
      "train/angry/empty": "",
      "train/labels.csv": "",
    });
    const dataset = await load("custom", folder);
    expect(dataset.splits.train).toHaveLength(2);
    expect(leftOut(dataset)["other"]).toEqual({
      count: 4,
      names: [
        "train/labels.csv",
        "train/angry/empty",
        "train/angry/notes.txt",
        "train/angry/page.html",
      ],
    });
  });

  test("are counted where their class is dropped, and folders that are no split are named", async () => {
    const classes = { ...custom.classes, Other: "drop" } as const;
    const folder = await writeCustom({
      "train/Other/1.jpg": await picture("jpeg", 9),
      "train/Other/2": await picture("jpeg", 10),
      "dev/angry/1.jpg": await picture("jpeg", 11),
    });
    const dataset = await loadDataset("custom", folder, { custom: { classes } });
    expect(leftOut(dataset)).toEqual({
      dropped: { count: 2, names: ["train/Other/1.jpg", "train/Other/2"] },
      outside: { count: 1, names: ["dev"] },
    });
  });

  test("are not searched for without end where a link leads back", async () => {
    const folder = await writeCustom();
    await symlink("..", join(folder, "train", "angry", "back"));
    await expect(load("custom", folder)).rejects.toThrow(
      "found a link to a folder that it lies in. Remove the link.",
    );
  });
});

describe("pictures without a label", () => {
  test.for<[DatasetName, () => Promise<string>, string]>([
    ["raf-db", writeOfficial, "Image/aligned/train_00099_aligned.jpg"],
    ["ferplus", writeFolders, "FER2013Train/fer0000099.png"],
  ])("are counted in %s", async ([name, write, path]) => {
    const folder = await write();
    await writeFiles(folder, { [path]: await picture("jpeg", 9) });
    expect(leftOut(await load(name, folder))["unlabelled"]).toEqual({
      count: 1,
      names: [path.split("/").at(-1)],
    });
  });
});

test("what is there and cannot be read is not called missing", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "raf-db"));
  await symlink("EmoLabel", join(folder, "raf-db", "EmoLabel")); // leads to itself
  const error = await load("raf-db", join(folder, "raf-db")).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  expect(String(error)).toContain(
    "EmoLabel: expected a file or folder that may be read, found a link that leads back to itself (ELOOP)",
  );
});

test("a class that is tested and not trained is noted", async () => {
  const folder = await writeCustom();
  await writeFiles(folder, { "test/sad/1.jpg": await picture("jpeg", 9) });
  const classes = { ...custom.classes, sad: "sadness" } as const;
  const { notes } = await loadDataset("custom", folder, { custom: { classes } });
  expect(notes).toEqual([
    "no training image has the class sadness, and test images have: all of these will count as errors",
  ]);
});
