/**
 * @file Synthetic sets on disk: the published layouts, their ground truth, and when nothing is
 * written.
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DatasetError,
  type SyntheticOptions,
  fingerprint,
  loadDataset,
  synthesize,
} from "@mvt/datasets";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "synthetic-"));
});
afterAll(() => rm(parent, { recursive: true }));

const rafDb = {
  dataset: "raf-db",
  seed: 1,
  counts: { train: 40, test: 20 },
  labelNoise: 0.1,
  threads: 1,
} as const;
const ferplus = {
  ...rafDb,
  dataset: "ferplus",
  counts: { train: 40, validation: 20, test: 20 },
} as const;

const at = (name: string) => join(parent, name);
const text = (...path: string[]) => readFile(at(join(...path)), "utf8");

async function draw(folder: string, options: Omit<SyntheticOptions, "folder">) {
  return synthesize({ ...options, folder: at(folder) });
}

/** The SHA-256 of every file, by path. */
async function hashes(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(at(folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  const pairs = files.toSorted().map(async (path) => {
    const digest = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    return [path.slice(at(folder).length + 1), digest] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

describe("a synthetic set", () => {
  test.each([rafDb, ferplus])(
    "of $dataset is the same, byte for byte, on one thread and on two",
    async (options) => {
      await draw(`${options.dataset} one`, options);
      await draw(`${options.dataset} two`, { ...options, threads: 2 });
      const one = await hashes(`${options.dataset} one`);
      expect(Object.keys(one).length).toBeGreaterThan(60);
      expect(await hashes(`${options.dataset} two`)).toEqual(one);
    },
  );

  test("draws the same images when more follow, and others under another seed", async () => {
    await draw("few", { ...rafDb, counts: { train: 9, test: 1 }, energy: false });
    await draw("many", { ...rafDb, counts: { train: 19, test: 3 }, energy: false });
    await draw("other", { ...rafDb, seed: 2, counts: { train: 9, test: 1 }, energy: false });
    const images = Object.entries(await hashes("few")).filter(([path]) => path.endsWith(".jpg"));
    expect(images).toHaveLength(10);
    expect(await hashes("many")).toMatchObject(Object.fromEntries(images));
    const others = Object.values(await hashes("other"));
    for (const [, hash] of images) expect(others).not.toContain(hash);
  });

  test("of FERPlus is what committed results were made with", async () => {
    // RAF-DB's hash would depend on the JPEG encoder's version, and the energies' on the PNG encoder's.
    const { groundTruth, ...dataset } = await loadDataset("ferplus", at("ferplus one"));
    expect(groundTruth).toBeDefined();
    expect(await fingerprint(dataset)).toBe(
      "873a5ac8d9a5fb835db4d49502a1ec1be961c6436f96d95c79c9bd4f6c827c1b",
    );
  });

  test("is drawn where a killed process left a part of it, which is removed", async () => {
    const uuid = "01234567-89ab-cdef-0123-456789abcdef";
    const left = [`killed.${uuid}.tmp`, `killed.${uuid}.partial`, `another.${uuid}.tmp`];
    for (const name of left) {
      await mkdir(at(name));
      await utimes(at(name), 0, 0);
    }
    await draw("killed", { ...rafDb, counts: { train: 2, test: 1 } });
    const names = (await readdir(at("")))
      .filter((name) => /^(?:killed|another)/.test(name))
      .toSorted();
    expect(names).toEqual([`another.${uuid}.tmp`, "killed"]);
  });

  test("is left alone where it is already", async () => {
    const first = await draw("again", { ...rafDb, counts: { train: 2, test: 1 } });
    await writeFile(at("again/note.txt"), "kept");
    const second = await draw("again", { ...rafDb, counts: { train: 2, test: 1 }, threads: 2 });
    expect([first.written, second.written]).toEqual([true, false]);
    expect(second.manifest).toEqual(first.manifest);
    expect(await text("again/note.txt")).toBe("kept");
  });

  test("does not replace a set drawn otherwise, nor anything else", async () => {
    await draw("taken", { ...rafDb, counts: { train: 1, test: 1 } });
    await expect(draw("taken", rafDb)).rejects.toThrow(DatasetError);
    await expect(draw("taken", rafDb)).rejects.toThrow("a set drawn with other options");
    await mkdir(at("foreign"));
    await writeFile(at("foreign/thesis.txt"), "");
    await expect(draw("foreign", rafDb)).rejects.toThrow("files that were not synthesised");
    expect(await readdir(at("foreign"))).toEqual(["thesis.txt"]);
  });

  test("does not take a file for a folder", async () => {
    await writeFile(at("a file"), "");
    await expect(draw("a file", rafDb)).rejects.toThrow(DatasetError);
    await expect(draw("a file/set", rafDb)).rejects.toThrow("found a file in its place");
  });

  test("is written once when two draw it at the same time, and nothing is left over", async () => {
    const small = { ...rafDb, counts: { train: 3, test: 1 } };
    const summaries = await Promise.all([draw("both", small), draw("both", small)]);
    expect(summaries.filter(({ written }) => written)).toHaveLength(1);
    const names = await readdir(parent);
    expect(names.filter((name) => name.startsWith("both"))).toEqual(["both"]);
  });

  test("is not mixed with another that is drawn there at the same time", async () => {
    const small = { ...rafDb, counts: { train: 3, test: 1 } };
    const results = await Promise.allSettled([
      draw("race", small),
      draw("race", { ...small, seed: 2 }),
    ]);
    const failures = results.filter(({ status }) => status === "rejected");
    expect(failures).toMatchObject([{ reason: expect.any(DatasetError) }]);
    const names = await readdir(parent);
    expect(names.filter((name) => name.startsWith("race"))).toEqual(["race"]);
  });

  test("is refused for options that cannot be met", async () => {
    const refused = (options: object) => draw("never", { ...rafDb, ...options });
    await expect(refused({ counts: { train: 1, validation: 1, test: 1 } })).rejects.toThrow(
      "expected no validation faces, as RAF-DB has no such split, got 1",
    );
    await expect(refused({ labelNoise: 2 })).rejects.toThrow("labelNoise between 0 and 1, got 2");
    await expect(refused({ layout: "csv" })).rejects.toThrow(
      "layout official or kaggle for raf-db",
    );
    await expect(refused({ counts: { train: 0.5, test: 1 } })).rejects.toThrow("train faces");
    await expect(refused({ threads: 0 })).rejects.toThrow(DatasetError);
    expect(await readdir(parent)).not.toContain("never");
  });
});

describe("ground truth", () => {
  test("says what the set was drawn with", async () => {
    const manifest: unknown = JSON.parse(await text("raf-db one/ground-truth/manifest.json"));
    expect(manifest).toMatchObject({
      format: 1,
      generator: 1,
      dataset: "raf-db",
      layout: "official",
      seed: 1,
      counts: { train: 40, validation: 0, test: 20 },
      labelNoise: 0.1,
      labelNoiseKind: "symmetric",
      energy: "all",
    });
  });

  test.each([rafDb, ferplus])(
    "of $dataset names every wrong label, and no others",
    async (options) => {
      const rows = (await text(`${options.dataset} one/ground-truth/labels.csv`))
        .trimEnd()
        .split("\n");
      expect(rows[0]).toBe("id,split,true,given");
      const wrong = rows
        .slice(1)
        .map((row) => row.split(","))
        .filter(([, , right, given]) => right !== given);
      const bySplit = Object.groupBy(wrong, ([, split]) => split!);
      expect(bySplit["train"]).toHaveLength(4);
      expect(bySplit["validation"] ?? []).toHaveLength(options === ferplus ? 2 : 0);
      expect(bySplit["test"]).toBeUndefined();
    },
  );

  test.each([
    ["raf-db", 100, "train_00001"],
    ["ferplus", 48, "fer0000001"],
  ])("of %s has a grey energy as large as the picture: %d pixels", async (dataset, side, id) => {
    const energy = sharp(at(`${dataset} one/ground-truth/energy/${id}.png`));
    expect(await energy.metadata()).toMatchObject({
      width: side,
      height: side,
      channels: 1,
      depth: "uchar",
    });
    expect((await energy.stats()).channels[0]!.max).toBeGreaterThan(30);
  });

  test("has energies for the test split only, or none, where asked", async () => {
    const small = { ...rafDb, counts: { train: 2, test: 2 } };
    await draw("energy test", { ...small, energy: "test" });
    await draw("energy none", { ...small, energy: false });
    const energies = (folder: string) => readdir(at(`${folder}/ground-truth/energy`));
    expect((await energies("energy test")).toSorted()).toEqual(["test_0001.png", "test_0002.png"]);
    expect(await energies("energy none")).toEqual([]);
  });
});

describe("synthetic RAF-DB", () => {
  const labelsOf = async (folder: string) => {
    const { groundTruth, layout, splits } = await loadDataset("raf-db", at(folder));
    const samples = [...splits.train, ...splits.test];
    return {
      groundTruth,
      layout,
      labels: samples.map(({ id, expression }) => `${id} ${expression}`),
    };
  };

  test("has the official list, without a newline at its end", async () => {
    const list = await text("raf-db one/EmoLabel/list_patition_label.txt");
    expect(list.split("\n")).toHaveLength(60);
    expect(list).toMatch(
      /^train_00001\.jpg [1-7]\ntrain_00002\.jpg [1-7]\n[^]*\ntest_0020\.jpg [1-7]$/,
    );
  });

  test("has colour JPEGs of 100 x 100", async () => {
    const path = at("raf-db one/Image/aligned/train_00001_aligned.jpg");
    expect(await sharp(path).metadata()).toMatchObject({
      format: "jpeg",
      width: 100,
      height: 100,
      channels: 3,
    });
  });

  test("has Kaggle's tables with CRLF, and images in folders by label", async () => {
    await draw("kaggle", { ...rafDb, layout: "kaggle", energy: false });
    const table = await text("kaggle/train_labels.csv");
    expect(table).toMatch(/^image,label\r\ntrain_00001_aligned\.jpg,[1-7]\r\n[^]*\r\n$/);
    const [name, label] = table.split("\r\n")[1]!.split(",");
    expect(await readdir(at(`kaggle/DATASET/train/${label}`))).toContain(name);
  });

  test("loads alike from both layouts, with its truth", async () => {
    const official = await labelsOf("raf-db one");
    const kaggle = await labelsOf("kaggle");
    expect([official.layout, kaggle.layout]).toEqual(["official", "kaggle"]);
    expect(official.labels).toHaveLength(60);
    expect(kaggle.labels.toSorted()).toEqual(official.labels.toSorted());
    const rows = (await text("raf-db one/ground-truth/labels.csv")).trimEnd().split("\n").slice(1);
    const given = rows.map((row) => row.split(",")).map(([id, , , label]) => `${id} ${label}`);
    expect(official.labels).toEqual(given);
    expect(official.groundTruth?.labelNoise).toBe(0.1);
  });
});

describe("synthetic FERPlus", () => {
  test("has FER2013's and FERPlus' tables, row by row", async () => {
    const images = (await text("ferplus one/fer2013.csv")).split("\n");
    const votes = (await text("ferplus one/fer2013new.csv")).split("\n");
    expect(images).toHaveLength(votes.length);
    expect(images[0]).toBe("emotion,pixels,Usage");
    expect(images[1]).toMatch(/^[0-6],(\d{1,3} ){2303}\d{1,3},Training$/);
    expect(votes[0]).toBe(
      "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF",
    );
    expect(votes[1]).toMatch(/^Training,fer0000000\.png(,\d+){10}$/);
    expect(images.map((row) => row.split(",")[2]).slice(1)).toEqual(
      votes
        .map((row) => row && row.split(",")[0])
        .slice(1)
        .map((usage) => usage || undefined),
    );
  });

  test("has rows without a face, and names whose number is not the row", async () => {
    const votes = (await text("ferplus one/fer2013new.csv")).trimEnd().split("\n").slice(1);
    expect(votes.filter((row) => row.includes(",,"))).toEqual([
      "Training,,0,0,0,0,0,0,0,0,0,10",
      "PublicTest,,0,0,0,0,0,0,0,0,0,10",
      "PrivateTest,,0,0,0,0,0,0,0,0,0,10",
    ]);
    const numbers = votes
      .map((row) => row.match(/fer(\d{7})\.png/)?.[1])
      .filter(Boolean)
      .map(Number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.at(-1)).toBe(votes.length - 1 - 2); // three names missing, one number skipped
  });

  test("loads alike from both layouts, unreadable faces left out", async () => {
    await draw("folders", { ...ferplus, layout: "folders" });
    const [tables, folders] = await Promise.all(
      ["ferplus one", "folders"].map((folder) => loadDataset("ferplus", at(folder))),
    );
    const labels = ({ splits }: NonNullable<typeof tables>) =>
      Object.values(splits).map((samples) => samples.map((s) => `${s.id} ${s.expression}`));
    expect(labels(tables!).map(({ length }) => length)).toEqual([40, 20, 20]);
    expect(labels(folders!)).toEqual(labels(tables!));
    expect([tables!.layout, folders!.layout]).toEqual(["csv", "folders"]);
    expect(folders!.groundTruth?.expressions.size).toBe(83); // with one unreadable face per split
  });

  test("has the same grey pixels in both layouts", async () => {
    const row = (await text("ferplus one/fer2013.csv")).split("\n")[1]!;
    const picture = sharp(at("folders/FER2013Train/fer0000000.png"));
    expect(await picture.metadata()).toMatchObject({ width: 48, height: 48, channels: 1 });
    const pixels = await picture.toColourspace("b-w").raw().toBuffer();
    expect([...pixels]).toEqual(row.split(",")[1]!.split(" ").map(Number));
  });

  test("has label.csv with a quoted box and no header", async () => {
    const [first] = (await text("folders/FER2013Test/label.csv")).split("\n");
    expect(first).toMatch(/^fer\d{7}\.png,"\(0, 0, 48, 48\)"(,\d+){10}$/);
  });

  test("says the same in its votes as in its labels", async () => {
    const { splits } = await loadDataset("ferplus", at("ferplus one"));
    const rows = (await text("ferplus one/ground-truth/labels.csv")).trimEnd().split("\n").slice(1);
    const given = new Map(rows.map((row) => row.split(",")).map(([id, , , label]) => [id, label]));
    for (const { expression, id } of Object.values(splits).flat()) {
      expect(given.get(id)).toBe(expression);
    }
  });
});
