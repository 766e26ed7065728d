/** @file Plans the labels of a run: which noise its configuration names, and what that noise needs. */
import { UserError } from "@mvt/common";
import { applyLabelList, matrixFor } from "@mvt/datasets";
import type { Expression, LabelList, ListedLabels, NoiseKind, NoiseMatrix } from "@mvt/datasets";
import { countWrong } from "../data/labelled-data.ts";
import { isHeldOut } from "../data/prepared.ts";
import type { PreparedData } from "../data/prepared.ts";
import type { PlannedClassifier } from "../runs/planned-run.ts";
import { noiseTitle } from "../runs/provenance.ts";
import type { LabelConfig, NoiseConfig } from "../settings/run-config.ts";

/** The run that noise comes from: a finished one, or one that is planned and comes first. */
export interface NoiseSource {
  readonly id: string;
  readonly classes: readonly Expression[];
  /** In pixels. */
  readonly imageSize: number;
  readonly planned?: PlannedClassifier;
}

/** Noise as it is asked for: drawn, or read from a list. */
export type NoiseRequest = DrawnNoise | { readonly kind: "list"; readonly list: LabelList };

/** A rate of 0 is no noise, on faces without drawn-in noise. */
export interface DrawnNoise {
  readonly kind: NoiseKind;
  readonly rate: number;
  readonly seed: number;
  /** For pair and confusable: what each class is taken for. */
  readonly matrix?: NoiseMatrix;
  /** For pair and confusable instead of a matrix; needed for instance. */
  readonly from?: NoiseSource;
}

/** What is asked for of the labels of a run. */
export interface LabelRequest {
  readonly noise?: NoiseRequest;
  readonly trueLabels?: boolean;
  /** Noisy if absent. */
  readonly validationLabels?: "noisy" | "clean";
}

export interface PlannedLabels {
  readonly config: LabelConfig;
  /** "20 % symmetric noise", for the titles of runs; empty for labels as they are. */
  readonly titles: readonly string[];
  /** The run that the noise comes from, if it is planned. */
  readonly after: readonly PlannedClassifier[];
  /** Class indices by sample id, of a list. */
  readonly listed?: ReadonlyMap<string, number>;
}

/** A planned run as a source of noise for others. */
export function noiseSource(planned: PlannedClassifier): NoiseSource {
  const { id, data, config } = planned;
  return { id, classes: data.classes, imageSize: config.model.imageSize, planned };
}

/**
 * The keys that a run's configuration gets. Those without effect are left out, so that equal training has one id: noise of
 * rate 0, true labels where none is wrong, and noise that neither training nor validation would see.
 *
 * Throws UserError if true labels are asked for and not known, or if the noise does not fit the data.
 */
export function planLabels(
  data: PreparedData,
  { noise: request, trueLabels = false, validationLabels = "noisy" }: LabelRequest,
): PlannedLabels {
  if (request !== undefined && data.dataset.trueExpressions !== undefined) {
    throw new UserError(
      `--noise and --ferplus-labels fer2013: expected one of them on ${data.dataset.title}, got both. FER2013's labels are noisy as they are.`,
    );
  }
  requireTruth(data, { noise: request, trueLabels, validationLabels });
  const listed = request?.kind === "list" ? applyLabelList(request.list, data.dataset) : undefined;
  const drawn = request?.kind === "list" ? undefined : request;
  const wanted = listed ? listConfig(data, listed) : drawn && noiseConfig(data, drawn);
  const reachesValidation =
    validationLabels === "noisy" &&
    wanted !== undefined &&
    (wanted.kind !== "list" || isHeldOut(data));
  const noise = trueLabels && !reachesValidation ? undefined : wanted;
  const isTrue =
    trueLabels && (noise !== undefined || countWrong(data.train.labels, data.trainTruth) > 0);
  const isClean =
    validationLabels === "clean" &&
    (noise !== undefined || countWrong(data.validation.labels, data.validationTruth) > 0);
  const planned = noise && drawn?.from?.planned;
  return {
    config: {
      ...(noise && { noise }),
      ...(isTrue && { labels: "true" }),
      ...(isClean && { validationLabels: "clean" }),
    },
    titles: [
      ...(isTrue ? ["true labels"] : []),
      ...(noise ? [`${noiseTitle(noise)}${isTrue ? " in validation" : ""}`] : []),
      ...(request && !noise && !isTrue && data.dataset.groundTruth ? ["no label noise"] : []),
      ...(isClean ? ["clean validation labels"] : []),
    ],
    after: planned ? [planned] : [],
    ...(noise && listed && { listed: listed.labels }),
  };
}

function requireTruth(
  { dataset: { title }, trainTruth }: PreparedData,
  { noise, trueLabels, validationLabels }: LabelRequest,
): void {
  if (noise !== undefined || trainTruth !== undefined) return;
  if (!trueLabels && validationLabels !== "clean") return;
  const what = trueLabels ? "true labels" : "clean validation labels";
  throw new UserError(
    `${title}: expected data whose wrong labels are known for ${what}, found labels of unknown quality. Put noise into them with --noise, or leave the option out.`,
  );
}

function listConfig({ train, trainTruth }: PreparedData, { labels, sha256 }: ListedLabels) {
  const given = train.labels.map((label, i) => labels.get(train.ids[i]!) ?? label);
  return {
    kind: "list",
    sha256,
    wrong: countWrong(given, trainTruth ?? train.labels),
    unlisted: train.ids.filter((id) => !labels.has(id)).length,
  } as const;
}

function noiseConfig(
  { dataset, classes, imageSize: size }: PreparedData,
  { kind, rate, seed, matrix, from }: DrawnNoise,
): NoiseConfig | undefined {
  if (rate === 0) return undefined;
  if (from !== undefined) requireFit(from, { title: dataset.title, classes, size });
  return {
    kind,
    rate,
    seed,
    ...(matrix && { matrix: matrixFor(matrix, classes, dataset.title) }),
    ...(from && { from: { run: from.id } }),
  };
}

/** The run must know every class of the data and read images of their size. */
function requireFit(
  { id, classes, imageSize }: NoiseSource,
  data: { readonly title: string; readonly classes: readonly string[]; readonly size: number },
): void {
  const missing = data.classes.filter((name) => !classes.some((known) => known === name));
  if (missing.length > 0) {
    throw new UserError(
      `--noise-from ${id}: expected a run that knows the classes of ${data.title}, found none of ${missing.join(", ")} in it. Name a run on data with these classes.`,
    );
  }
  if (imageSize === data.size) return;
  throw new UserError(
    `--noise-from ${id}: expected a run on images of ${data.size} x ${data.size} pixels, found one on ${imageSize} x ${imageSize}. Name a run of the same scale.`,
  );
}
