/** @file Label noise: how many labels become wrong, which, and what they become. */
import { join } from "node:path";
import {
  DatasetError,
  matrixFor,
  noiseKindNames,
  noisyLabels,
  readNoiseMatrix,
} from "@mvt/datasets";
import type { Expression, Noise, NoiseTarget } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { temporaryFolder, writeFiles } from "./fixtures/folder.ts";

const classes = ["neutral", "happiness", "surprise", "fear"] as const satisfies Expression[];
const K = classes.length;

/** 400 images, a hundred of each class; a model that is unsure of every tenth image and takes it for the next class. */
const target: NoiseTarget = {
  classes,
  labels: Int32Array.from({ length: 400 }, (_, i) => i % K),
  ids: Array.from({ length: 400 }, (_, i) => `train_${i}`),
  name: "test/train",
  probabilities: Float32Array.from({ length: 400 * K }, (_, at) => {
    const [i, j] = [Math.floor(at / K), at % K];
    const unsure = i % 10 === 0;
    if (j === i % K) return unsure ? 0.25 : 0.97;
    return j === (i + 1) % K ? (unsure ? 0.73 : 0.01) : 0.01;
  }),
};

const noise = (changed: Partial<Noise> = {}): Noise => ({
  kind: "symmetric",
  rate: 0.2,
  seed: 0,
  ...changed,
});

/** [K][K] how many labels of each class became each. */
function flow(noisy: Int32Array, { labels } = target): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  for (const [i, label] of noisy.entries()) counts[labels[i]!]![label]! += 1;
  return counts;
}

const wrongOf = (noisy: Int32Array, { labels } = target) =>
  [...noisy.keys()].filter((i) => noisy[i] !== labels[i]);

describe.each(noiseKindNames)("%s noise", (kind) => {
  test.each([0, 0.1, 0.123, 0.2, 0.5, 1])("makes exactly a share of %s wrong", (rate) => {
    const noisy = noisyLabels(target, noise({ kind, rate }));
    expect(wrongOf(noisy)).toHaveLength(Math.round(rate * 400));
  });

  test("is wrong in the same way at a higher rate", () => {
    const low = noisyLabels(target, noise({ kind, rate: 0.1 }));
    const high = noisyLabels(target, noise({ kind, rate: 0.3 }));
    for (const i of wrongOf(low)) expect(high[i]).toBe(low[i]);
  });

  test("is the same for one seed and another for the next", () => {
    const first = noisyLabels(target, noise({ kind }));
    expect(noisyLabels(target, noise({ kind }))).toEqual(first);
    expect(noisyLabels(target, noise({ kind, seed: 1 }))).not.toEqual(first);
  });

  test("goes with the image, not with its place", () => {
    const backwards = {
      ...target,
      labels: target.labels.toReversed(),
      ids: target.ids.toReversed(),
      probabilities: Float32Array.from(
        target.ids.keys().flatMap((i) => target.probabilities!.slice((399 - i) * K, (400 - i) * K)),
      ),
    };
    const noisy = noisyLabels(backwards, noise({ kind }));
    expect(noisy.toReversed()).toEqual(noisyLabels(target, noise({ kind })));
  });

  test("leaves its input alone", () => {
    const before = target.labels.slice();
    noisyLabels(target, noise({ kind }));
    expect(target.labels).toEqual(before);
  });
});

describe("symmetric noise", () => {
  test("turns each class into each other one about equally often", () => {
    for (const [label, row] of flow(noisyLabels(target, noise({ rate: 1 }))).entries()) {
      expect(row[label]).toBe(0);
      for (const count of row.toSpliced(label, 1)) expect(count).toBeGreaterThan(18); // of 100, a third each
    }
  });
});

describe("pair noise", () => {
  const kind = "pair";

  test("turns each class into the next without a matrix", () => {
    expect(flow(noisyLabels(target, noise({ kind, rate: 1 })))).toEqual([
      [0, 100, 0, 0],
      [0, 0, 100, 0],
      [0, 0, 0, 100],
      [100, 0, 0, 0],
    ]);
  });

  test("turns it into the class that the matrix confuses most, and into the next if it confuses none", () => {
    const matrix = [
      [90, 1, 5, 4],
      [0, 100, 0, 0],
      [3, 7, 80, 7],
      [0.1, 0, 0.2, 0.7],
    ];
    expect(flow(noisyLabels({ ...target, matrix }, noise({ kind, rate: 1 })))).toEqual([
      [0, 0, 100, 0],
      [0, 0, 100, 0],
      [0, 100, 0, 0],
      [0, 0, 100, 0],
    ]);
  });
});

describe("confusable noise", () => {
  const kind = "confusable";

  test("follows the matrix, and is uniform for a class that it never confuses", () => {
    const matrix = [
      [0, 90, 10, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 1],
      [1, 1, 0, 98],
    ];
    const [neutral, happiness, surprise, fear] = flow(
      noisyLabels({ ...target, matrix }, noise({ kind, rate: 1 })),
    );
    expect(neutral![3]).toBe(0);
    expect(neutral![1]).toBeGreaterThan(80);
    for (const j of [0, 2, 3]) expect(happiness![j]).toBeGreaterThan(18);
    expect(surprise).toEqual([0, 0, 0, 100]);
    expect(fear![2]).toBe(0);
    expect(Math.abs(fear![0]! - fear![1]!)).toBeLessThan(40);
  });

  test("takes the lookalikes among the classes without a matrix", () => {
    const [neutral, happiness, surprise, fear] = flow(
      noisyLabels(target, noise({ kind, rate: 1 })),
    );
    for (const j of [1, 2, 3]) expect(neutral![j]).toBeGreaterThan(18); // neither sadness nor anger is there
    expect(happiness![3]).toBe(0); // neutral or surprise
    expect(surprise![0]).toBe(0); // fear or happiness
    expect(fear).toEqual([0, 0, 100, 0]); // surprise; sadness is not there
  });
});

describe("instance noise", () => {
  const kind = "instance";

  test("takes the images that the model doubts, as what it takes them for", () => {
    const noisy = noisyLabels(target, noise({ kind, rate: 0.05 }));
    const wrong = wrongOf(noisy);
    // The 40 doubted images weigh 0.75, the other 360 weigh 0.03.
    expect(wrong.filter((i) => i % 10 === 0).length).toBeGreaterThan(wrong.length / 2);
    for (const i of wrong.filter((each) => each % 10 === 0)) expect(noisy[i]).toBe((i + 1) % K);
  });

  test("comes to images of which the model is certain last", () => {
    const certain = target.probabilities!.slice();
    for (let i = 0; i < 200; i += 1)
      for (let j = 0; j < K; j += 1) certain[i * K + j] = Number(j === i % K);
    const noisy = noisyLabels({ ...target, probabilities: certain }, noise({ kind, rate: 0.5 }));
    expect(wrongOf(noisy)).toEqual(Array.from({ length: 200 }, (_, i) => 200 + i));
  });

  test("needs probabilities", () => {
    const { probabilities: _, ...without } = target;
    expect(() => noisyLabels(without, noise({ kind }))).toThrow("expected probabilities");
  });
});

test("noise refuses a rate outside 0 to 1", () => {
  expect(() => noisyLabels(target, noise({ rate: 1.1 }))).toThrow("expected a rate from 0 to 1");
});

describe("a matrix of classes", () => {
  const text = "label,happiness,fear,neutral\nfear,1,7,2\nhappiness,8,0.5,0\n\nneutral,0,0,9\n";

  const read = async (content: string) => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { "matrix.csv": content });
    return readNoiseMatrix(join(folder, "matrix.csv")).catch((error: unknown) => {
      expect(error).toBeInstanceOf(DatasetError);
      throw new Error(String(error).replaceAll(`${folder}/`, ""));
    });
  };

  test.each([
    ["LF", text],
    ["CRLF", text.replaceAll("\n", "\r\n")],
    ["a byte order mark and no last line end", `\uFEFF${text.trimEnd()}`],
  ])("is read with %s, its rows in any order", async (_, content) => {
    const { classes: names, rows } = await read(content);
    expect(names).toEqual(["happiness", "fear", "neutral"]);
    expect(rows).toEqual([
      [8, 0.5, 0],
      [1, 7, 2],
      [0, 0, 9],
    ]);
  });

  test("is put into the order of the data's classes, without those that they lack", async () => {
    expect(matrixFor(await read(text), ["fear", "happiness"], "RAF-DB")).toEqual([
      [7, 1],
      [0.5, 8],
    ]);
  });

  test("is refused for data with a class that it lacks", async () => {
    const matrix = await read(text);
    expect(() => matrixFor(matrix, ["fear", "anger"], "RAF-DB")).toThrow(
      "matrix.csv: expected a row and a column for each class of RAF-DB (fear, anger), found none for anger. Add them, or name other data sets.",
    );
  });

  test.each([
    [
      "a class twice",
      text.replace("label,happiness", "label,fear"),
      "matrix.csv:1: expected a field and two or more names",
    ],
    [
      "an unknown row",
      text.replace("neutral,0", "anger,0"),
      'matrix.csv:5: expected a row for each of happiness, fear, neutral, found "anger"',
    ],
    [
      "a row twice",
      text.replace("neutral,0", "fear,0"),
      'matrix.csv:5: expected a row for each of happiness, fear, neutral, found a second one for "fear"',
    ],
    [
      "a missing row",
      text.replace("neutral,0,0,9", ""),
      "matrix.csv: expected a row for each class, found none for neutral",
    ],
    [
      "a missing number",
      text.replace("8,0.5,0", "8,0.5"),
      'matrix.csv:3: expected 3 counts or shares of at least 0, found "8,0.5"',
    ],
    [
      "a number below zero",
      text.replace("0.5", "-1"),
      "matrix.csv:3: expected 3 counts or shares of at least 0",
    ],
    [
      "a text for a number",
      text.replace("0.5", "x"),
      "matrix.csv:3: expected 3 counts or shares of at least 0",
    ],
    [
      "an empty field",
      text.replace("0.5", ""),
      "matrix.csv:3: expected 3 counts or shares of at least 0",
    ],
    ["an empty file", "", "matrix.csv:1: expected a field and two or more names"],
  ])("refuses %s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  test("refuses a path without a file", async () => {
    await expect(readNoiseMatrix("no/such/matrix.csv")).rejects.toThrow(
      "no/such/matrix.csv: expected a matrix of classes, found no file",
    );
  });
});
