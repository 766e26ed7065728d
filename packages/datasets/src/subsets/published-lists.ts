/**
 * @file The lists of occluded and turned test faces that Wang et al. published, and how each is written.
 *
 * Wang, Peng, Yang, Meng and Qiao, "Region Attention Networks for Pose and Occlusion Robust Facial
 * Expression Recognition", IEEE Transactions on Image Processing 29, 2020; the repository
 * kaiwang960112/Challenge-condition-FER-dataset. Figures counted on its files. A line is at once an image
 * and its label, in the numbers of the data set's classes from 0:
 *
 *     RAF_DB_dir/rafdb_occlusion_list.txt          test_0001_aligned 2 4      name, label, kind of occluder
 *     RAF_DB_dir/val_raf_db_list.txt               2/test_0001_aligned.jpg    label, name
 *     FERplus_dir/jianfei_occlusion_list.txt       5_fer0000005.png 8 0       label, name; crops, kind
 *     FERplus_dir/pose_30_ferplus_list.txt         5/fer0000005.jpg           the files are .png
 *     AffectNet_dir/occlusion_affectnet_list.txt   val/6/e5...e5/             a folder of crops per image
 *     AffectNet_dir/pose_45_affectnet_list.txt     6/e5...e5/8.jpg            its eighth crop
 *
 * The occlusion lists of RAF-DB and FERPlus have CRLF line ends and no newline at their end.
 */
import { affectnetClasses } from "../affectnet/classes.ts";
import type { DatasetName } from "../dataset.ts";
import type { Expression } from "../expression.ts";
import { ferplusClasses } from "../ferplus/votes.ts";
import { rafDbClasses } from "../raf-db/classes.ts";

export const subsetNames = ["occlusion", "pose-30", "pose-45"] as const;
export type SubsetName = (typeof subsetNames)[number];

/** How one list is written. */
export interface PublishedList {
  readonly file: string;
  /** Lines; a face that stands on two lines counts twice in every published figure but one. */
  readonly lines: number;
  /** Finds `name` and `label` in a line. */
  readonly pattern: RegExp;
  /** A line as it should be, for messages. */
  readonly example: string;
}

/** The lists of one data set. */
export interface ListFamily {
  /** The folder's name in the published repository. */
  readonly folder: string;
  /** The expression behind each label. */
  readonly classes: readonly Expression[];
  /**
   * Whether every listed image must be in the test set with the listed label. FERPlus' and AffectNet's
   * test sets depend on the protocol and the distribution.
   */
  readonly strict: boolean;
  readonly lists: Readonly<Record<SubsetName, PublishedList>>;
}

const rafDbPose = {
  pattern: /^(?<label>\d)\/(?<name>test_\d+)(?:_aligned)?\.jpg$/,
  example: "2/test_0001_aligned.jpg",
};
const ferplusPose = {
  pattern: /^(?<label>\d)\/(?<name>fer\d+)\.(?:jpg|png)$/,
  example: "5/fer0000005.jpg",
};
const affectnetPattern =
  /^(?:val\/)?(?<label>\d)\/(?<name>[0-9a-f]{56})(?:\.jpg|\/(?:\d+\.jpg)?)?$/;

const rafDb: ListFamily = {
  folder: "RAF_DB_dir",
  classes: rafDbClasses,
  strict: true,
  lists: {
    occlusion: {
      file: "rafdb_occlusion_list.txt",
      lines: 735, // one image stands twice
      pattern: /^(?<name>test_\d+)(?:_aligned)?(?:\.jpg)? (?<label>\d) \d$/,
      example: "test_0001_aligned 2 4",
    },
    "pose-30": { file: "val_raf_db_list.txt", lines: 1247, ...rafDbPose },
    "pose-45": { file: "val_raf_db_list_45.txt", lines: 558, ...rafDbPose },
  },
};

const ferplus: ListFamily = {
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
    "pose-30": { file: "pose_30_ferplus_list.txt", lines: 1170, ...ferplusPose },
    "pose-45": { file: "pose_45_ferplus_list.txt", lines: 633, ...ferplusPose },
  },
};

/** With contempt, or without the lines of label 7. */
const affectnet = (lines: Readonly<Record<SubsetName, number>>): ListFamily => ({
  folder: "AffectNet_dir",
  classes: affectnetClasses,
  strict: false,
  lists: {
    occlusion: {
      file: "occlusion_affectnet_list.txt",
      lines: lines.occlusion,
      pattern: affectnetPattern,
      example: `val/0/${"0a".repeat(28)}/`,
    },
    "pose-30": {
      file: "pose_30_affectnet_list.txt",
      lines: lines["pose-30"], // five images stand twice
      pattern: affectnetPattern,
      example: `0/${"0a".repeat(28)}.jpg`,
    },
    "pose-45": {
      file: "pose_45_affectnet_list.txt",
      lines: lines["pose-45"], // two images stand twice
      pattern: affectnetPattern,
      example: `7/${"0a".repeat(28)}/8.jpg`,
    },
  },
});

/** Nobody published lists for other data. */
export const listFamilies: Readonly<Partial<Record<DatasetName, ListFamily>>> = {
  "raf-db": rafDb,
  ferplus,
  "affectnet-7": affectnet({ occlusion: 592, "pose-30": 1749, "pose-45": 889 }),
  "affectnet-8": affectnet({ occlusion: 683, "pose-30": 1949, "pose-45": 985 }),
};
