/** @file A few images that cannot be read may be left out of a data set, if the user says how many. */
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import {
  applyLabelList,
  checkDataset,
  type Dataset,
  DatasetError,
  fingerprint,
  loadDataset,
  parseSkipLimit,
  readLabelList,
  readSubsets,
  skipUnreadable,
} from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { writeFiles } from "./fixtures/folder.ts";
import { writeOfficial } from "./fixtures/raf-db.ts";

/** RAF-DB with nine images, of which these are cut short. */
async function rafDb(...damaged: readonly string[]): Promise<Dataset> {
  const folder = await writeOfficial();
  for (const id of damaged) await truncate(join(folder, `Image/aligned/${id}_aligned.jpg`), 300);
  return loadDataset("raf-db", folder);
}

const skip = (dataset: Dataset, limit: string) =>
  skipUnreadable(dataset, parseSkipLimit(limit)!, { threads: 0 });
const trained = ({ splits }: Dataset) => splits.train.map(({ id }) => id);

describe("how many images may be left out", () => {
  test.for([
    ["0", { most: 0 }],
    ["5", { most: 5 }],
    ["0.1%", { share: 0.001 }],
    ["2 %", { share: 0.02 }],
    ["100%", { share: 1 }],
  ] as const)("is a number or a percentage: %s", ([text, limit]) => {
    expect(parseSkipLimit(text)).toEqual(limit);
  });

  test.for(["", "-1", "1.5", "five", "101%", "%", "1e3", "5 images", "NaN%"])(
    "is nothing else: %j",
    (text) => {
      expect(parseSkipLimit(text)).toBeUndefined();
    },
  );
});

describe("a data set with an image that is cut short", () => {
  test("is what is left, and knows what was left out and why", async () => {
    const dataset = await rafDb("train_00003", "test_0001");
    const left = await skip(dataset, "2");
    expect(trained(left)).toEqual([1, 2, 4, 5, 6, 7].map((i) => `train_0000${i}`));
    expect(left.splits.test.map(({ id }) => id)).toEqual(["test_0002"]);
    expect(left.skipped).toEqual([
      {
        split: "train",
        sample: dataset.splits.train[2],
        reason: expect.stringMatching(/end/) as unknown,
      },
      { split: "test", sample: dataset.splits.test[0], reason: expect.anything() as unknown },
    ]);
  });

  test("is another data set than the whole one, by its fingerprint", async () => {
    const dataset = await rafDb("train_00003");
    const left = await skip(dataset, "1");
    expect(await fingerprint(left)).not.toBe(await fingerprint(dataset));
    expect(await fingerprint(left)).toBe(await fingerprint(await skip(dataset, "50%")));
  });

  test("is refused if more are damaged than allowed, with names and reasons", async () => {
    const error: unknown = await skip(await rafDb("train_00003", "train_00005"), "1").catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DatasetError);
    expect(String(error)).toMatch(
      /RAF-DB: expected at most 1 of 9 images that cannot be read, as allowed, found 2: .*train_00003_aligned\.jpg \(.*\), .*train_00005_aligned\.jpg \(.*\)\. Put intact/,
    );
    await expect(skip(await rafDb("train_00003", "train_00005"), "20%")).rejects.toThrow(
      "expected at most 1 of 9",
    );
  });

  test("is refused if nothing of a split is left", async () => {
    const dataset = await rafDb("test_0001", "test_0002");
    await expect(skip(dataset, "100%")).rejects.toThrow(
      "RAF-DB: expected a readable image in the test split, found none",
    );
  });

  test("passes the check if as many may be left out, and is named there all the same", async () => {
    const dataset = await rafDb("train_00003");
    const rowOf = async (limit: string | undefined) => {
      const { rows } = await checkDataset(dataset, limit ? { skip: parseSkipLimit(limit)! } : {});
      return rows.find(({ what }) => what === "unreadable images");
    };
    const names = [expect.stringMatching(/^train_00003_aligned\.jpg \(/) as unknown];
    expect(await rowOf(undefined)).toMatchObject({ found: 1, verdict: "differs", names });
    expect(await rowOf("0")).toMatchObject({ found: 1, verdict: "differs", names });
    expect(await rowOf("1")).toMatchObject({ found: 1, verdict: "skipped", names });
  });

  test("can be used with lists that name the image", async () => {
    const dataset = await rafDb("train_00003", "test_0001");
    await writeFiles(dataset.folder, {
      "challenge/RAF_DB_dir/rafdb_occlusion_list.txt":
        "test_0001_aligned 2 4\ntest_0002_aligned 6 1",
      "list.txt": "train_00003.jpg 1\ntrain_00004.jpg 7\n",
    });
    const left = await skip(dataset, "2");
    const [subset] = await readSubsets(left);
    expect(subset).toMatchObject({
      ids: ["test_0002"],
      notes: ["1 of 2 lines name images that cannot be read and were left out"],
    });
    const list = await readLabelList(join(dataset.folder, "list.txt"));
    expect([...applyLabelList(list, left).labels.keys()]).toEqual(["train_00004"]);
  });
});

test("a sound data set is itself, whatever may be left out", async () => {
  const dataset = await rafDb();
  expect(await skip(dataset, "100%")).toBe(dataset);
});
