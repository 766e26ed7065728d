/** @file Makes the predictions of a finished run again, from its weights and the data that the options name. */
import { UserError } from "@mvt/common";
import { withoutFold } from "../data/folds.ts";
import { createPreparedSets } from "../data/prepared-sets.ts";
import { openRequested } from "../engine/engine.ts";
import type { RemadePredictions } from "../runs/repair.ts";
import { heldOutCsv } from "../runs/held-out.ts";
import { predictionsCsv } from "../runs/predictions.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { findData } from "../studies/find-data.ts";
import { evaluateRun } from "../training/evaluate-run.ts";
import { dataOfRun } from "../training/run-labels.ts";
import type { ArgsOf } from "./command.ts";
import { classifierConfigOf } from "./evaluation-report.ts";
import type { dataOptions, engineOptions, runsOption } from "./options.ts";
import { createProgress } from "./progress.ts";
import { scaleOfRun } from "./request.ts";

type Args = ArgsOf<
  typeof dataOptions & typeof engineOptions & { readonly runs: typeof runsOption }
>;

/** The content of predictions.csv or held-out.csv. It throws a UserError where the data are others than the run's. */
export function remakePredictions(args: Args) {
  return async (run: RunFolder, file: RemadePredictions): Promise<string> => {
    const config = await classifierConfigOf(run);
    const scale = await scaleOfRun(run, config, args);
    const progress = createProgress();
    const sets = createPreparedSets({ ...args, scale }, progress);
    const data = await (await findData(config, sets)).open();
    progress.end();
    const backend = await openRequested(args);
    const evaluation = { config, run, runsFolder: args.runs };
    if (file === "predictions.csv") {
      const chosen = { ...evaluation, weights: "validation-best" } as const;
      const predictions = await evaluateRun(chosen, data.test, backend);
      return predictionsCsv(data.classes, data.test, predictions);
    }
    if (config.fold === undefined || config.noise?.kind === "list") {
      throw new UserError(
        `${run.path(file)}: expected a fold of labels that the data have, found ${config.fold ? "those of a list of noisy labels" : "no fold"}. Remove the run's folder to train it again.`,
      );
    }
    const labelled = await dataOfRun(data, config, { runsFolder: args.runs, backend });
    const { heldOut } = withoutFold(labelled, config.fold);
    const predictions = await evaluateRun({ ...evaluation, weights: "last" }, heldOut, backend);
    return heldOutCsv(data.classes, heldOut, predictions);
  };
}
