/** @file Whether two finished runs predicted the same images, and their predictions image by image. */
import { UserError } from "@mvt/common";
import type { ClassifierConfig } from "../settings/run-config.ts";
import type { NamedPredictions } from "./predictions.ts";

export interface PredictedRun {
  readonly id: string;
  readonly config: ClassifierConfig;
  readonly predictions: NamedPredictions;
}

/**
 * The predictions of the second run in the order of the first one's images.
 *
 * The same images: one data set, one list of classes, the same ids with the same labels. Published ids
 * name an image for good. Those of synthetic sets do not (every set has a test_0001), so there the
 * fingerprints must agree too. Throws a UserError that says in what they differ.
 */
export function alignPredictions(first: PredictedRun, second: PredictedRun): NamedPredictions {
  const refuse = (expected: string, found: string, advice: string) =>
    new UserError(
      `runs ${first.id} and ${second.id}: expected ${expected}, found ${found}. ${advice}`,
    );
  const [a, b] = [first.config.data, second.config.data];
  if (a.dataset !== b.dataset || a.kind !== b.kind) {
    throw refuse(
      "runs on one data set",
      `${a.kind} ${a.dataset} and ${b.kind} ${b.dataset}`,
      "`pnpm exp runs list` shows which run is on what.",
    );
  }
  if (a.kind === "synthetic" && a.fingerprint !== b.fingerprint) {
    throw refuse(
      "runs on the same synthetic images",
      `two sets whose images only share their names (fingerprints ${a.fingerprint.slice(0, 12)} and ${b.fingerprint.slice(0, 12)})`,
      "Compare runs of one --scale.",
    );
  }
  const [x, y] = [first.predictions, second.predictions];
  if (x.classes.join() !== y.classes.join()) {
    throw refuse(
      "the same classes",
      `${x.classes.join(", ")} and ${y.classes.join(", ")}`,
      "Compare runs of one labelling protocol.",
    );
  }
  const places = new Map(y.ids.map((id, i) => [id, i]));
  const known = new Set(x.ids);
  const [missing, extra] = [
    x.ids.filter((id) => !places.has(id)),
    y.ids.filter((id) => !known.has(id)),
  ];
  if (missing.length + extra.length > 0) {
    throw refuse(
      "predictions for the same images",
      [
        ...(missing.length > 0
          ? [`${missing.length} that only the first has (${missing[0]})`]
          : []),
        ...(extra.length > 0 ? [`${extra.length} that only the second has (${extra[0]})`] : []),
      ].join(" and "),
      "Compare runs of one data set, layout and labelling protocol.",
    );
  }
  const order = x.ids.map((id) => places.get(id)!);
  const aligned: NamedPredictions = {
    classes: y.classes,
    ids: x.ids,
    labels: Int32Array.from(order, (at) => y.labels[at]!),
    predicted: Int32Array.from(order, (at) => y.predicted[at]!),
  };
  const at = x.labels.findIndex((label, i) => label !== aligned.labels[i]);
  if (at !== -1) {
    throw refuse(
      "the same label for every image",
      `${x.classes[x.labels[at]!]} and ${x.classes[aligned.labels[at]!]} for ${x.ids[at]}`,
      "Compare runs of one labelling protocol.",
    );
  }
  return aligned;
}
