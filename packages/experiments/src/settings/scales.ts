/** @file Scales: the model, image size, epochs, image counts and seeds behind `smoke`, `quick` and `paper`. */
import { deit } from "@mvt/core";
import type { BackboneConfig } from "@mvt/core";
import { type Augmentation, datasets, defaultAugmentation, syntheticNames } from "@mvt/datasets";
import type { DatasetName, Difficulty, DifficultyName, SyntheticName } from "@mvt/datasets";
import { defaultRecipe, recipes } from "./recipes.ts";
import type { RecipeName } from "./recipes.ts";
import { assignmentsOf } from "./setting-paths.ts";
import { override, settings } from "./training.ts";
import type { MgnTrainingConfig, TrainingConfig } from "./training.ts";

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
  /** Parameters that differ from those of the difficulty. */
  readonly knobs?: Partial<Difficulty>;
  /** Share of training labels that are wrong. */
  readonly labelNoise: number;
  readonly counts: Readonly<Record<SyntheticName, SyntheticCounts>>;
}

/** How classifiers and mask generators train. */
export interface TrainingSettings {
  readonly training: TrainingConfig;
  /** Of mask generators. */
  readonly mgn: MgnTrainingConfig;
}

export interface Scale extends TrainingSettings {
  readonly name: ScaleName;
  readonly model: BackboneConfig;
  /** Data sets on which training differs. */
  readonly onDataset?: Partial<Readonly<Record<DatasetName, TrainingSettings>>>;
  /** The model is too small to gain from more than one thread, so several runs train at once. */
  readonly smallModel: boolean;
  readonly relabelStart: number;
  readonly seeds: number;
  /** What is drawn where no --data is given. */
  readonly synthetic: SyntheticSpec;
  /** Replaces pre-training on ImageNet: one run on easier faces from which every other run starts. */
  readonly pretraining?: { readonly data: SyntheticSpec; readonly training: TrainingConfig };
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

/** For small images and models: weak colour jitter, and shifts by a pixel or two. */
export const smallAugmentation: Augmentation = {
  flip: 0.5,
  shift: { pixels: 2, padding: "edge" },
  jitter: { brightness: 0.2, contrast: 0.2, saturation: 0.2 },
  erasing: { p: 0.25, scale: [0.02, 0.15], ratio: [0.3, 3.3], value: "mean" },
};

/** For a tiny transformer trained from scratch: warm-up, a low beta2, and gradient clipping. */
export const fromScratch: TrainingConfig = {
  epochs: 26,
  batchSize: 32,
  schedule: { kind: "cosine", learningRate: 2e-3, warmupEpochs: 1.5 },
  adamw: { betas: [0.9, 0.99], weightDecay: 0.05, clipNorm: 1 },
  augmentation: { ...smallAugmentation, erasing: false },
};

/** A tiny generator needs a higher rate than its discriminator, which starts from a trained classifier. */
export const smallMgn: MgnTrainingConfig = {
  epochs: 5,
  batchSize: 32,
  learningRate: { discriminator: 2e-4, generator: 3e-3 },
  adamw: fromScratch.adamw,
  augmentation: smallAugmentation,
  lambda: 1, // Eq. 2
  polarity: "remove",
  space: "pixel",
};

/** For fine-tuning: a lower rate, and random erasing. */
export const fromPretrained: TrainingConfig = {
  ...fromScratch,
  epochs: 16,
  schedule: { kind: "cosine", learningRate: 1e-3, warmupEpochs: 0.5 },
  augmentation: smallAugmentation,
};

/**
 * Flips and shifts only. A classifier that trains with it learns its wrong labels by heart, so that Table 2 can tell what
 * relabelling does; with jitter and erasing it hardly does.
 */
const memorising: Augmentation = { ...smallAugmentation, jitter: false, erasing: false };

/** How classifiers and mask generators train on a data set. */
export function trainingOn(dataset: DatasetName, scale: Scale): TrainingSettings {
  const { training, mgn } = scale.onDataset?.[dataset] ?? scale;
  return { training, mgn };
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

const paperOnAffectnet: TrainingSettings = {
  training: {
    ...paperTraining,
    schedule: { ...paperTraining.schedule, learningRate: 1e-5 }, // section 4.2
    sampler: "balanced", // "Oversampling is used" (Table 4)
    stopAtTrainAccuracy: 0.65, // "should not be too high (i.e. 65% for AffectNet)" (section 4.3)
  },
  mgn: { ...paperMgn, learningRate: { discriminator: 1e-5, generator: 1e-5 } },
};

export const scales: Readonly<Record<ScaleName, Scale>> = {
  smoke: {
    name: "smoke",
    model: deit.variants.nano,
    training: { ...fromScratch, epochs: 12 },
    mgn: { ...smallMgn, epochs: 2 },
    smallModel: true,
    relabelStart: 9,
    seeds: 1,
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
    model: deit.variants.nano,
    training: { ...fromPretrained, augmentation: memorising },
    mgn: { ...smallMgn, epochs: 16 }, // on half as many faces, whose labels are noisier
    smallModel: true,
    relabelStart: 8,
    seeds: 5,
    synthetic: {
      seed: 1,
      difficulty: "standard",
      labelNoise: 0.3,
      counts: countsOf(
        { train: 1000, test: 500 },
        {
          ferplus: { train: 1000, validation: 150, test: 500 },
          affectnet: { train: 1000, test: 480 },
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
      training: { ...fromScratch, tests: "at-end" }, // its test images interest nobody before
    },
  },
  paper: {
    name: "paper",
    model: deit.variants["S/16"],
    training: paperTraining,
    mgn: paperMgn,
    onDataset: { "affectnet-7": paperOnAffectnet, "affectnet-8": paperOnAffectnet },
    smallModel: false,
    relabelStart: 10, // Figure 5(b)
    seeds: 1,
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

/**
 * The scale of this name with the settings of a recipe and, on top of them, every `path=value` applied, for every data set
 * that has settings of its own.
 */
export function scaleWith(
  name: ScaleName,
  assignments: readonly string[],
  recipe: RecipeName = defaultRecipe,
): Scale {
  return changeScale(withRecipe(scales[name], recipe), assignments);
}

/** The scale with the settings of a recipe. */
export function withRecipe(scale: Scale, recipe: RecipeName): Scale {
  return changeScale(scale, assignmentsOf(recipes[recipe].changes));
}

/** The scale with every `path=value` applied on top of what was changed before. */
export function changeScale(scale: Scale, assignments: readonly string[]): Scale {
  const change = ({ training, mgn }: TrainingSettings): TrainingSettings => {
    // A copy: what both have in common, such as an augmentation, must not change in both.
    const both = { ...training, mgn: structuredClone(mgn) };
    const { mgn: changed, ...rest } = override(settings, both, assignments);
    return { training: rest, mgn: changed };
  };
  const onDataset = Object.entries(scale.onDataset ?? {}).map(([dataset, own]) => [
    dataset,
    change(own),
  ]);
  return { ...scale, ...change(scale), onDataset: Object.fromEntries(onDataset) };
}
