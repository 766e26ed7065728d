/** @file A data set ready for training: images, class indices, and three disjoint subsets. */
import { groupBy, sum, UserError } from "@mvt/common";
import { random } from "@mvt/core";
import {
  chooseStorage,
  fingerprint,
  hashDataset,
  hashesOfPart,
  openFileHashes,
  openImages,
  skipUnreadable,
} from "@mvt/datasets";
import type {
  Dataset,
  Expression,
  FileHashes,
  Images,
  ImageStorage,
  Sample,
  SkipLimit,
  SplitName,
} from "@mvt/datasets";

/** The labels of one subset of a split. */
export interface LabelledSubset {
  /** [rows] rows of the split's images */
  readonly rows: Int32Array;
  /** [rows] sample ids. */
  readonly ids: readonly string[];
  /** [rows] class indices: of a prepared data set as its files give them, of a run as it is given them. */
  readonly labels: Int32Array;
}

/** Labels and images of one subset. Row r of `images` belongs to it if r is in `rows`. */
export interface Subset extends LabelledSubset {
  readonly images: Images;
}

/** The labels of three disjoint subsets. */
export interface LabelledData<Each extends LabelledSubset = LabelledSubset> {
  readonly classes: readonly Expression[];
  readonly train: Each;
  readonly validation: Each;
  readonly test: Each;
  /** [train rows] the true classes, where they are known. */
  readonly trainTruth?: Int32Array;
  /** [validation rows] likewise */
  readonly validationTruth?: Int32Array;
}

/** What training reads. Plain data over shared memory, so that worker threads can have it. */
export type TrainingData = LabelledData<Subset>;

/** A data set whose labels and content are known, and whose images can be opened. */
export interface PreparedData extends LabelledData {
  readonly dataset: Dataset;
  readonly fingerprint: string;
  /** In pixels. */
  readonly imageSize: number;
  /** The same data with their images, which are decoded at the first call. Throws for an image that cannot be read. */
  readonly open: () => Promise<TrainingData>;
  /** Share of the training images that was held out to validate on, if the data set has no validation split. */
  readonly validationShare: number;
}

export interface PrepareOptions {
  /** Pixels: images are resized to squares of this size. */
  readonly imageSize: number;
  /** Share of each class, in (0, 1), that is held out of the training set where the data have no validation split. */
  readonly validationShare: number;
  /** Where resized images are kept for the next time. */
  readonly cacheFolder: string;
  /** Where decoded images are kept; chosen by their size if absent. No result depends on it. */
  readonly images?: ImageStorage;
  /** What is known of the data set's files; by default what `cacheFolder` has. */
  readonly files?: FileHashes;
  /** How many images may be left out because they cannot be read. None if absent. */
  readonly skip?: SkipLimit;
  readonly onDecode?: (done: number, total: number) => void;
  /** A line about a cache that is damaged, or that cannot be read or written. */
  readonly onNotice?: (line: string) => void;
}

/**
 * Reads the labels of all splits, and holds a validation subset out of the training set if the data has none. Every image is
 * hashed, or known from an earlier command; whatever reads it later, until the command ends, refuses another content. None is decoded before `open`
 * is called: a command whose runs are all finished needs none. With `skip`, those are whose content is not known to be
 * readable.
 */
export async function prepareData(
  whole: Dataset,
  { imageSize, validationShare, cacheFolder, skip, onDecode, onNotice, ...options }: PrepareOptions,
): Promise<PreparedData> {
  const { files = await openFileHashes(whole.folder, { cacheFolder, onNotice }) } = options;
  const ofWhole = await hashDataset(whole, files);
  const trying = { hashes: ofWhole, cacheFolder, onProgress: onDecode, onNotice };
  const dataset = skip === undefined ? whole : await skipUnreadable(whole, skip, trying);
  const hashes = dataset === whole ? ofWhole : hashesOfPart(whole, ofWhole, dataset);
  const { classes, splits, groundTruth } = dataset;
  const count = sum(Object.values(splits).map(({ length }) => length));
  const storage = options.images ?? chooseStorage(count, imageSize);
  const openSplit = (split: SplitName) =>
    openImages(splits[split], storage, {
      size: imageSize,
      cacheFolder,
      hashes: hashes[split],
      onProgress: onDecode,
      onNotice,
    });
  const all = splits.train.map((_, row) => row);
  const heldOut = isHeldOut({ dataset })
    ? stratifiedRows(splits.train, validationShare, `validation/${dataset.name}`)
    : new Set<number>();
  const trainRows = all.filter((row) => !heldOut.has(row));
  const train = subset(splits.train, classes, trainRows);
  const validation = isHeldOut({ dataset })
    ? subset(
        splits.train,
        classes,
        [...heldOut].toSorted((a, b) => a - b),
      )
    : subset(splits.validation, classes);
  if (validation.rows.length === 0) {
    throw new UserError(
      `${dataset.title}: expected images to choose the epoch on, got none: it has no validation split, and a share of ${validationShare} of each class in ${all.length} training images rounds to no image. Add training images.`,
    );
  }
  const test = subset(splits.test, classes);
  const known = groundTruth?.expressions ?? dataset.trueExpressions;
  /** Images of a split of their own have no other label than the true one, unless they were drawn. */
  const truth = ({ ids, labels }: LabelledSubset) =>
    known &&
    labels.map((label, i) => {
      const expression = known.get(ids[i]!);
      return expression === undefined ? label : classes.indexOf(expression);
    });
  const labelled = {
    classes,
    train,
    validation,
    test,
    trainTruth: truth(train),
    validationTruth: truth(validation),
  };
  const withImages = async (): Promise<TrainingData> => {
    const images = await openSplit("train");
    return {
      ...labelled,
      train: { ...train, images },
      validation: {
        ...validation,
        images: isHeldOut({ dataset }) ? images : await openSplit("validation"),
      },
      test: { ...test, images: await openSplit("test") },
    };
  };
  const content = await fingerprint(dataset, hashes, files);
  await files.keep();
  return {
    ...labelled,
    dataset,
    fingerprint: content,
    validationShare,
    imageSize,
    open: once(withImages),
  };
}

/** Whether the validation images are held out of the training images, so that they share their images. */
export function isHeldOut({ dataset }: Pick<PreparedData, "dataset">): boolean {
  return dataset.splits.validation.length === 0;
}

/** `f`, called at most once; its result is shared. */
export function once<Result>(f: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => (result ??= f());
}

function subset(
  samples: readonly Sample[],
  classes: readonly Expression[],
  rows: readonly number[] = samples.map((_, row) => row),
): LabelledSubset {
  return {
    rows: Int32Array.from(rows),
    ids: rows.map((row) => samples[row]!.id),
    labels: Int32Array.from(rows, (row) => classes.indexOf(samples[row]!.expression)),
  };
}

/**
 * A share of every class, drawn without replacement. The same for every run seed, so that runs are
 * compared on one held-out subset.
 */
function stratifiedRows(
  samples: readonly Sample[],
  share: number,
  name: string,
): ReadonlySet<number> {
  const rows = new Set<number>();
  for (const [expression, members] of groupBy(samples.keys(), (row) => samples[row]!.expression)) {
    const order = random.stream(0, `${name}/${expression}`).permutation(members.length);
    for (const i of order.subarray(0, Math.round(share * members.length))) rows.add(members[i]!);
  }
  return rows;
}
