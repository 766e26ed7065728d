/** @file The order of a set's classes, judged by a model: a planted wrong order is found, a weak model is not blamed. */
import { random } from "@mvt/core";
import type { LabelledPredictions } from "@mvt/report";
import { describe, expect, test } from "vitest";
import { checkClassOrder } from "../src/evaluation/class-order.ts";

/** RAF-DB's test images per class, in its order. */
const classes = ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"];
const rafDb = [329, 74, 160, 1185, 478, 162, 680];

/** LabelledPredictions of a model that is right for `recall[k]` of class k, and wrong anyhow, or as `wrong` says. */
function answers(
  recall: readonly number[],
  {
    counts = rafDb,
    wrong = (_label: number, integer: (below: number) => number) => integer(7),
    seed = 0,
  } = {},
): LabelledPredictions {
  const stream = random.stream(seed, "answers");
  const labels = counts.flatMap((n, label) => Array<number>(n).fill(label));
  const predicted = labels.map((label) =>
    stream.bernoulli(recall[label]!) ? label : wrong(label, (below) => stream.integer(below)),
  );
  return { classes, labels: Int32Array.from(labels), predicted: Int32Array.from(predicted) };
}

/** The same images with labels renamed: what truly is k the files call `order[k]`. */
const filed = (
  { labels, ...rest }: LabelledPredictions,
  order: readonly number[],
): LabelledPredictions => ({
  ...rest,
  labels: labels.map((label) => order[label]!),
});

const good = [0.85, 0.55, 0.6, 0.93, 0.83, 0.8, 0.86];

describe("a wrong order of classes", () => {
  test("is found and said in words", () => {
    const order = checkClassOrder(filed(answers(good), [1, 0, 2, 3, 4, 5, 6]));
    expect(order.renamed).toEqual([
      { files: "surprise", model: "fear" },
      { files: "fear", model: "surprise" },
    ]);
    expect(order.renamedRecall).toBeGreaterThan(order.recall + 0.1);
    expect(order.renamedRight).toBeGreaterThan(order.right + 250);
    expect(order.images).toBe(3068);
  });

  test("is found where it moves rare classes only, which plain accuracy hardly shows", () => {
    const { renamed, right, renamedRight, images } = checkClassOrder(
      filed(answers(good), [0, 2, 1, 3, 4, 5, 6]),
    );
    expect(renamed.map(({ files }) => files)).toEqual(["fear", "disgust"]);
    expect((renamedRight - right) / images).toBeLessThan(0.1);
  });

  test("is found where one data set's numbers were read as another's", () => {
    // RAF-DB's files numbered as AffectNet numbers its classes.
    const affectnet = ["neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger"];
    const order = affectnet.map((name) => classes.indexOf(name)); // of class k the name at its place
    const { renamed, renamedRecall, recall } = checkClassOrder(filed(answers(good), order));
    expect(renamed).toEqual(
      classes
        .map((files, k) => ({ files, model: classes[order.indexOf(k)]! }))
        .filter(({ files, model }) => files !== model),
    );
    expect(renamed).toHaveLength(7);
    expect(recall).toBeLessThan(0.15);
    expect(renamedRecall).toBeGreaterThan(0.7);
  });

  test("is found by a model that is right only half of the time", () => {
    const weak = answers(Array<number>(7).fill(0.45));
    expect(checkClassOrder(filed(weak, [4, 1, 2, 3, 0, 5, 6])).renamed).toHaveLength(2);
  });
});

describe("the right order of classes", () => {
  test("is not doubted by a good model", () => {
    const order = checkClassOrder(answers(good));
    expect(order).toMatchObject({ renamed: [], renamedRecall: order.recall, telling: true });
    expect(order.renamedRight).toBe(order.right);
  });

  test.for([0, 1, 2, 3, 4])("is not doubted by a model that guesses, seed %i", (seed) => {
    const order = checkClassOrder(answers(Array<number>(7).fill(0), { seed }));
    expect(order).toMatchObject({ renamed: [], telling: false });
  });

  test.for([0, 3, 6])("is not doubted by a model that always answers class %i", (answer) => {
    const constant = answers(Array<number>(7).fill(0), { wrong: () => answer });
    expect(checkClassOrder(constant).renamed).toEqual([]);
  });

  test("is not doubted by a weak model that mixes up neighbours", () => {
    // Fear is mostly taken for surprise, disgust for anger, and anger sometimes for disgust.
    const neighbours = [1, 0, 5, 6, 6, 2, 4];
    const weak = answers([0.7, 0.25, 0.3, 0.8, 0.5, 0.5, 0.55], {
      wrong: (label) => neighbours[label]!,
    });
    expect(checkClassOrder(weak).renamed).toEqual([]);
  });

  test("is not doubted by a model that knows two classes only", () => {
    const two = answers([0, 0, 0, 0.9, 0, 0, 0.9], { wrong: (label) => (label === 3 ? 6 : 3) });
    expect(checkClassOrder(two).renamed).toEqual([]);
  });

  test("is not tried for more classes than there are expressions", () => {
    const twelve = Array.from({ length: 12 }, (_, k) => `class ${k}`);
    const [labels, predicted] = [Int32Array.of(0), Int32Array.of(1)];
    expect(() => checkClassOrder({ classes: twelve, labels, predicted })).toThrow(
      "expected predictions of at most 8 classes, as many as there are expressions, found 12",
    );
  });

  test("is not doubted on a handful of images", () => {
    const few = { counts: [2, 2, 2, 2, 2, 2, 2], seed: 4 };
    expect(checkClassOrder(filed(answers(good, few), [1, 0, 2, 3, 4, 5, 6])).renamed).toEqual([]);
  });

  test("is not doubted where a class has no images", () => {
    const order = checkClassOrder(answers(good, { counts: [329, 0, 160, 1185, 478, 162, 680] }));
    expect(order.renamed).toEqual([]);
    expect(order.recall).toBeGreaterThan(0.75);
  });
});
