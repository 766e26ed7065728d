/** @file Gives the data of a run its labels, with what its noise takes from another run. */
import { UserError } from "@mvt/common";
import type { Backend } from "@mvt/core";
import { labelledData } from "../data/labelled-data.ts";
import type { NoiseSources } from "../data/labelled-data.ts";
import type { Subset, TrainingData } from "../data/prepared.ts";
import { readPredictions } from "../runs/predictions.ts";
import type { NamedPredictions } from "../runs/predictions.ts";
import { openRun, readConfig } from "../runs/run-folder.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { evaluateRun } from "./evaluate-run.ts";

export interface LabelContext {
  readonly runsFolder: string;
  readonly backend: Backend;
  /** Class indices by sample id, of a configuration that names a list. */
  readonly listed?: ReadonlyMap<string, number>;
}

/** The data as the run is given them; its noise may need the predictions of a finished run. */
export async function dataOfRun(
  data: TrainingData,
  config: RunConfig,
  { runsFolder, backend, listed }: LabelContext,
): Promise<TrainingData> {
  const { noise } = config;
  const from = noise && "from" in noise ? noise.from : undefined;
  const sources =
    from === undefined
      ? {}
      : noise?.kind === "instance"
        ? await probabilitiesOf(openRun(runsFolder, from.run), data, { runsFolder, backend })
        : { matrix: confusionOf(await readPredictions(openRun(runsFolder, from.run)), data) };
  return labelledData(data, config.data.dataset, config, { ...sources, listed });
}

/** The probabilities of the run's validation-best weights for the training and the validation images. */
async function probabilitiesOf(
  run: RunFolder,
  data: TrainingData,
  { runsFolder, backend }: LabelContext,
): Promise<NoiseSources> {
  const config = await readConfig(run);
  if (config.kind !== "classifier") {
    throw new UserError(
      `run ${run.id}: expected a classifier, found a mask generator. Name a classifier by --noise-from.`,
    );
  }
  const { classes } = await readPredictions(run);
  const predict = async (subset: Subset) => {
    const evaluation = { config, run, runsFolder, weights: "validation-best" } as const;
    const { probabilities } = await evaluateRun(evaluation, subset, backend);
    return columnsOf(probabilities, classes, data.classes);
  };
  return {
    probabilities: { train: await predict(data.train), validation: await predict(data.validation) },
  };
}

/** Of [n, classes] the columns of the wanted classes, in their order: [n, wanted]. */
function columnsOf(
  values: Float32Array,
  classes: readonly string[],
  wanted: readonly string[],
): Float32Array {
  const places = wanted.map((name) => classes.indexOf(name));
  const [K, from] = [wanted.length, classes.length];
  const n = values.length / from;
  return Float32Array.from({ length: n * K }, (_, at) => {
    return values[Math.floor(at / K) * from + places[at % K]!]!;
  });
}

/** [K][K] how many test images of each class the run takes for each, in the order of the data's classes. */
function confusionOf(
  { classes, labels, predicted }: NamedPredictions,
  data: TrainingData,
): readonly (readonly number[])[] {
  return data.classes.map((right) =>
    data.classes.map((other) => {
      const [row, column] = [classes.indexOf(right), classes.indexOf(other)];
      return labels.reduce(
        (k, label, i) => k + Number(label === row && predicted[i] === column),
        0,
      );
    }),
  );
}
