/** @file Data sets that are known by their counts alone, so that runs can be planned without a single image. */
import { sum } from "@mvt/common";
import { affectnetClasses, datasets, ferplusClasses, rafDbClasses } from "@mvt/datasets";
import type { Dataset, DatasetName, Expression, SyntheticName } from "@mvt/datasets";
import type { PreparedSets } from "../src/data/prepared-sets.ts";
import { validationShare } from "../src/data/prepared-sets.ts";
import type { LabelledSubset, PreparedData } from "../src/data/prepared.ts";
import type { DataRequest } from "../src/data/source.ts";
import { canonicalJson } from "../src/settings/run-config.ts";

/** The published sets that have counts, with the layout and the protocol in which they are counted. */
export const countedSets = {
  "raf-db": { classes: rafDbClasses, layout: "official", protocol: "basic" },
  ferplus: { classes: ferplusClasses, layout: "csv", protocol: "argmax-10" },
  "affectnet-7": { classes: affectnetClasses.slice(0, 7), layout: "npy", protocol: "7 classes" },
  "affectnet-8": { classes: affectnetClasses, layout: "npy", protocol: "8 classes" },
} as const satisfies Partial<Record<DatasetName, Layout>>;
export type CountedName = keyof typeof countedSets;

interface Layout {
  readonly classes: readonly Expression[];
  readonly layout: string;
  readonly protocol: string;
}

type Counts = Readonly<Record<"train" | "validation" | "test", readonly number[]>>;

/** As many images of each class as the published set has. */
export function publishedSet(name: CountedName): PreparedData {
  const { classes, ...about } = countedSets[name];
  const empty = { train: [], validation: [], test: [] };
  const counts = datasets[name].publishedCounts!({ ...about, classes, splits: empty })!;
  return setOf(name, counts, { key: "published" });
}

/** As many drawn faces as a scale or a study draws, of every class as many. */
function drawnSet(
  name: CountedName & SyntheticName,
  spec: DataRequest["scale"]["synthetic"],
): PreparedData {
  const K = countedSets[name].classes.length;
  const spread = (count = 0) =>
    Array.from({ length: K }, (_, k) => Math.floor(count / K) + Number(k < count % K));
  const { train, validation, test } = spec.counts[name];
  const counts = { train: spread(train), validation: spread(validation), test: spread(test) };
  return setOf(name, counts, { key: canonicalJson(spec), labelNoise: spec.labelNoise });
}

function setOf(
  name: CountedName,
  counts: Counts,
  { key, labelNoise }: { readonly key: string; readonly labelNoise?: number },
): PreparedData {
  const { classes, layout, protocol } = countedSets[name];
  const ownValidation = sum(counts.validation) > 0;
  const heldOut = counts.train.map((n) => (ownValidation ? 0 : Math.round(validationShare * n)));
  const train = subsetOf(counts.train.map((n, k) => n - heldOut[k]!));
  const validation = subsetOf(ownValidation ? counts.validation : heldOut);
  const drawn = labelNoise !== undefined;
  // A part of the labels is wrong, so that rows on true labels are runs of their own.
  const wrong = Math.round((labelNoise ?? 0) * train.labels.length);
  const truthOf = ({ labels }: LabelledSubset) =>
    labels.map((label, i) => (i < wrong ? (label + 1) % classes.length : label));
  const dataset: Dataset = {
    name,
    title: datasets[name].title,
    folder: "",
    layout,
    protocol,
    classes,
    // Only whether there are validation images is asked of it.
    splits: {
      train: [],
      validation: ownValidation ? [{ id: "", image: nothing, expression: classes[0] }] : [],
      test: [],
    },
    ...(drawn && {
      groundTruth: { expressions: new Map(), labelNoise, expressionEnergy: (id: string) => id },
    }),
  };
  return {
    dataset,
    classes,
    train,
    validation,
    test: subsetOf(counts.test),
    ...(drawn && { trainTruth: truthOf(train), validationTruth: truthOf(validation) }),
    fingerprint: `${name} ${key}`,
    validationShare,
    imageSize: 224,
    open: () => Promise.reject(new Error("there are counts, and no images")),
  };
}

const nothing = { kind: "pixels", width: 1, height: 1, grey: new Uint8Array(1) } as const;

function subsetOf(counts: readonly number[]): LabelledSubset {
  const labels = Int32Array.from(counts.flatMap((n, k) => Array.from({ length: n }, () => k)));
  return { rows: labels, ids: [], labels };
}

/** The sets of a command: the published ones for --data, those that are drawn without. */
export function countedPreparedSets(request: DataRequest): PreparedSets {
  const made = new Map<string, PreparedData>();
  const once = async (key: string, make: () => PreparedData) => made.getOrInsertComputed(key, make);
  const synthetic: PreparedSets["synthetic"] = (name, spec) =>
    once(`${name} ${canonicalJson(spec)}`, () =>
      drawnSet(name as CountedName & SyntheticName, spec),
    );
  return {
    request,
    synthetic,
    get: (name) =>
      request.data === undefined
        ? synthetic(name, request.scale.synthetic)
        : once(name, () => publishedSet(name as CountedName)),
  };
}
