/**
 * @file What describes the lists of occluded and turned test faces that Wang et al. published.
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
import { basename, parse } from "node:path";
import type { DatasetContents, Sample } from "../dataset.ts";
import type { Expression } from "../expression.ts";

export const subsetNames = ["occlusion", "pose-30", "pose-45"] as const;
export type SubsetName = (typeof subsetNames)[number];

/** A number of lines for each subset. */
export type Lines = Readonly<Record<SubsetName, number>>;

/** How one list is written. */
export interface PublishedList {
  readonly file: string;
  /** Lines. A face on two lines counts twice in every published figure but one. */
  readonly lines: number;
  /** Finds `name` and `label` in a line. */
  readonly pattern: RegExp;
  /** A line as it should be, for messages. */
  readonly example: string;
}

/** The lists of one data set. */
export interface PublishedLists {
  /** The folder's name in the published repository. */
  readonly folder: string;
  /** The expression of each label. */
  readonly classes: readonly Expression[];
  /**
   * Whether every listed image must be in the test set with the listed label. FERPlus' and AffectNet's
   * test sets depend on the protocol and the distribution.
   */
  readonly strict: boolean;
  readonly lists: Readonly<Record<SubsetName, PublishedList>>;
  /** The name that lists use for a test sample. */
  readonly nameOf: (sample: Sample) => string;
  /** How many lines name a test image of a complete copy; undefined if nobody counted. */
  readonly linesOf: (found: DatasetContents) => Lines | undefined;
  /** Why listed images are not among the test images, as the end of a sentence. `all` if no image is there. */
  readonly whyAbsent: (found: DatasetContents, all: boolean) => string;
}

/** The lines of the lists themselves. */
export function allLines({ lists }: Pick<PublishedLists, "lists">): Lines {
  return {
    occlusion: lists.occlusion.lines,
    "pose-30": lists["pose-30"].lines,
    "pose-45": lists["pose-45"].lines,
  };
}

/**
 * The name of an image of FERPlus or AffectNet in the lists: its file's name, or its id. Two rows of one name
 * have two ids, "-2" at the end of the second. The last of them counts, as in the folders that FERPlus'
 * authors make with their script, where it overwrites the first.
 */
export const fileStem = ({ id, image }: Sample) =>
  image.kind === "file" ? parse(basename(image.path)).name : id.replace(/-\d+$/, "");
