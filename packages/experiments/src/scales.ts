/**
 * @file The one dial: what `smoke`, `quick` and `paper` stand for.
 */
import { deit } from "@mvt/core";
import { type Augmentation, datasets, defaultAugmentation, syntheticNames } from "@mvt/datasets";
import type { DatasetName, Difficulty, DifficultyName, SyntheticName } from "@mvt/datasets";
import type { MgnTrainingConfig, TrainingConfig } from "./config.ts";

export const scaleNames = ["smoke", "quick", "paper"] as const;
export type ScaleName = (typeof scaleNames)[number];

/** Images of a synthetic set. RAF-DB and AffectNet have no validation split of their own. */
export interface SyntheticCounts {
  readonly train: number;
  readonly validation?: number;
  readonly test: number;
}

export interface SyntheticSpec {
  readonly seed: number;
  readonly difficulty: DifficultyName;
  /** What differs from it. */
  readonly knobs?: Partial<Difficulty>;
  /** Share of training labels that are wrong. */
  readonly labelNoise: number;
  readonly counts: Readonly<Record<SyntheticName, SyntheticCounts>>;
}

export interface Scale {
  readonly name: ScaleName;
  readonly about: string;
  readonly model: Omit<deit.VitConfig, "classes">;
  readonly training: TrainingConfig;
  /** Of mask generators. */
  readonly mgn: MgnTrainingConfig;
  /** Both as they are on AffectNet, where that is otherwise. */
  readonly affectnet?: { readonly training: TrainingConfig; readonly mgn: MgnTrainingConfig };
  /** Too small for more than one thread to help: several runs train at once instead. */
  readonly smallModel: boolean;
  readonly relabelStart: number;
  readonly seeds: number;
  /** What is drawn where no --data is given. */
  readonly synthetic: SyntheticSpec;
  /** The stand-in for ImageNet: one run on easier faces that every other run starts from. */
  readonly pretraining?: { readonly data: SyntheticSpec; readonly training: TrainingConfig };
  /** How those of `pnpm exp clutter` train: from scratch, unless --weights names a file. */
  readonly clutter: {
    readonly counts: SyntheticCounts;
    /** The share to be removed. */
    readonly m: number;
    readonly training: TrainingConfig;
    readonly mgn: MgnTrainingConfig;
  };
  /** How those of `pnpm exp mask-factors` train; what it changes comes on top. */
  readonly maskFactors: {
    readonly counts: SyntheticCounts;
    readonly training: TrainingConfig;
    readonly mgn: MgnTrainingConfig;
  };
}

/** Counts of every data set that can be drawn: those given by its folder, since AffectNet has one for two names, or `usual`. */
function countsOf(
  usual: SyntheticCounts,
  others: Readonly<Record<string, SyntheticCounts>>,
): SyntheticSpec["counts"] {
  return Object.fromEntries(
    syntheticNames.map((name) => [name, others[datasets[name].folder] ?? usual]),
  ) as SyntheticSpec["counts"];
}

/** Small pictures and small models: colours hardly changed, faces moved by a pixel or two. */
const smallAugmentation: Augmentation = {
  flip: 0.5,
  shift: { pixels: 2, padding: "edge" },
  jitter: { brightness: 0.2, contrast: 0.2, saturation: 0.2 },
  erasing: { p: 0.25, scale: [0.02, 0.15], ratio: [0.3, 3.3], value: "mean" },
};

/** From scratch a tiny transformer wants a rise, a fast decay of the squares, and clipping. */
const fromScratch: TrainingConfig = {
  epochs: 26,
  batchSize: 32,
  schedule: { kind: "cosine", learningRate: 2e-3, warmupEpochs: 1.5 },
  adamw: { betas: [0.9, 0.99], weightDecay: 0.05, clipNorm: 1 },
  augmentation: { ...smallAugmentation, erasing: false },
};

/** A tiny generator wants larger steps than its discriminator, which has learnt already. */
const smallMgn: MgnTrainingConfig = {
  epochs: 5,
  batchSize: 32,
  learningRate: { discriminator: 2e-4, generator: 3e-3 },
  adamw: fromScratch.adamw,
  augmentation: smallAugmentation,
  lambda: 1, // Eq. 2
  polarity: "remove",
  space: "pixel",
};

/** From a pre-trained start: a gentler rate, and pictures that are erased in part. */
const fromPretrained: TrainingConfig = {
  ...fromScratch,
  epochs: 16,
  schedule: { kind: "cosine", learningRate: 1e-3, warmupEpochs: 0.5 },
  augmentation: smallAugmentation,
};

/**
 * So few faces that a classifier learns their surroundings by heart, and long enough that it does. A
 * share of 0.15 would be 5 of 36 patches, too few to matter. The generator trains longer than in the
 * tables, with rates that fall to zero, against a discriminator that learns faster: on so few pictures
 * it has much to learn.
 */
const amongClutter = {
  counts: { train: 500, test: 1000 },
  m: 0.5,
  training: { ...fromScratch, epochs: 80, augmentation: smallAugmentation, tests: "at-end" },
  mgn: {
    ...smallMgn,
    epochs: 60,
    learningRate: { discriminator: 1e-3, generator: 1e-3 },
    decay: "cosine",
  },
} as const satisfies Scale["clutter"];

const maskFactors: Scale["maskFactors"] = {
  counts: { train: 2000, test: 500 },
  training: { ...fromPretrained, epochs: 30, tests: "at-end" },
  mgn: { ...smallMgn, epochs: 10 },
};

/** How classifiers and mask generators train on a data set. */
export function trainingOn(
  dataset: DatasetName,
  { training, mgn, affectnet: rules }: Scale,
): { readonly training: TrainingConfig; readonly mgn: MgnTrainingConfig } {
  return (datasets[dataset].folder === "affectnet" && rules) || { training, mgn };
}

/** Section 4.2. */
const paperTraining: TrainingConfig = {
  epochs: 40, // not stated; at γ = 0.9 the rate is 1.5e-6 by then
  batchSize: 32,
  // 9e-5 "decreased at an exponential rate"; γ as in SCN's code.
  schedule: { kind: "exponential", learningRate: 9e-5, gamma: 0.9, warmupEpochs: 0 },
  adamw: { betas: [0.9, 0.999], weightDecay: 0.01 }, // torch.optim.AdamW's own
  augmentation: defaultAugmentation,
};

const paperMgn: MgnTrainingConfig = {
  epochs: 10, // not stated
  batchSize: 32,
  learningRate: { discriminator: 9e-5, generator: 9e-5 }, // not stated; as the classifier's
  adamw: { betas: [0.9, 0.999], weightDecay: 0.01 },
  augmentation: defaultAugmentation,
  lambda: 1, // Eq. 2
  polarity: "remove",
  space: "pixel",
};

export const scales: Readonly<Record<ScaleName, Scale>> = {
  smoke: {
    name: "smoke",
    about: "every step of the way in about a minute; the numbers mean nothing",
    model: deit.variants.nano,
    training: { ...fromScratch, epochs: 12 },
    mgn: { ...smallMgn, epochs: 2 },
    smallModel: true,
    relabelStart: 9,
    seeds: 1,
    clutter: {
      ...amongClutter,
      counts: { train: 300, test: 100 },
      training: { ...fromScratch, epochs: 4, tests: "at-end" },
      mgn: { ...smallMgn, epochs: 1 },
    },
    maskFactors: {
      counts: { train: 300, test: 100 },
      training: { ...fromScratch, epochs: 4, tests: "at-end" },
      mgn: { ...smallMgn, epochs: 1 },
    },
    synthetic: {
      seed: 1,
      difficulty: "easy",
      labelNoise: 0.15,
      counts: countsOf(
        { train: 600, test: 150 },
        {
          ferplus: { train: 600, validation: 80, test: 150 },
          affectnet: { train: 600, test: 160 },
        },
      ),
    },
  },
  quick: {
    name: "quick",
    about: "a table in a few minutes on two cores: a tiny transformer on synthetic faces",
    model: deit.variants.nano,
    training: fromPretrained,
    mgn: smallMgn,
    smallModel: true,
    relabelStart: 10,
    seeds: 2,
    clutter: amongClutter,
    maskFactors,
    synthetic: {
      seed: 1,
      difficulty: "standard",
      labelNoise: 0.15,
      counts: countsOf(
        { train: 2000, test: 500 },
        {
          ferplus: { train: 2000, validation: 250, test: 500 },
          affectnet: { train: 2000, test: 480 },
        },
      ),
    },
    pretraining: {
      data: {
        seed: 2,
        difficulty: "easy",
        labelNoise: 0,
        counts: countsOf(
          { train: 2000, test: 300 },
          {
            ferplus: { train: 2000, validation: 250, test: 300 },
            affectnet: { train: 2000, test: 320 },
          },
        ),
      },
      training: fromScratch,
    },
  },
  paper: {
    name: "paper",
    about: "DeiT-S at 224 x 224 with the paper's schedule: hours on many cores or a GPU",
    model: deit.variants["S/16"],
    training: paperTraining,
    mgn: paperMgn,
    affectnet: {
      training: {
        ...paperTraining,
        schedule: { ...paperTraining.schedule, learningRate: 1e-5 }, // section 4.2
        sampler: "balanced", // "Oversampling is used" (Table 4)
        stopAtTrainAccuracy: 0.65, // "should not be too high (i.e. 65% for AffectNet)" (section 4.3)
      },
      mgn: { ...paperMgn, learningRate: { discriminator: 1e-5, generator: 1e-5 } },
    },
    smallModel: false,
    relabelStart: 10, // Figure 5(b)
    seeds: 1,
    clutter: {
      counts: { train: 12_271, test: 3068 },
      m: 0.5,
      training: paperTraining,
      mgn: paperMgn,
    },
    maskFactors: {
      counts: { train: 12_271, test: 3068 },
      training: paperTraining,
      mgn: paperMgn,
    },
    synthetic: {
      seed: 1,
      difficulty: "standard",
      labelNoise: 0.15,
      counts: countsOf(
        { train: 12_271, test: 3068 },
        {
          ferplus: { train: 28_389, validation: 3553, test: 3546 },
          affectnet: { train: 28_765, test: 4000 }, // of 287,651 training images a tenth
        },
      ),
    },
  },
};
