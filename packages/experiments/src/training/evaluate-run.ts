/** @file Predictions of a finished classifier: its weights, its masks, the images of a subset. */
import { UserError } from "@mvt/common";
import { decodeSafetensors, WeightsError } from "@mvt/core";
import type { Backend, Weights } from "@mvt/core";
import type { MgnFile } from "@mvt/mgn";
import type { ClassifierConfig } from "../settings/run-config.ts";
import type { Subset } from "../data/prepared.ts";
import { missingFile } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { evaluationBatchSize, predict } from "./predict.ts";
import { microBatchCount } from "./micro-batches.ts";
import { declareClassifier, evaluationProgram, withFrozen } from "./programs.ts";
import type { Classifier } from "./programs.ts";
import { requireWeights } from "./require-weights.ts";
import { generatorFolder, readMgn } from "../runs/mgn-file.ts";
import type { Predictions } from "../runs/predictions.ts";

export interface RunEvaluation {
  readonly config: ClassifierConfig;
  readonly run: RunFolder;
  readonly runsFolder: string;
  /** Which of its weights. */
  readonly weights: "validation-best" | "last";
}

/** A finished classifier with its masks and all weights: its own and its frozen generator's. */
export interface OpenedClassifier {
  readonly classifier: Classifier;
  readonly weights: Weights;
  readonly mgn?: MgnFile;
}

/** Reads what the run left behind; throws a UserError where it has no such weights. */
export async function openClassifier({
  config: { mgn, model, data, training },
  run,
  runsFolder,
  weights: name,
}: RunEvaluation): Promise<OpenedClassifier> {
  const weights = await readWeights(run, `${name}.safetensors`);
  const file = mgn && (await readMgn(generatorFolder(mgn, run, runsFolder), data.dataset, model));
  const classifier = declareClassifier(model, mgn && file && { file, form: mgn.form }, training);
  requireWeights(weights, classifier.parameters, run.path(`${name}.safetensors`));
  return { classifier, weights: withFrozen(classifier, weights), mgn: file };
}

/** Predictions for `subset`; throws a UserError where the run has no such weights. */
export async function evaluateRun(
  evaluation: RunEvaluation,
  subset: Subset,
  backend: Backend,
): Promise<Predictions> {
  return evaluateClassifier(await openClassifier(evaluation), subset, backend);
}

/** Predictions of an opened classifier for `subset`, and with `also.features` what goes into its head. */
export async function evaluateClassifier(
  { classifier, weights }: OpenedClassifier,
  subset: Subset,
  backend: Backend,
  also: { readonly features?: boolean } = {},
): Promise<Predictions> {
  const { config } = classifier.vit;
  const { imageSize, classes } = config;
  const batchSize = evaluationBatchSize(imageSize);
  const microBatches = microBatchCount(backend, config, { batchSize });
  const program = evaluationProgram(classifier, batchSize, microBatches, "float32", also);
  const executable = await backend.compile(program);
  try {
    await executable.writeState(weights);
    return await predict(executable, subset, { batchSize, classes });
  } finally {
    await executable.dispose();
  }
}

/** Weights that a finished classifier left. Throws a UserError where there are none, or they are damaged. */
export async function readWeights(
  run: RunFolder,
  file: "validation-best.safetensors" | "last.safetensors",
): Promise<Weights> {
  const bytes = await run.read(file);
  if (bytes === undefined) throw await missingFile(run, file);
  try {
    return decodeSafetensors(bytes, run.path(file)).weights;
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new UserError(`${error.finding}. Remove the run's folder to train it again.`);
  }
}
