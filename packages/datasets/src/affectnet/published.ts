/**
 * @file AffectNet in figures: images per split and class, and the lists of its subsets.
 *
 * Training images per class as the lists of region attention networks (Wang et al., 2020) have them: 287,651,
 * and 283,901 without contempt. The MVT paper prints 287,568, 83 fewer than any distribution. The validation
 * images, which are the test images here, are 500 per class. The second distribution lacks one of contempt.
 */
import type { DatasetContents } from "../dataset.ts";
import type { Counts } from "../definition.ts";
import { allLines, fileStem, type Lines, type PublishedLists } from "../subsets/published-lists.ts";
import { affectnetClasses } from "./classes.ts";

/** neutral, happiness, sadness, surprise, fear, disgust, anger, contempt */
const train = [74874, 134415, 25459, 14090, 6378, 3803, 24882, 3750];

/** Undefined for the sample, which is a part. */
export function affectnetCounts({ layout, classes, splits }: DatasetContents): Counts | undefined {
  if (layout === "sample") return undefined;
  // Class folders hold images of either distribution; those of the second are numbered.
  const isSecond = splits.test.some(({ id }) => id.startsWith("val_"));
  return {
    train: train.slice(0, classes.length),
    validation: classes.map(() => 0),
    test: classes.map((expression) => (isSecond && expression === "contempt" ? 499 : 500)),
  };
}

const pattern = /^(?:val\/)?(?<label>\d)\/(?<name>[0-9a-f]{56})(?:\.jpg|\/(?:\d+\.jpg)?)?$/;

/** @param lines with contempt, or without the lines of label 7 */
function affectnetLists(lines: Lines): PublishedLists {
  const lists: PublishedLists["lists"] = {
    occlusion: {
      file: "occlusion_affectnet_list.txt",
      lines: lines.occlusion,
      pattern,
      example: `val/0/${"0a".repeat(28)}/`,
    },
    "pose-30": {
      file: "pose_30_affectnet_list.txt",
      lines: lines["pose-30"], // five images are listed twice
      pattern,
      example: `0/${"0a".repeat(28)}.jpg`,
    },
    "pose-45": {
      file: "pose_45_affectnet_list.txt",
      lines: lines["pose-45"], // two images are listed twice
      pattern,
      example: `7/${"0a".repeat(28)}/8.jpg`,
    },
  };
  return {
    folder: "AffectNet_dir",
    classes: affectnetClasses,
    strict: false,
    lists,
    nameOf: fileStem,
    linesOf: ({ layout }) => (layout === "csv" ? allLines({ lists }) : undefined),
    whyAbsent: ({ layout }, all) =>
      all
        ? `of layout ${layout}: the lists use the names of the first distribution`
        : "in this copy",
  };
}

export const affectnet7Lists = affectnetLists({ occlusion: 592, "pose-30": 1749, "pose-45": 889 });
export const affectnet8Lists = affectnetLists({ occlusion: 683, "pose-30": 1949, "pose-45": 985 });
