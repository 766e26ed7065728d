/** @file What describes a data set: how it is loaded and checked, its subsets, and how it is drawn. */
import type { CustomOptions } from "./custom/mapping.ts";
import type { DatasetContents, SplitName } from "./dataset.ts";
import type { FerplusOptions } from "./ferplus/protocols.ts";
import type { FileHashes } from "./images/file-hashes.ts";
import type { Loading } from "./labels.ts";
import type { PublishedLists } from "./subsets/published-lists.ts";
import type { SyntheticDefinition } from "./synthetic/definition.ts";

/** Images per class and split, in the order of the data set's classes. */
export type Counts = Readonly<Record<SplitName, readonly number[]>>;

/** How data sets are read. Each set reads its own options and ignores the others. */
export interface DatasetOptions extends FerplusOptions {
  /** What custom data means. It is needed for custom data and for nothing else. */
  readonly custom?: CustomOptions;
  /** What labels without their image are: an error, the default, or samples whose image is missing, for the check. */
  readonly missing?: Loading["missing"];
  /** What is known of the files from earlier commands. */
  readonly files?: FileHashes;
}

/** Everything that differs between data sets. `datasets` holds one for each name. */
export interface DatasetDefinition {
  /** As the paper prints it: "RAF-DB". */
  readonly title: string;
  /** Its folder in the folder of all data sets. AffectNet-7 and AffectNet-8 share one. */
  readonly folder: string;
  /** The name under which the same folder is read with more classes: "affectnet-8" of "affectnet-7". */
  readonly partOf?: string;
  /** The number that lists of labels give its first class; absent if they cannot number them. */
  readonly firstLabelNumber?: 0 | 1;
  /** Which of the options it reads. */
  readonly options?: readonly (keyof DatasetOptions)[];
  /**
   * Reads the labels in `folder` and finds the images, without decoding any. What it leaves out goes to the findings.
   */
  readonly load: (
    folder: string,
    loading: Loading,
    options: DatasetOptions,
  ) => Promise<DatasetContents>;
  /** What to do if there are no images to train on, or none to test on. */
  readonly adviceIfEmpty: string;
  /** Whether the published set has identical images. If not, the check reports them as a difference. */
  readonly repeatsImages: boolean;
  /** What a complete copy has; undefined for a layout or protocol that nobody counted. None for custom data. */
  readonly publishedCounts?: (found: DatasetContents) => Counts | undefined;
  /** The published lists of occluded and turned test faces; absent if there are none. */
  readonly lists?: PublishedLists;
  /** How synthetic faces are written in its layouts; absent if they cannot be. */
  readonly synthetic?: SyntheticDefinition;
}
