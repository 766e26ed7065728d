/** @file What checking a data set finds: counts that differ, images that are missing, broken or the same. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  affectnetClasses,
  type CheckRow,
  checkDataset,
  type Dataset,
  type FerplusProtocol,
  ferplusClasses,
  loadDataset,
  rafDbClasses,
  type Sample,
} from "@mvt/datasets";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { writeTables } from "./fixtures/ferplus.ts";
import { writeClassFolders, writeCsv, writeNpy } from "./fixtures/affectnet.ts";
import { picture, temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { writeOfficial } from "./fixtures/raf-db.ts";

/** A RAF-DB in memory with `train[i]` and `test[i]` images of class i, no two the same. */
function rafDb(train: readonly number[], rest: readonly number[]): Dataset {
  let number = 0;
  const samples = (counts: readonly number[]): Sample[] =>
    rafDbClasses.flatMap((expression, i) =>
      Array.from({ length: counts[i]! }, () => {
        number += 1;
        const grey = new Uint8Array(new Uint32Array([number]).buffer);
        const image = { kind: "pixels", width: 2, height: 2, grey } as const;
        return { id: `image ${number}`, expression, image };
      }),
    );
  const splits = { train: samples(train), validation: [], test: samples(rest) };
  const about = { name: "raf-db", title: "RAF-DB", folder: "", layout: "official" } as const;
  return { ...about, protocol: "basic", classes: rafDbClasses, splits };
}

// Table of RAF-DB's label file: surprise, fear, disgust, happiness, sadness, anger, neutral.
const publishedTrain = [1290, 281, 717, 4772, 1982, 705, 2524];
const publishedTest = [329, 74, 160, 1185, 478, 162, 680];

async function row(dataset: Dataset, what: string): Promise<CheckRow | undefined> {
  return (await checkDataset(dataset)).rows.find((each) => each.what === what);
}

/** A small RAF-DB on disk, loaded, and the path of one of its images. */
async function onDisk() {
  const folder = await writeOfficial();
  const dataset = await loadDataset("raf-db", folder);
  return { dataset, path: (id: string) => join(folder, "Image", "aligned", `${id}_aligned.jpg`) };
}

describe("the counts of a data set", () => {
  test("are ok where they are the published ones", async () => {
    const check = await checkDataset(rafDb(publishedTrain, publishedTest));
    expect(check.ok).toBe(true);
    expect(check.rows.filter(({ verdict }) => verdict === "differs")).toEqual([]);
  });

  test("differ where one image is missing", async () => {
    const dataset = rafDb([1290, 281, 717, 4772, 1982, 705, 2523], publishedTest);
    const { ok, rows } = await checkDataset(dataset);
    expect(ok).toBe(false);
    expect(rows.filter(({ verdict }) => verdict === "differs")).toEqual([
      { what: "train", found: 12270, published: 12271, verdict: "differs", names: [] },
      { what: "train / neutral", found: 2523, published: 2524, verdict: "differs", names: [] },
    ]);
  });

  test("say nothing of a split that neither has", async () => {
    const { rows } = await checkDataset(rafDb(publishedTrain, publishedTest));
    expect(rows.map(({ what }) => what)).toEqual([
      "train",
      ...rafDbClasses.map((name) => `train / ${name}`),
      "test",
      ...rafDbClasses.map((name) => `test / ${name}`),
      "missing images",
      "unreadable images",
      "images read with a complaint",
      "ids that occur twice",
      "identical images within a split",
      "identical images in two splits",
      "images that look like another split's",
    ]);
  });

  test("are compared with nothing where the data set is synthetic", async () => {
    const groundTruth = {
      expressions: new Map(),
      labelNoise: 0,
      expressionEnergy: (id: string) => id,
    };
    const check = await checkDataset({
      ...rafDb([1, 1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0, 0]),
      groundTruth,
    });
    expect(check).toMatchObject({ synthetic: true, ok: true });
    expect(check.rows[0]).toEqual({
      what: "train",
      found: 7,
      verdict: "not applicable",
      names: [],
    });
  });
});

describe("the published counts of FERPlus", () => {
  test.each<[string, FerplusProtocol, readonly number[]]>([
    ["csv", "argmax-10", [28389, 3553, 3546]],
    ["csv", "official-majority", [25060, 3199, 3153]],
    ["csv", "argmax-8", [28561, 3579, 3574]],
    ["csv", "strict-majority", [21811, 2862, 2729]],
    ["folders", "argmax-10", [28385, 3555, 3545]],
    ["folders", "official-majority", [25045, 3191, 3137]],
    ["folders", "argmax-8", [28558, 3579, 3573]],
    ["folders", "strict-majority", [21823, 2866, 2724]],
  ])("are those of layout %s under %s", async (layout, protocol, counts) => {
    const dataset = await loadDataset("ferplus", await writeTables());
    const { rows } = await checkDataset({ ...dataset, layout, protocol });
    const totals = rows.filter(({ what }) => ["train", "validation", "test"].includes(what));
    expect(totals.map(({ published }) => published)).toEqual(counts);
  });

  test("add up where the validation split is trained on", async () => {
    const options = { ferplusTrain: "train+validation" } as const;
    const dataset = await loadDataset("ferplus", await writeTables(), options);
    const { rows } = await checkDataset({
      ...dataset,
      layout: "folders",
      protocol: "official-majority, train+validation",
    });
    const figures = Object.fromEntries(rows.map(({ what, published }) => [what, published]));
    expect([figures["train"], figures["test"]]).toEqual([28236, 3137]);
    expect(figures).not.toHaveProperty("validation");
  });

  test("have eight classes", async () => {
    const dataset = await loadDataset("ferplus", await writeTables());
    const { rows } = await checkDataset({
      ...dataset,
      layout: "folders",
      protocol: "official-majority",
    });
    const train = rows.filter(({ what }) => what.startsWith("train / "));
    expect(train.map(({ what, published }) => [what, published])).toEqual(
      [8733, 7284, 3136, 3022, 2098, 116, 536, 120].map((n, i) => [
        `train / ${ferplusClasses[i]}`,
        n,
      ]),
    );
  });
});

describe("the published counts of AffectNet", () => {
  const figures = async (dataset: Dataset) => {
    const { rows } = await checkDataset(dataset);
    return Object.fromEntries(rows.map(({ what, published }) => [what, published]));
  };

  test("are 287,651 training images, and 500 of each class to test on", async () => {
    const found = await figures(await loadDataset("affectnet-8", await writeCsv()));
    expect(found).toMatchObject({ train: 287_651, test: 4000, "test / contempt": 500 });
    expect(affectnetClasses.map((name) => found[`train / ${name}`])).toEqual([
      74_874, 134_415, 25_459, 14_090, 6378, 3803, 24_882, 3750,
    ]);
  });

  test("are one of contempt fewer to test on in the second distribution", async () => {
    const found = await figures(await loadDataset("affectnet-8", await writeNpy()));
    expect(found).toMatchObject({ train: 287_651, test: 3999, "test / contempt": 499 });
  });

  test("are those of either distribution in class folders, by their names", async () => {
    const found = await figures(await loadDataset("affectnet-8", await writeClassFolders(7)));
    expect(found).toMatchObject({ test: 4000 });
  });

  test("are 283,901 and 3,500 without contempt", async () => {
    for (const folder of [await writeCsv(), await writeNpy()]) {
      const found = await figures(await loadDataset("affectnet-7", folder));
      expect(found).toMatchObject({ train: 283_901, test: 3500 });
      expect(found).not.toHaveProperty("test / contempt");
    }
  });
});

describe("custom data", () => {
  test("is compared with nothing but searched for defects", async () => {
    const folder = await temporaryFolder();
    const [same, other] = [await picture("jpeg", 1), await picture("jpeg", 2)];
    await writeFiles(folder, {
      "train/a/1.jpg": same,
      "train/b/2.jpg": other,
      "test/a/3.jpg": same,
    });
    const custom = { classes: { a: "anger", b: "fear" } } as const;
    const { rows, ok } = await checkDataset(await loadDataset("custom", folder, { custom }));
    expect(rows[0]).toEqual({ what: "train", found: 2, verdict: "not applicable", names: [] });
    expect(rows.find(({ what }) => what === "identical images in two splits")).toMatchObject({
      found: 1,
      verdict: "differs",
    });
    expect(ok).toBe(false);
  });
});

describe("the lists of subsets", () => {
  const list = "2/test_0001_aligned.jpg\n";
  const withList = async (text: string) => {
    const { dataset } = await onDisk();
    await writeFiles(join(dataset.folder, "challenge", "RAF_DB_dir"), {
      "val_raf_db_list_45.txt": text,
    });
    return dataset;
  };

  test("are counted beside the published lines", async () => {
    expect(await row(await withList(list), "Pose-RAF-DB (45), lines")).toEqual({
      what: "Pose-RAF-DB (45), lines",
      found: 1,
      published: 558,
      verdict: "differs",
      names: [],
    });
  });

  test("are named where they can not be used", async () => {
    const found = await row(await withList("1247 7\n"), "unusable lists of subsets");
    expect(found).toMatchObject({ found: 1, published: 0, verdict: "differs" });
    expect(found!.names[0]).toContain("val_raf_db_list_45.txt:1: expected a line such as");
  });

  test.each<[string, FerplusProtocol, number | undefined]>([
    ["csv", "argmax-10", 605],
    ["csv", "official-majority", 600],
    ["csv", "strict-majority", 477],
    ["folders", "official-majority", 605],
    ["folders", "strict-majority", 482],
    ["unknown", "argmax-10", undefined],
  ])("of FERPlus have, in layout %s under %s, %s lines", async (layout, protocol, lines) => {
    const folder = await writeTables();
    await writeFiles(join(folder, "challenge", "FERplus_dir"), {
      "jianfei_occlusion_list.txt": "5_fer0000005.png 8 0",
    });
    const dataset = await loadDataset("ferplus", folder);
    const found = await row({ ...dataset, layout, protocol }, "Occlusion-FERPlus, lines");
    expect(found?.published).toBe(lines);
  });
});

describe("the images of a data set", () => {
  test("are all sound as written", async () => {
    const { dataset } = await onDisk();
    const { rows } = await checkDataset(dataset);
    const defects = rows
      .slice(-7, -1)
      .filter(({ what }) => what !== "images read with a complaint")
      .map(({ found, published, verdict }) => [found, published, verdict]);
    expect(defects).toEqual(Array.from({ length: 5 }, () => [0, 0, "ok"]));
  });

  test("are named where they are missing", async () => {
    const { dataset, path } = await onDisk();
    await rm(path("train_00002"));
    expect(await row(dataset, "missing images")).toEqual({
      what: "missing images",
      found: 1,
      published: 0,
      verdict: "differs",
      names: ["train_00002_aligned.jpg"],
    });
  });

  test("are named, with the reason, where they can not be decoded", async () => {
    const { dataset, path } = await onDisk();
    const whole = await picture("jpeg", 3);
    await writeFile(path("train_00001"), "");
    await writeFile(path("train_00002"), "<html>404</html>");
    await writeFile(path("train_00003"), whole.subarray(0, whole.length - 20)); // its header is sound
    const { found, names } = (await row(dataset, "unreadable images"))!;
    expect(found).toBe(3);
    expect(names).toEqual([
      "train_00001_aligned.jpg (0 bytes)",
      "train_00002_aligned.jpg (a web page, not JPEG, PNG, WebP, GIF, TIFF or AVIF)",
      expect.stringMatching(/^train_00003_aligned\.jpg \(.*premature end.*\)$/i),
    ]);
  });

  test("are named where a table gave them too few pixels", async () => {
    const dataset = rafDb([1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]);
    const image = { kind: "pixels", width: 3, height: 2, grey: new Uint8Array(4) } as const;
    const train = [{ ...dataset.splits.train[0]!, image }];
    const broken = { ...dataset, splits: { ...dataset.splits, train } };
    expect((await row(broken, "unreadable images"))?.names).toEqual(["image 1 (4 pixels, not 6)"]);
  });

  test("are named where their face box lies outside", async () => {
    const { dataset } = await onDisk();
    const [first, ...rest] = dataset.splits.train;
    const crop = { left: 16, top: 0, width: 4, height: 4 };
    const image = { ...first!.image, crop } as Sample["image"];
    const splits = { ...dataset.splits, train: [{ ...first!, image }, ...rest] };
    expect((await row({ ...dataset, splits }, "unreadable images"))?.names).toEqual([
      "train_00001_aligned.jpg (face box 4x4 at 16,0 lies outside the image of 16x16)",
    ]);
  });

  test("are named ten at most, and counted all", async () => {
    const dataset = rafDb([12, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]);
    const image = { kind: "file", path: join("nowhere", "x.jpg") } as const;
    const train = dataset.splits.train.map((sample) => ({ ...sample, image }));
    const { found, names } = (await row(
      { ...dataset, splits: { ...dataset.splits, train } },
      "missing images",
    ))!;
    expect([found, names.length]).toEqual([12, 10]);
  });

  test("are named where they have the same bytes in one split", async () => {
    const { dataset, path } = await onDisk();
    await writeFile(path("train_00005"), await picture("jpeg", 1)); // that of train_00001
    expect(await row(dataset, "identical images within a split")).toMatchObject({
      found: 1,
      verdict: "differs",
      names: ["train_00001_aligned.jpg = train_00005_aligned.jpg"],
    });
    expect(await row(dataset, "identical images in two splits")).toMatchObject({ found: 0 });
  });

  test("are named where they have the same bytes in two splits", async () => {
    const { dataset, path } = await onDisk();
    await writeFile(path("test_0002"), await picture("jpeg", 1)); // that of train_00001
    expect(await row(dataset, "identical images in two splits")).toMatchObject({
      found: 1,
      verdict: "differs",
      names: ["train_00001_aligned.jpg = test_0002_aligned.jpg"],
    });
    expect(await row(dataset, "identical images within a split")).toMatchObject({ found: 0 });
  });

  test("are named where two of different splits look the same", async () => {
    const { dataset, path } = await onDisk();
    const face = await readFile(new URL("fixtures/resize/100x100.jpg", import.meta.url));
    const other = await readFile(new URL("fixtures/resize/75x40.jpg", import.meta.url));
    await writeFile(path("train_00001"), face);
    await writeFile(path("test_0001"), other);
    const what = "images that look like another split's";
    const before = (await row(dataset, what))!;
    const changes = {
      "encoded anew": sharp(face).jpeg({ quality: 40 }),
      halved: sharp(face).resize(50, 50).png(),
      brighter: sharp(face).modulate({ brightness: 1.2 }).png(),
    };
    for (const changed of Object.values(changes)) {
      await writeFile(path("test_0002"), await changed.toBuffer());
      const { found, names, verdict } = (await row(dataset, what))!;
      expect(found).toBe(before.found + 1);
      expect(names).toContain("train_00001_aligned.jpg ~ test_0002_aligned.jpg");
      expect(verdict).toBe("not applicable");
    }
    // Not here, since they are the same: said one line above.
    await writeFile(path("test_0002"), face);
    expect((await row(dataset, what))?.found).toBe(before.found);
    expect((await row(dataset, "identical images in two splits"))?.found).toBe(1);
  });

  test("may repeat in FERPlus, as FER2013 does", async () => {
    const dataset = await loadDataset("ferplus", await writeTables());
    const splits = { ...dataset.splits, validation: dataset.splits.test.slice(0, 1) };
    const { found, verdict } = (await row(
      { ...dataset, splits },
      "identical images in two splits",
    ))!;
    expect({ found, verdict }).toEqual({ found: 1, verdict: "not applicable" });
  });
});

describe("the ids of a data set", () => {
  test("are named where they stand twice", async () => {
    const dataset = rafDb([1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]);
    const train = dataset.splits.train.map((sample) => ({ ...sample, id: "train_00001" }));
    const found = await row(
      { ...dataset, splits: { ...dataset.splits, train } },
      "ids that occur twice",
    );
    expect(found).toMatchObject({ found: 1, verdict: "differs", names: ["train_00001"] });
  });
});
