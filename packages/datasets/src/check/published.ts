/**
 * @file The published data sets in figures: images per split and class.
 *
 * Counted on RAF-DB's label file, and on Microsoft's two FERPlus vote tables (fer2013new.csv for the
 * layout "csv", the three label.csv for the layout "folders") under each protocol. Of the four
 * images that stand on two rows of fer2013new.csv both rows count.
 *
 * AffectNet's training images per class as the lists of region attention networks (Wang et al., 2020)
 * have them: 287,651, and 283,901 without contempt. The MVT paper prints 287,568, 83 fewer than any
 * distribution. Of its validation images, 500 per class, the second distribution lacks one of contempt.
 */
import type { Dataset, SplitName } from "../dataset.ts";
import type { FerplusProtocol } from "../ferplus/protocols.ts";

/** Images per class, in the order of the data set's classes. */
export type Counts = Readonly<Record<SplitName, readonly number[]>>;

/** What `dataset` has if it is complete; undefined for a layout or protocol that was not counted. */
export function publishedCounts(dataset: Dataset): Counts | undefined {
  switch (dataset.name) {
    case "raf-db":
      return rafDb;
    case "ferplus":
      return ferplusCounts(dataset);
    case "affectnet-7":
    case "affectnet-8":
      return affectnetCounts(dataset);
    case "custom":
      return undefined;
  }
}

function affectnetCounts({ classes, splits }: Dataset): Counts {
  const none = classes.map(() => 0);
  // Class folders hold images of either distribution; those of the second are numbered.
  const isSecond = splits.test.some(({ id }) => id.startsWith("val_"));
  const test = classes.map((expression) => (isSecond && expression === "contempt" ? 499 : 500));
  return { train: affectnetTrain.slice(0, classes.length), validation: none, test };
}

function ferplusCounts({ layout, protocol }: Dataset): Counts | undefined {
  const [rule, ...merged] = protocol.split(", ");
  const counts = ferplus[layout]?.[rule ?? ""];
  if (counts === undefined || merged.length === 0) return counts;
  const { train, validation, test } = counts;
  return { train: train.map((n, i) => n + validation[i]!), validation: train.map(() => 0), test };
}

const rafDb: Counts = {
  train: [1290, 281, 717, 4772, 1982, 705, 2524], // 12271
  validation: [0, 0, 0, 0, 0, 0, 0],
  test: [329, 74, 160, 1185, 478, 162, 680], // 3068
};

/** neutral, happiness, sadness, surprise, fear, disgust, anger, contempt */
const affectnetTrain = [74874, 134415, 25459, 14090, 6378, 3803, 24882, 3750];

const ferplus: Readonly<Record<string, Readonly<Record<string, Counts>>>> = {
  csv: {
    "argmax-10": {
      train: [10309, 7528, 3562, 3515, 2467, 191, 652, 165], // 28389
      validation: [1335, 899, 456, 412, 319, 34, 74, 24], // 3553
      test: [1262, 928, 444, 444, 325, 23, 93, 27], // 3546
    },
    "official-majority": {
      train: [8740, 7287, 3149, 3014, 2100, 119, 532, 119], // 25060
      validation: [1182, 865, 415, 351, 287, 24, 62, 13], // 3199
      test: [1090, 893, 396, 384, 273, 18, 83, 16], // 3153
    },
    "argmax-8": {
      train: [10390, 7539, 3588, 3549, 2478, 194, 656, 167], // 28561
      validation: [1347, 899, 459, 418, 320, 36, 75, 25], // 3579
      test: [1279, 929, 446, 448, 326, 23, 94, 29], // 3574
    },
    "strict-majority": {
      train: [7495, 7083, 2742, 2384, 1643, 46, 340, 78], // 21811
      validation: [1063, 847, 378, 279, 234, 13, 40, 8], // 2862
      test: [936, 872, 341, 295, 219, 7, 50, 9], // 2729
    },
  },
  folders: {
    "argmax-10": {
      train: [10295, 7526, 3557, 3530, 2463, 191, 655, 168], // 28385
      validation: [1329, 899, 458, 415, 325, 32, 71, 26], // 3555
      test: [1258, 928, 447, 446, 321, 20, 97, 28], // 3545
    },
    "official-majority": {
      train: [8733, 7284, 3136, 3022, 2098, 116, 536, 120], // 25045
      validation: [1180, 862, 411, 348, 289, 25, 60, 16], // 3191
      test: [1083, 892, 394, 382, 269, 16, 86, 15], // 3137
    },
    "argmax-8": {
      train: [10379, 7537, 3583, 3559, 2476, 195, 659, 170], // 28558
      validation: [1341, 899, 461, 419, 326, 34, 72, 27], // 3579
      test: [1274, 929, 450, 449, 322, 21, 98, 30], // 3573
    },
    "strict-majority": {
      train: [7485, 7080, 2748, 2388, 1648, 52, 346, 76], // 21823
      validation: [1062, 845, 381, 277, 235, 16, 41, 9], // 2866
      test: [931, 874, 344, 297, 211, 9, 50, 8], // 2724
    },
  },
} satisfies Record<"csv" | "folders", Record<FerplusProtocol, Counts>>;
