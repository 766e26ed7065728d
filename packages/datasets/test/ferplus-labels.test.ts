/**
 * @file FER2013's labels for FERPlus' training images, and where they disagree with the votes.
 *
 * `fixtures/fer2013-labels/` holds 60 rows of Microsoft's fer2013new.csv (MIT licence, Copyright (c) Microsoft
 * Corporation) and a made-up emotion for each. The counts below are those of count.awk beside them.
 */
import { readFile } from "node:fs/promises";
import {
  checkDataset,
  type Dataset,
  DatasetError,
  type DatasetOptions,
  disagreementOf,
  ferplusClasses,
  fingerprint,
  loadDataset,
} from "@mvt/datasets";
import { beforeAll, describe, expect, test } from "vitest";
import { pixelsOf, writeFolders, writeTables } from "./fixtures/ferplus.ts";

const fixture = (name: string) =>
  readFile(new URL(`fixtures/fer2013-labels/${name}`, import.meta.url), "utf8");

/** As count.awk prints it: FER2013's label, the votes', training images. */
const counted = `
anger anger 1
anger disgust 2
anger happiness 1
anger neutral 1
disgust anger 1
disgust disgust 2
fear contempt 2
fear fear 4
fear happiness 2
fear neutral 1
happiness contempt 1
happiness happiness 4
neutral contempt 1
neutral neutral 9
sadness anger 1
sadness contempt 1
sadness fear 1
sadness neutral 1
sadness sadness 2
surprise surprise 3
`;

let votes: string;
let emotions: readonly string[];

beforeAll(async () => {
  votes = await fixture("fer2013new.csv");
  emotions = (await fixture("emotions.txt")).trim().split("\n");
});

/** The two tables, with one emotion replaced. */
async function write(row?: number, emotion?: string): Promise<string> {
  const usages = votes
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[0]);
  const rows = usages.map((usage, i) => {
    const label = i === row ? emotion : emotions[i];
    return `${label},${pixelsOf(i).join(" ")},${usage}`;
  });
  const pictures = ["emotion,pixels,Usage", ...rows, ""].join("\n");
  return writeTables({ votes, pictures });
}

const load = async (options: DatasetOptions = {}): Promise<Dataset> =>
  loadDataset("ferplus", await write(), { ferplusLabels: "fer2013", ...options });

async function refusal(loading: Promise<unknown>, folder: string): Promise<string> {
  const error = await loading.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(folder, "DIR");
}

describe("FERPlus with FER2013's labels", () => {
  test("trains on column emotion, and takes the votes for the truth", async () => {
    const { splits, trueExpressions } = await load();
    const voted = await loadDataset("ferplus", await write());
    expect(splits.train.map(({ id }) => id)).toEqual(voted.splits.train.map(({ id }) => id));
    for (const { id, expression } of voted.splits.train) {
      expect(trueExpressions!.get(id)).toBe(expression);
    }
    // Row 1 is 6 (neutral) by column emotion.
    const names = ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"];
    expect(splits.train[0]!.expression).toBe(names[Number(emotions[0])]);
  });

  test("is validated and tested on the votes", async () => {
    const { splits } = await load();
    const voted = await loadDataset("ferplus", await write());
    expect(splits.validation).toEqual(voted.splits.validation);
    expect(splits.test).toEqual(voted.splits.test);
  });

  test("has eight classes, and no label of contempt", async () => {
    const { classes, splits, trueExpressions } = await load();
    expect(classes).toEqual(ferplusClasses);
    expect(splits.train.filter(({ expression }) => expression === "contempt")).toEqual([]);
    expect([...trueExpressions!.values()].filter((name) => name === "contempt")).toHaveLength(5);
  });

  test("leaves out the images whose votes have no expression", async () => {
    const { splits } = await load();
    expect(splits.train).toHaveLength(41); // of 50 rows: 5 without a name, 4 that most call unknown
  });

  test("says so in its protocol, and is no synthetic data", async () => {
    const dataset = await load();
    expect(dataset.protocol).toBe("argmax-10, FER2013's labels");
    expect(dataset.groundTruth).toBeUndefined();
  });

  test("may train on the validation images, too", async () => {
    const { protocol, splits, trueExpressions } = await load({ ferplusTrain: "train+validation" });
    expect(protocol).toBe("argmax-10, train+validation, FER2013's labels");
    expect(splits.train.length).toBe(trueExpressions!.size);
    expect(splits.train.length).toBeGreaterThan(41);
  });

  test("has another fingerprint than with other votes", async () => {
    const before = await load();
    const changed = new Map(before.trueExpressions).set(before.splits.train[0]!.id, "contempt");
    expect(await fingerprint({ ...before, trueExpressions: changed })).not.toBe(
      await fingerprint(before),
    );
  });

  test("refuses the layout of folders, which lacks them", async () => {
    const folder = await writeFolders();
    expect(
      await refusal(loadDataset("ferplus", folder, { ferplusLabels: "fer2013" }), folder),
    ).toMatchInlineSnapshot(
      `"DatasetError: FERPlus: expected fer2013.csv and fer2013new.csv in DIR for FER2013's labels, found the layout folders, which does not have them. Add both tables, or use the votes."`,
    );
  });

  test.each(["7", "-1", "x", ""])("refuses the emotion %j, with its line", async (emotion) => {
    const folder = await write(2, emotion);
    expect(await refusal(loadDataset("ferplus", folder), folder)).toBe(
      `DatasetError: DIR/fer2013.csv:4: expected an emotion from 0 (anger) to 6 (neutral), found "${emotion}". Replace the file by the published one.`,
    );
  });
});

describe("the disagreement of labels and votes", () => {
  test("is the one that an independent script counts", async () => {
    const { given, truth, counts } = disagreementOf(await load())!;
    const lines = given.flatMap((label, i) =>
      truth.flatMap((right, j) => {
        const count = counts[i]![j]!;
        return count === 0 ? [] : [`${label} ${right} ${count}`];
      }),
    );
    expect(lines.toSorted()).toEqual(counted.trim().split("\n"));
  });

  test("says how many labels of each class are wrong", async () => {
    const { given, wrong } = disagreementOf(await load())!;
    expect(Object.fromEntries(given.map((name, i) => [name, wrong[i]]))).toEqual({
      neutral: 1,
      happiness: 1,
      surprise: 0,
      sadness: 4,
      anger: 4,
      disgust: 1,
      fear: 5,
    });
  });

  test("is part of a check, which counts classes by votes, as published counts do", async () => {
    const { disagreement, rows } = await checkDataset(await load());
    expect(disagreement?.wrong).toEqual([1, 1, 0, 4, 4, 1, 5]);
    const contempt = rows.find(({ what }) => what === "train / contempt");
    expect(contempt).toMatchObject({ found: 5, published: 165 });
  });

  test("is unknown where every image has one label", async () => {
    const { disagreement } = await checkDataset(await load({ ferplusLabels: "votes" }));
    expect(disagreement).toBeUndefined();
  });
});
