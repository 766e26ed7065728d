/**
 * @file An answer is about one picture: it is the same alone, in any company, and in any place of a batch.
 *
 * Classes are compared exactly. Probabilities may differ by rounding, since the engine multiplies
 * matrices of other sizes in another order: by 2e-6 at most, some ten units in the last place of 1.
 */
import { nn, onnxBackend, random } from "@mvt/core";
import { declareGenerator, generatorConfig } from "@mvt/mgn";
import type { GeneratorConfig, MaskForm, MgnFile } from "@mvt/mgn";
import { beforeAll, describe, expect, test } from "vitest";
import type { Subset } from "../src/data/prepared.ts";
import { predict } from "../src/training/predict.ts";
import { declareClassifier, evaluationProgram, withFrozen } from "../src/training/programs.ts";
import { subset } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import type { Predictions } from "../src/runs/predictions.ts";

const tolerance = { rtol: 0, atol: 2e-6 };
const K = 3;
const model = { ...tinyConfig.model, patchSize: 4, depth: 2, classes: K, initStd: 0.3 };
const m = 0.25;
const images = subset("test", 100, model);
const n = images.rows.length;

/** Of an untrained generator whose masks differ from picture to picture. */
function generatorFile(): MgnFile {
  const config: GeneratorConfig = { ...generatorConfig(model, m), headBias: "zero" };
  const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
  return {
    config,
    weights: nn.initialWeights(parameters, 1),
    dataset: "raf-db",
    polarity: "remove",
    space: "pixel",
    provenance: {},
  };
}

const kinds: readonly { readonly name: string; readonly form?: MaskForm }[] = [
  { name: "a classifier" },
  { name: "a classifier with soft masks", form: { kind: "soft" } },
  { name: "a classifier with hard masks", form: { kind: "hard", threshold: 0.5 } },
  { name: "a classifier with top-k masks", form: { kind: "top-k", m } },
];

describe.each(kinds)("$name", ({ form }) => {
  let whole: Predictions;

  async function answers(batchSize: number, pictures: Subset = images): Promise<Predictions> {
    const classifier = declareClassifier(model, form && { file: generatorFile(), form });
    const backend = await onnxBackend({ threads: 1 });
    const executable = await backend.compile(evaluationProgram(classifier, batchSize));
    await executable.writeState(
      withFrozen(classifier, nn.initialWeights(classifier.parameters, 0)),
    );
    const predictions = await predict(executable, pictures, { batchSize, classes: K });
    await executable.dispose();
    return predictions;
  }

  beforeAll(async () => {
    whole = await answers(n);
  });

  test("tells pictures apart: what follows is no matter of course", () => {
    expect(new Set(whole.predicted).size).toBeGreaterThan(1);
    expect(whole.probabilities.slice(0, K)).not.toBeAllClose(whole.probabilities.slice(K, 2 * K), {
      rtol: 0,
      atol: 1e-3,
    });
  });

  test.each([1, 7, 64])("answers alike with %d pictures at a time", async (batchSize) => {
    const { predicted, probabilities, k } = await answers(batchSize);
    expect(predicted).toEqual(whole.predicted);
    expect(probabilities).toBeAllClose(whole.probabilities, tolerance);
    expect(k).toBe(whole.k);
  });

  test.each([7, 64])("answers alike in another order, %d at a time", async (batchSize) => {
    const order = random.stream(3, "order").permutation(n);
    const permuted: Subset = {
      images: images.images,
      rows: order.map((i) => images.rows[i]!),
      ids: Array.from(order, (i) => images.ids[i]!),
      labels: order.map((i) => images.labels[i]!),
    };
    const { predicted, probabilities, k } = await answers(batchSize, permuted);
    expect(predicted).toEqual(order.map((i) => whole.predicted[i]!));
    const expected = Array.from(order).flatMap((i) => [
      ...whole.probabilities.subarray(i * K, (i + 1) * K),
    ]);
    expect(probabilities).toBeAllClose(expected, tolerance);
    expect(k).toBe(whole.k);
  });
});
