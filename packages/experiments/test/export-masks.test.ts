/** @file Exported classifiers beside the run's own program: every form of mask, bytes and pixels. */
import { deit, describeModel, nn, onnxBackend } from "@mvt/core";
import { encodePortable, withMetadata } from "@mvt/core/portable";
import type { ModelDescription } from "@mvt/core";
import { declareGenerator, generatorConfig } from "@mvt/mgn";
import type { MaskForm, MaskSpace, MgnFile, Polarity } from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { checkExport } from "../src/export/check-export.ts";
import { exportProgram } from "../src/export/export-program.ts";
import type { ModelInput } from "../src/export/export-program.ts";
import { evaluateClassifier } from "../src/training/evaluate-run.ts";
import { declareClassifier, withFrozen } from "../src/training/programs.ts";
import { subset } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const { model } = tinyConfig;
const backend = await onnxBackend({ threads: 1 });
const pictures = subset("export", 20, model);

/** A generator whose masks differ from patch to patch: its weights are drawn ten times as wide. */
function generatorFile(polarity: Polarity, space: MaskSpace): MgnFile {
  const config = { ...generatorConfig(model, 0.4), initStd: 1 };
  const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
  const weights = nn.initialWeights(parameters, 2);
  return { config, weights, dataset: "raf-db", polarity, space, provenance: {} };
}

async function agreement(input: ModelInput, form: MaskForm, file: MgnFile) {
  const classifier = declareClassifier(model, { file, form });
  const weights = withFrozen(classifier, nn.initialWeights(classifier.parameters, 1));
  const description: ModelDescription = {
    input,
    classes: Array.from({ length: model.classes }, (_, k) => `class ${k}`),
    preprocessing: {
      imageSize: model.imageSize,
      patchSize: model.patchSize,
      colours: "RGB",
      resize: "pillow-bilinear",
      ...deit.imagenet,
    },
    mask: { form, polarity: file.polarity, space: file.space, m: file.config.m },
    precision: "float32",
    about: {},
  };
  const graph = encodePortable({
    program: (batchSize) => exportProgram(classifier, input, batchSize),
    weights,
  });
  const expected = await evaluateClassifier({ classifier, weights }, pictures, backend);
  const exported = withMetadata(graph, describeModel(description));
  return { exported, expected, ...(await checkExport(exported, pictures, expected, 1)) };
}

const forms: readonly MaskForm[] = [
  { kind: "soft" },
  { kind: "hard", threshold: 0.5 },
  { kind: "top-k", m: 0.5 },
];

describe.each(["bytes", "pixels"] as const)("a model of %s", (input) => {
  test.each(forms)("answers as the run does with masks of form $kind", async (form) => {
    const found = await agreement(input, form, generatorFile("remove", "pixel"));
    expect(found.mask).toBeLessThan(1e-5);
    expect(found.probabilities).toBeLessThan(1e-5);
    expect(found.k).toBe(found.expected.k);
    expect(new Set(found.expected.masks).size).toBeGreaterThan(1);
  });

  test("answers as the run does with masks that keep, on normalised pixels", async () => {
    const found = await agreement(input, { kind: "soft" }, generatorFile("keep", "normalized"));
    expect(found.mask).toBeLessThan(1e-5);
    expect(found.probabilities).toBeLessThan(1e-5);
  });
});

describe("the comparison", () => {
  test("finds one probability and one mask value that are others", async () => {
    const file = generatorFile("remove", "pixel");
    const { exported, expected } = await agreement("bytes", { kind: "soft" }, file);
    const probabilities = expected.probabilities.with(100, expected.probabilities[100]! + 0.01);
    const masks = expected.masks!.with(79, expected.masks![79]! - 0.02); // the last
    const found = await checkExport(exported, pictures, { ...expected, probabilities, masks }, 1);
    expect(found.probabilities).toBeCloseTo(0.01, 4);
    expect(found.mask).toBeCloseTo(0.02, 4);
  });

  test("counts the share of patches that differ where masks are binary", async () => {
    const form = { kind: "top-k", m: 0.5 } as const;
    const { exported, expected } = await agreement("bytes", form, generatorFile("remove", "pixel"));
    const masks = expected.masks!.with(3, 1 - expected.masks![3]!); // of 20 pictures of 4 patches
    const found = await checkExport(exported, pictures, { ...expected, masks }, 1);
    expect(found.mask).toBeCloseTo(1 / 80, 6);
  });

  test("lets nothing pass that is not a number", async () => {
    const file = generatorFile("remove", "pixel");
    const { exported, expected } = await agreement("bytes", { kind: "soft" }, file);
    const probabilities = expected.probabilities.with(5, Number.NaN);
    const found = await checkExport(exported, pictures, { ...expected, probabilities }, 1);
    expect(found.probabilities).toBeNaN();
  });
});
