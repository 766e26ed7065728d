/** @file Configurations of runs from their data and a scale, for planned runs and for programs that train their own. */
import { policyDefaults, thresholdFingerprint } from "@mvt/relabel";
import type { RelabelPolicy } from "@mvt/relabel";
import type { PreparedData } from "../data/prepared.ts";
import { numerics } from "../settings/numerics.ts";
import type { ClassifierConfig, RelabelConfig } from "../settings/run-config.ts";
import { trainingOn } from "../settings/scales.ts";
import type { Scale } from "../settings/scales.ts";
import { dataKind } from "./provenance.ts";

/** What the configurations of all runs have. */
export function commonConfig(data: PreparedData, { model }: Pick<Scale, "model">, seed: number) {
  return {
    format: 1 as const,
    numerics,
    data: {
      dataset: data.dataset.name,
      kind: dataKind(data.dataset),
      layout: data.dataset.layout,
      protocol: data.dataset.protocol,
      fingerprint: data.fingerprint,
      validationShare: data.validationShare,
    },
    model: { ...model, classes: data.classes.length },
    seed,
  };
}

/** Relabelling, as a configuration says it. What Eq. 6 decides on by default is left out. */
export function relabelConfig({
  threshold,
  delta = policyDefaults.delta,
  reference = policyDefaults.reference,
  predictions,
  startEpoch = policyDefaults.startEpoch,
  minTrainAccuracy,
}: RelabelPolicy): RelabelConfig {
  const { name, parameters } = threshold;
  return withoutAbsent({
    threshold: { name, parameters, fingerprint: thresholdFingerprint(threshold) },
    delta,
    reference,
    predictions: predictions === "step" ? undefined : predictions,
    startEpoch,
    minTrainAccuracy,
  });
}

/** What sets classifiers on the same data and at the same scale apart. */
export interface ClassifierOptions {
  /** Default 0. */
  readonly seed?: number;
  /** Dynamic relabelling; none if absent. `startEpoch` is the scale's by default. */
  readonly relabel?: RelabelPolicy;
}

/**
 * The configuration of a classifier that is trained from scratch on images without masks. Data and scale have images of
 * the same size. Other settings are changed in the object that it returns: it is plain data.
 */
export function classifierConfig(
  data: PreparedData,
  scale: Scale,
  { seed = 0, relabel }: ClassifierOptions = {},
): ClassifierConfig {
  const { training } = trainingOn(data.dataset.name, scale);
  return withoutAbsent({
    kind: "classifier",
    ...commonConfig(data, scale, seed),
    training,
    relabel: relabel && relabelConfig({ startEpoch: scale.relabelStart, ...relabel }),
  });
}

/** The configuration without the keys that are undefined, as its JSON has it. */
export function withoutAbsent<Config extends object>(config: Config): Config {
  const present = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Config;
}
