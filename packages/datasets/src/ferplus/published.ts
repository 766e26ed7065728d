/**
 * @file FERPlus in figures: images per split and class, and lines of the subsets' lists that name a test image.
 *
 * Counted on Microsoft's two vote tables (fer2013new.csv for the layout "csv", the three label.csv for the
 * layout "folders") under each protocol. Four images have two rows each in fer2013new.csv;
 * both rows count.
 */
import type { DatasetContents } from "../dataset.ts";
import type { Counts } from "../definition.ts";
import { fileStem, type Lines, type PublishedLists } from "../subsets/published-lists.ts";
import type { FerplusProtocol } from "./protocols.ts";
import { ferplusClasses } from "./votes.ts";

type ByLayoutAndProtocol<T> = Readonly<Record<"csv" | "folders", Record<FerplusProtocol, T>>>;

/** The entry for what was found: "argmax-10, train+validation" is the protocol argmax-10. */
function entry<T>(
  table: ByLayoutAndProtocol<T>,
  { layout, protocol }: DatasetContents,
): T | undefined {
  const known: Readonly<Record<string, Readonly<Record<string, T>>>> = table;
  return known[layout]?.[protocol.split(", ")[0] ?? ""];
}

/** What a protocol says of training and validation images that are one training set. */
export const mergedWords = "train+validation";

/** By votes; with the validation images among the training images if the protocol says so. */
export function ferplusCounts(found: DatasetContents): Counts | undefined {
  const counted = entry(counts, found);
  if (counted === undefined || !found.protocol.includes(mergedWords)) return counted;
  const { train, validation, test } = counted;
  return { train: train.map((n, i) => n + validation[i]!), validation: train.map(() => 0), test };
}

const counts: ByLayoutAndProtocol<Counts> = {
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
};

const lines = (occlusion: number, pose30: number, pose45: number): Lines => ({
  occlusion,
  "pose-30": pose30,
  "pose-45": pose45,
});

const linesFound: ByLayoutAndProtocol<Lines> = {
  csv: {
    "argmax-10": lines(605, 1170, 633),
    "official-majority": lines(600, 1167, 630),
    "argmax-8": lines(605, 1170, 633),
    "strict-majority": lines(477, 1013, 547),
  },
  folders: {
    "argmax-10": lines(605, 1170, 633),
    "official-majority": lines(605, 1170, 633),
    "argmax-8": lines(605, 1170, 633),
    "strict-majority": lines(482, 1019, 550),
  },
};

const pose = {
  pattern: /^(?<label>\d)\/(?<name>fer\d+)\.(?:jpg|png)$/,
  example: "5/fer0000005.jpg",
};

export const ferplusLists: PublishedLists = {
  folder: "FERplus_dir",
  classes: ferplusClasses,
  strict: false,
  lists: {
    occlusion: {
      file: "jianfei_occlusion_list.txt",
      lines: 605,
      pattern: /^(?<label>\d)_(?<name>fer\d+)\.(?:jpg|png) \d+ \d$/,
      example: "5_fer0000005.png 8 0",
    },
    "pose-30": { file: "pose_30_ferplus_list.txt", lines: 1170, ...pose },
    "pose-45": { file: "pose_45_ferplus_list.txt", lines: 633, ...pose },
  },
  nameOf: fileStem,
  linesOf: (found) => entry(linesFound, found),
  whyAbsent: ({ layout, protocol }) => `under the protocol ${protocol}, layout ${layout}`,
};
