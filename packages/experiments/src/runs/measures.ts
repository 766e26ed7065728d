/**
 * @file What a run measures in every epoch, by name: the columns of metrics.csv, the curves of `runs plot` and the scalars
 * of `runs tensorboard`.
 */
import type { RunConfig } from "../settings/run-config.ts";
import { readMetrics } from "./read-metrics.ts";
import { epochMetrics, mgnMetrics } from "./result.ts";
import type { EpochMetrics, MgnMetrics } from "./result.ts";
import type { RunFolder } from "./run-folder.ts";

/** One number per epoch. `Line`: a line of metrics.jsonl. */
interface Measure<Line> {
  /** For people: "Accuracy on test images". */
  readonly title: string;
  /** How TensorBoard groups it: what is before the slash is one group of charts. */
  readonly tag: string;
  /** Undefined in an epoch that did not measure it. */
  readonly of: (line: Line) => number | undefined;
  /** Whether it is a share of 1, which figures show in percent. */
  readonly share?: true;
}

type Measures<Line> = Readonly<Record<string, Measure<Line>>>;

const accuracy = (of: "train" | "validation" | "test", images: string): Measure<EpochMetrics> => ({
  title: `Accuracy on ${images}`,
  tag: `accuracy/${of}`,
  of: ({ [of]: counted }) => counted && counted.k / counted.n,
  share: true,
});

/** The measures of a classifier. */
export const classifierMeasures = {
  learning_rate: {
    title: "Learning rate",
    tag: "training/learning_rate",
    of: (line) => line.learningRate,
  },
  loss: { title: "Loss on training images", tag: "training/loss", of: (line) => line.loss },
  train_accuracy: accuracy("train", "training images"),
  validation_accuracy: accuracy("validation", "validation images"),
  test_accuracy: accuracy("test", "test images"),
  relabelled: {
    title: "Labels changed",
    tag: "training/relabelled",
    of: (line) => line.relabelled,
  },
} as const satisfies Readonly<Record<string, Measure<EpochMetrics>>>;

/** The measures of a mask generator; docs/guides/masks.md explains them. */
export const mgnMeasures = {
  loss_discriminator: {
    title: "Loss of the discriminator",
    tag: "loss/discriminator",
    of: (line) => line.LD,
  },
  loss_generator: { title: "Loss of the generator", tag: "loss/generator", of: (line) => line.LG },
  variance: {
    title: "Variance of the probabilities",
    tag: "loss/variance",
    of: (line) => line.variance,
  },
  area: { title: "|M_avg - m|", tag: "loss/area", of: (line) => line.area },
  accuracy_generated: {
    title: "Accuracy with generated masks",
    tag: "accuracy/generated",
    of: (line) => line.accuracyGm,
    share: true,
  },
  accuracy_random: {
    title: "Accuracy with random masks",
    tag: "accuracy/random",
    of: (line) => line.accuracyRm,
    share: true,
  },
  mask_area: { title: "Mean mask", tag: "masks/area", of: (line) => line.meanArea, share: true },
  mask_spread: { title: "Spread of the masks", tag: "masks/spread", of: (line) => line.spread },
  mask_bimodality: {
    title: "Bimodality of the masks",
    tag: "masks/bimodality",
    of: (line) => line.bimodality,
  },
  mask_position: {
    title: "Share of the masks' variance by position",
    tag: "masks/position",
    of: (line) => line.positionShare,
    share: true,
  },
} as const satisfies Readonly<Record<string, Measure<MgnMetrics>>>;

export type MeasureName = keyof typeof classifierMeasures | keyof typeof mgnMeasures;

/** Every measure, by what is trained. */
export const measures = { classifier: classifierMeasures, mgn: mgnMeasures };

export const measureNames = Object.values(measures).flatMap(Object.keys) as readonly MeasureName[];

/** One measure of a run in all its epochs. */
export interface Curve extends Pick<Measure<never>, "title" | "tag" | "share"> {
  readonly name: MeasureName;
  /** In the order of the epochs; undefined where it was not measured. */
  readonly values: readonly (number | undefined)[];
}

/** All measures of a classifier, in the order of `classifierMeasures`. */
export const classifierCurves = (metrics: readonly EpochMetrics[]) =>
  curvesOf(metrics, classifierMeasures);

/** All measures of a mask generator, in the order of `mgnMeasures`. */
export const mgnCurves = (metrics: readonly MgnMetrics[]) => curvesOf(metrics, mgnMeasures);

/** All measures of a run, finished or not, from its metrics.jsonl. Throws a UserError that names the file if it is damaged. */
export async function readCurves(
  run: RunFolder,
  { kind }: Pick<RunConfig, "kind">,
): Promise<readonly Curve[]> {
  return kind === "mgn"
    ? mgnCurves(await readMetrics(run, mgnMetrics))
    : classifierCurves(await readMetrics(run, epochMetrics));
}

function curvesOf<Line>(lines: readonly Line[], ofKind: Measures<Line>): readonly Curve[] {
  return Object.entries(ofKind).map(([name, { of, ...about }]) => ({
    name: name as MeasureName,
    ...about,
    values: lines.map(of),
  }));
}
