/** @file What a planned run takes: images, seconds on two cores, bytes on the disk. */
import { sum } from "@mvt/common";
import { nn } from "@mvt/core";
import { declareGenerator, generatorConfig } from "@mvt/mgn";
import { imagesOf } from "../src/cli/progress.ts";
import type { PlannedRun, RunPlan } from "../src/runs/planned-run.ts";
import { declareClassifier } from "../src/training/programs.ts";
import { bytes } from "./measured.ts";
import type { Rates } from "./measured.ts";

/** Of one run. */
export interface Work {
  /** Images that training steps see. */
  readonly trained: number;
  /** Images that are predicted between epochs and at the end. */
  readonly predicted: number;
  /** On two cores. */
  readonly seconds: number;
}

/** What is left of a run if another one trains its first epochs for it. */
export function workOf(run: PlannedRun, rates: Rates, shared?: RunPlan["shared"]): Work {
  const { config } = run;
  const trained = imagesOf(run, shared);
  if (config.kind === "mgn") return { trained, predicted: 0, seconds: trained / rates.mgnSteps };
  const { training, relabel, mgn } = config;
  const predicted = predictionsOf(run, shared?.get(run.id)?.epochs ?? 0);
  /** SAM takes the gradient twice. */
  const passes = training.sam ? 2 : 1;
  const step = mgn ? rates.maskedStep : rates.step;
  const evaluation = mgn ? rates.maskedEvaluation : rates.evaluation;
  return { trained, predicted, seconds: (passes * trained) / step + predicted / evaluation };

  function predictionsOf({ data }: PlannedRun, before: number): number {
    const { epochs, tests, testFlip } = training;
    const [n, validation, test] = [data.train, data.validation, data.test].map(
      ({ rows }) => rows.length,
    ) as [number, number, number];
    const own = epochs - before;
    const tested = tests === "at-end" ? 2 * test : (own + 1) * test;
    const passed =
      relabel?.predictions === "pass" ? n * (epochs - Math.max(before, relabel.startEpoch - 1)) : 0;
    return (own * validation + tested + passed) * (testFlip === true ? 2 : 1);
  }
}

/** Bytes that a finished run leaves. */
export function bytesOf({ config, data }: PlannedRun): number {
  const { model } = config;
  if (config.kind === "mgn") {
    const { parameters } = nn.declareParameters((scope) =>
      declareGenerator(scope, generatorConfig(model, config.m)),
    );
    return bytes.weight * sizeOf(parameters);
  }
  const rows = data.train.rows.length;
  const changes = config.relabel ? rows * bytes.changes : 0;
  const line = bytes.prediction + model.classes * bytes.probability;
  return (
    2 * bytes.weight * parametersOf(model) +
    line * data.test.rows.length +
    bytes.label * rows +
    changes
  );
}

/** Parameters of a classifier. */
export function parametersOf(model: PlannedRun["config"]["model"]): number {
  return sizeOf(declareClassifier(model).parameters);
}

function sizeOf(parameters: readonly nn.Declaration[]): number {
  return sum(parameters.map(({ tensor }) => tensor.shape.reduce((a, b) => a * b, 1)));
}
