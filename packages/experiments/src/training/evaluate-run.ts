/** @file Asking a finished classifier anew: its weights, its masks, the images of one of its subsets. */
import { decodeSafetensors, WeightsError } from "@mvt/core";
import type { Backend, Weights } from "@mvt/core";
import type { ClassifierConfig } from "../config.ts";
import type { Subset } from "../data/prepared.ts";
import { openRun } from "../runs/store.ts";
import type { RunFolder } from "../runs/store.ts";
import { UsageError } from "../usage-error.ts";
import { evaluationBatchSize, predict } from "./evaluation.ts";
import type { Predictions } from "./evaluation.ts";
import { declareClassifier, evaluationProgram, withFrozen } from "./programs.ts";
import { readMgn } from "./read-mgn.ts";

export interface RunEvaluation {
  readonly config: ClassifierConfig;
  readonly run: RunFolder;
  readonly runsFolder: string;
  /** Which of its weights. */
  readonly weights: "validation-best" | "last";
}

/** Answers for `subset`; throws a UsageError where the run has no such weights. */
export async function evaluateRun(
  { config, run, runsFolder, weights: name }: RunEvaluation,
  subset: Subset,
  backend: Backend,
): Promise<Predictions> {
  const weights = await readWeights(run, `${name}.safetensors`);
  const { mgn, model, data } = config;
  const classifier = declareClassifier(
    model,
    mgn && {
      file: await readMgn("run" in mgn ? openRun(runsFolder, mgn.run) : run, data.dataset, model),
      form: mgn.form,
    },
  );
  const batchSize = evaluationBatchSize(model.imageSize);
  const executable = await backend.compile(evaluationProgram(classifier, batchSize));
  try {
    await executable.writeState(withFrozen(classifier, weights));
    return await predict(executable, subset, { batchSize, classes: model.classes });
  } finally {
    await executable.dispose();
  }
}

async function readWeights(
  run: RunFolder,
  file: "validation-best.safetensors" | "last.safetensors",
): Promise<Weights> {
  const bytes = await run.read(file);
  if (bytes === undefined) {
    throw new UsageError(
      `run ${run.id}: expected ${file}, found none, since the run is not finished. Repeat the command that began it.`,
    );
  }
  try {
    return decodeSafetensors(bytes, run.path(file)).weights;
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new UsageError(`${error.message}. Remove the run's folder to train it again.`);
  }
}
