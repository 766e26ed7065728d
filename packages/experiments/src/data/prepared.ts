/** @file A data set ready for training: images, class indices, and three disjoint subsets. */
import { sum, UserError } from "@mvt/common";
import { random } from "@mvt/core";
import { chooseStorage, fingerprint, hashDataset, openImages } from "@mvt/datasets";
import type { Dataset, Expression, Images, ImageStorage, Sample, SplitName } from "@mvt/datasets";

/** Images and labels of one subset. Row r of `images` belongs to it if r is in `rows`. */
export interface Subset {
  readonly images: Images;
  readonly rows: Int32Array;
  /** [rows] sample ids. */
  readonly ids: readonly string[];
  /** [rows] class indices: of a prepared data set as its files give them, of a run as it is given them. */
  readonly labels: Int32Array;
}

/** What training reads. Plain data over shared memory, so that worker threads can have it. */
export interface TrainingData {
  readonly classes: readonly Expression[];
  readonly train: Subset;
  readonly validation: Subset;
  readonly test: Subset;
  /** [train rows] the true classes, where they are known. */
  readonly trainTruth?: Int32Array;
  /** [validation rows] likewise */
  readonly validationTruth?: Int32Array;
}

export interface PreparedData extends TrainingData {
  readonly dataset: Dataset;
  readonly fingerprint: string;
}

export interface PrepareOptions {
  readonly imageSize: number;
  readonly validationShare: number;
  readonly cacheFolder: string;
  /** Where decoded images are kept; chosen by their size if absent. No result depends on it. */
  readonly images?: ImageStorage;
  readonly onDecode?: (done: number, total: number) => void;
  /** A line about a cache that is damaged, or that cannot be read or written. */
  readonly onNotice?: (line: string) => void;
}

/**
 * Opens the images of all splits, and holds a validation subset out of the training set if the data has none. Every image is
 * read and hashed first; whatever reads it later, until the command ends, refuses another content.
 */
export async function prepareData(
  dataset: Dataset,
  { imageSize, validationShare, cacheFolder, onDecode, onNotice, ...options }: PrepareOptions,
): Promise<PreparedData> {
  const { classes, splits, groundTruth } = dataset;
  const count = sum(Object.values(splits).map(({ length }) => length));
  const storage = options.images ?? chooseStorage(count, imageSize);
  const hashes = await hashDataset(dataset);
  const open = (split: SplitName) =>
    openImages(splits[split], storage, {
      size: imageSize,
      cacheFolder,
      hashes: hashes[split],
      onProgress: onDecode,
      onNotice,
    });
  const images = await open("train");
  const all = splits.train.map((_, row) => row);
  const heldOut =
    splits.validation.length > 0
      ? new Set<number>()
      : stratifiedRows(splits.train, validationShare, `validation/${dataset.name}`);
  const trainRows = all.filter((row) => !heldOut.has(row));
  const train = subset(splits.train, images, trainRows, classes);
  const validation =
    splits.validation.length > 0
      ? subset(splits.validation, await open("validation"), undefined, classes)
      : subset(
          splits.train,
          images,
          [...heldOut].toSorted((a, b) => a - b),
          classes,
        );
  if (validation.rows.length === 0) {
    throw new UserError(
      `${dataset.title}: expected images to choose the epoch on, got none: it has no validation split, and a share of ${validationShare} of each class in ${all.length} training images rounds to no image. Add training images.`,
    );
  }
  const test = subset(splits.test, await open("test"), undefined, classes);
  const known = groundTruth?.expressions ?? dataset.trueExpressions;
  /** Images of a split of their own have no other label than the true one, unless they were drawn. */
  const truth = ({ ids, labels }: Subset) =>
    known &&
    labels.map((label, i) => {
      const expression = known.get(ids[i]!);
      return expression === undefined ? label : classes.indexOf(expression);
    });
  return {
    dataset,
    fingerprint: await fingerprint(dataset, hashes),
    classes,
    train,
    validation,
    test,
    trainTruth: truth(train),
    validationTruth: truth(validation),
  };
}

function subset(
  samples: readonly Sample[],
  images: Images,
  rows: readonly number[] = samples.map((_, row) => row),
  classes: readonly Expression[],
): Subset {
  return {
    images,
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
  for (const [expression, members] of Map.groupBy(
    samples.keys(),
    (row) => samples[row]!.expression,
  )) {
    const order = random.stream(0, `${name}/${expression}`).permutation(members.length);
    for (const i of order.subarray(0, Math.round(share * members.length))) rows.add(members[i]!);
  }
  return rows;
}
