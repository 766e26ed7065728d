/** @file The workload of a step: one training step of DeiT, or one batch through MVT with masks. */
import { nn } from "@mvt/core";
import type { Backend, deit, Program } from "@mvt/core";
import {
  declareClassifier,
  evaluationProgram,
  openStep,
  microBatchCount,
  trainingProgram,
} from "@mvt/experiments";
import type { Classifier, OpenStep } from "@mvt/experiments";
import { declareGenerator, generatorConfig } from "@mvt/mgn";
import type { MgnFile } from "@mvt/mgn";

/** Plain data, which is sent to the process of a competitor. */
export interface Workload {
  /** Forward, backward and AdamW of a classifier; or one batch through mask generator and classifier. */
  readonly kind: "train" | "evaluate";
  readonly model: deit.VitConfig;
  readonly batchSize: number;
  /** Of a training step: see `TrainingOptions`. */
  readonly recompute?: boolean;
  /** The number of micro-batches. As a run trains if absent. */
  readonly accumulate?: number;
}

/** m of the generator that masks what is evaluated. The time does not depend on it. */
const m = 0.15;

/** The program of the whole batch at once. Its matrix products are those that are timed alone. */
export function programOf(workload: Workload): Program {
  return programInMicroBatches(classifierOf(workload), workload, 1);
}

/** Compiles the workload as a run would, and warms it up. */
export async function openWorkload(
  backend: Backend,
  workload: Workload,
  warmUp?: number,
): Promise<OpenStep> {
  const { kind, model, batchSize, accumulate } = workload;
  const classifier = classifierOf(workload);
  const microBatches = microBatchCount(backend, model, { batchSize, accumulate });
  const program = programInMicroBatches(classifier, workload, microBatches);
  return openStep(backend, { classifier, program, trains: kind === "train", batchSize, warmUp });
}

function programInMicroBatches(
  classifier: Classifier,
  { kind, batchSize, recompute }: Workload,
  microBatches: number,
): Program {
  return kind === "train"
    ? trainingProgram(classifier, { batchSize, adamw: {}, microBatches, recompute })
    : evaluationProgram(classifier, batchSize, microBatches);
}

function classifierOf({ kind, model }: Workload): Classifier {
  return kind === "train"
    ? declareClassifier(model)
    : declareClassifier(model, { file: untrainedGenerator(model), form: { kind: "soft" } });
}

function untrainedGenerator(model: deit.VitConfig): MgnFile {
  const config = generatorConfig(model, m);
  const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
  const weights = nn.initialWeights(parameters, 0);
  const { polarity, space } = { polarity: "remove", space: "pixel" } as const;
  return { config, weights, dataset: "raf-db", polarity, space, provenance: {} };
}
