/** @file What an exported run says about itself. */
import { preprocessingOf } from "@mvt/core";
import { portableOpset } from "@mvt/core/portable";
import type { ExplanationName, ModelDescription, StoragePrecision } from "@mvt/core";
import { datasets } from "@mvt/datasets";
import type { Count } from "@mvt/report";
import type { PreparedData } from "../data/prepared.ts";
import { lineageLine } from "../pretrained/lineage.ts";
import type { Lineage } from "../pretrained/lineage.ts";
import type { OpenedClassifier, RunEvaluation } from "../training/evaluate-run.ts";
import { howEvaluated } from "../runs/how-evaluated.ts";
import { describeData, sourceVersion } from "../runs/provenance.ts";
import { startOf } from "../runs/result.ts";
import type { RunResult } from "../runs/result.ts";
import type { ClassifierConfig } from "../settings/run-config.ts";
import type { ModelInput } from "./export-program.ts";

export interface Described extends Pick<RunEvaluation, "config" | "run" | "weights"> {
  readonly data: PreparedData;
  readonly opened: OpenedClassifier;
  /** What the run recorded of itself. */
  readonly result: RunResult | undefined;
  /** Of the run's own program on the test images. */
  readonly test: Count;
  readonly testLimited: boolean;
}

/** The description that an exported file carries: classes, preprocessing, masks, and where the model comes from. */
export function describeRun(
  { config, run, weights, data, opened, result, test, testLimited }: Described,
  input: ModelInput,
  precision: StoragePrecision,
  explain: readonly ExplanationName[] = [],
): ModelDescription {
  const { k, n } = test;
  const start = startOf(result);
  return {
    input,
    classes: data.classes,
    preprocessing: preprocessingOf(config.model),
    ...maskOf(config, opened),
    precision,
    explanations: explain.length === 0 ? undefined : explain,
    about: {
      title: result?.title ?? `run ${run.id}`,
      run: run.id,
      weights,
      ...howEvaluated(config),
      opset: portableOpset,
      model: config.model,
      seed: config.seed,
      data: {
        dataset: config.data.dataset,
        ...describeData(data, config),
        fingerprint: data.fingerprint,
      },
      training: config.training,
      relabel: config.relabel,
      metrics: { test: { k, n, firstImagesOnly: testLimited || undefined } },
      licence: licenceNote(config, start),
      start,
      // The run's own, which may be of an earlier version than the one that exports it.
      source: result?.madeBy ?? { commit: "not recorded by the version that trained" },
      engine: result?.engine,
      exported: sourceVersion(),
    },
  };
}

/** The mask that an opened classifier applies, for a description; nothing without masks. */
export function maskOf({ mgn }: ClassifierConfig, { mgn: file }: Pick<OpenedClassifier, "mgn">) {
  if (mgn === undefined || file === undefined) return {};
  const { polarity, space, config } = file;
  return { mask: { form: mgn.form, polarity, space, m: config.m } };
}

/**
 * The graph is this project's; the weights carry whatever the images and the start came with.
 *
 * @param start what the run recorded of the file that it started from
 */
export function licenceNote({ data, pretrained }: ClassifierConfig, start?: Lineage): string {
  const title = datasets[data.dataset].title;
  return [
    "The graph and the code that wrote it: MIT.",
    data.kind === "synthetic"
      ? `Weights: trained on synthetic faces in the layout of ${title}, drawn by this project (MIT).`
      : `Weights: trained on ${title}. Its owners' terms apply to what is made from it, and may allow non-commercial research only: read the agreement under which you have it.`,
    ...(start !== undefined
      ? [`They start from ${lineageLine(start)}. Its licence applies as well.`]
      : []),
    ...(start === undefined && pretrained && "sha256" in pretrained
      ? [
          `They start from a file of pre-trained weights (SHA-256 ${pretrained.sha256}); its licence applies as well. The official DeiT weights are under Apache 2.0.`,
        ]
      : []),
  ].join(" ");
}
