/**
 * @file The recipes of `--recipe`: named sets of settings that are published for fine-tuning, adapted to one batch size and
 * few epochs. The guide docs/guides/training-recipes.md has the same table.
 *
 * The learning rate, the batch size and the epochs stay the scale's: published rates belong to batches of 512 to 1024 and
 * to their epochs. At scale paper the rate is 9e-5 for 32 images; MAE's rule, 5e-4 for 256 images, would give 6e-5.
 */
import type { SettingChanges } from "./setting-paths.ts";

export interface Recipe {
  /** Its help, as a clause. */
  readonly about: string;
  /** Where its values are published; absent for the paper's own. */
  readonly source?: string;
  /** What of it is not as published, and why. */
  readonly adapted?: string;
  /** Values by their paths, on top of the scale's. */
  readonly changes: SettingChanges;
}

/**
 * Both sources have timm's rand-m9-mstd0.5-inc1: two operations, each left out with probability 0.5, at 9 of 10 levels.
 * torchvision's have 31 magnitudes, from 0 to 30, and are not left out: one operation at 27. timm has no ColorJitter beside it.
 */
const timmRandAugment = {
  "augmentation.auto.kind": "rand",
  "augmentation.auto.operations": 1,
  "augmentation.auto.magnitude": 27,
  "augmentation.jitter": false,
} as const satisfies SettingChanges;

/** Of both sources. */
const shared = {
  "schedule.kind": "cosine",
  // 5 of 20 (DeiT III) and of 100 epochs (MAE): here of 16 to 40.
  "schedule.warmupEpochs": 2,
  labelSmoothing: 0.1,
  "mixup.alpha": 0.8,
  "mixup.cutmixAlpha": 1,
  ...timmRandAugment,
} as const satisfies SettingChanges;

const adaptedBoth =
  "learning rate, batch size and epochs are the scale's; warm-up of 2 epochs, not 5; RandAugment of timm (two operations, each with probability 0.5, 9 of 10 levels) as one operation of torchvision's at magnitude 27 of 30";

/** By name, in the order to print. */
export const recipes = {
  paper: { about: "the scale's own settings, at scale paper those of the paper", changes: {} },
  "deit-finetune": {
    about: "as DeiT III is fine-tuned, for supervised starts",
    source:
      "DeiT III (arXiv:2204.07118), command for ViT-S in README_revenge.md of facebookresearch/deit",
    adapted: adaptedBoth,
    changes: {
      ...shared,
      "adamw.weightDecay": 0.1,
      "augmentation.erasing": false,
    },
  },
  "mae-finetune": {
    about: "as MAE is fine-tuned, for self-supervised starts",
    source:
      "MAE (arXiv:2111.06377, Table 9), command for ViT-B in FINETUNE.md of facebookresearch/mae",
    adapted: `${adaptedBoth}; erased rectangles have the mean colour, not noise`,
    changes: {
      ...shared,
      "adamw.weightDecay": 0.05,
      layerDecay: 0.65,
      dropPath: 0.1,
      // timm's scale and ratio.
      "augmentation.erasing": { p: 0.25, scale: [0.02, 0.33], ratio: [0.3, 3.3], value: "mean" },
    },
  },
} as const satisfies Readonly<Record<string, Recipe>>;

export type RecipeName = keyof typeof recipes;
export const recipeNames = Object.keys(recipes) as readonly RecipeName[];
export const defaultRecipe: RecipeName = "paper";

/** "recipe deit-finetune", for the titles of runs; nothing for the default. */
export function recipeTitle(name: RecipeName = defaultRecipe): readonly string[] {
  return name === defaultRecipe ? [] : [`recipe ${name}`];
}
