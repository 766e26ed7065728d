/** @file What an exported run says about itself. */
import { portableOpset, preprocessingOf } from "@mvt/core";
import type { ModelDescription, StoragePrecision } from "@mvt/core";
import type { ClassifierConfig } from "../config.ts";
import type { PreparedData } from "../data/prepared.ts";
import { describeData, sourceVersion } from "../runs/provenance.ts";
import type { OpenedClassifier, RunEvaluation } from "../training/evaluate-run.ts";
import type { Count } from "../training/evaluation.ts";
import type { ModelInput } from "./export-program.ts";
import { licenceNote } from "./licence.ts";

export interface Described extends Pick<RunEvaluation, "config" | "run" | "weights"> {
  readonly data: PreparedData;
  readonly opened: OpenedClassifier;
  readonly title: string;
  /** Of the run's own program on the test images. */
  readonly test: Count;
  readonly testLimited: boolean;
}

export function describeRun(
  { config, run, weights, data, opened, title, test, testLimited }: Described,
  input: ModelInput,
  precision: StoragePrecision,
): ModelDescription {
  const { k, n } = test;
  return {
    input,
    classes: data.classes,
    preprocessing: preprocessingOf(config.model),
    ...maskOf(config, opened),
    precision,
    about: {
      title,
      run: run.id,
      weights,
      opset: portableOpset,
      model: config.model,
      seed: config.seed,
      data: { dataset: config.data.dataset, ...describeData(data), fingerprint: data.fingerprint },
      training: config.training,
      ...(config.relabel ? { relabel: config.relabel } : {}),
      metrics: { test: { k, n, ...(testLimited ? { firstImagesOnly: true } : {}) } },
      licence: licenceNote(config),
      source: sourceVersion(),
    },
  };
}

function maskOf({ mgn }: ClassifierConfig, { mgn: file }: OpenedClassifier) {
  if (mgn === undefined || file === undefined) return {};
  const { polarity, space, config } = file;
  return { mask: { form: mgn.form, polarity, space, m: config.m } };
}
