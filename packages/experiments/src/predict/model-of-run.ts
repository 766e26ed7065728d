/** @file A finished run as a model that predicts images: what `export` would write, in memory and without a file. */
import { describeModel, loadMvt, preprocessingOf } from "@mvt/core";
import { encodePortable, withMetadata } from "@mvt/core/portable";
import type { ExplanationName, LoadOptions, Mvt } from "@mvt/core";
import { maskOf } from "../export/describe-run.ts";
import { exportProgram } from "../export/export-program.ts";
import { readPredictions } from "../runs/predictions.ts";
import { openClassifier } from "../training/evaluate-run.ts";
import type { RunEvaluation } from "../training/evaluate-run.ts";

/** Throws a UserError where the run has no such weights, or no predictions, which name its classes. */
export async function openRunModel(
  evaluation: RunEvaluation,
  { explain, ...load }: LoadOptions & { readonly explain: readonly ExplanationName[] },
): Promise<Mvt> {
  const { config, run } = evaluation;
  const opened = await openClassifier(evaluation);
  const { classes } = await readPredictions(run);
  const graph = encodePortable({
    program: (batchSize) => exportProgram(opened.classifier, "bytes", batchSize, explain),
    weights: opened.weights,
  });
  const description = describeModel({
    input: "bytes",
    classes,
    preprocessing: preprocessingOf(config.model),
    ...maskOf(config, opened),
    precision: "float32",
    explanations: explain.length === 0 ? undefined : explain,
    about: { run: run.id },
  });
  return loadMvt(withMetadata(graph, description), load);
}
