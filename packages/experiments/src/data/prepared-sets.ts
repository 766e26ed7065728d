/** @file The data sets of a command, each opened and decoded once. */
import { resolve } from "node:path";
import { CommandLineError } from "@mvt/common";
import { describeSkipped, openFileHashes, parseSkipLimit } from "@mvt/datasets";
import type { DatasetName, FileHashes, SkipLimit } from "@mvt/datasets";
import { canonicalJson } from "../settings/run-config.ts";
import type { SyntheticSpec } from "../settings/scales.ts";
import { prepareData } from "./prepared.ts";
import type { PreparedData } from "./prepared.ts";
import { openDataset } from "./source.ts";
import type { DataRequest } from "./source.ts";

/** A tenth of the training set is held out where the set has no validation split; the paper does not say. */
export const validationShare = 0.1;

export interface DataEvents {
  /** Called before faces are drawn, which takes seconds. */
  readonly onDraw?: (title: string) => void;
  /** Called with what a reader of the results must know of the user's files. */
  readonly onNote?: (line: string) => void;
  readonly onDecode?: (title: string, done: number, total: number) => void;
  /** A line about an image that is left out, or a cache that cannot be read or written; each line once. */
  readonly onNotice?: (line: string) => void;
}

export interface PreparedSets {
  readonly request: DataRequest;
  /** The data set that was asked for: the user's, or the scale's synthetic one; if `clean`, without drawn-in noise. */
  readonly get: (
    dataset: DatasetName,
    labels?: { readonly clean: boolean },
  ) => Promise<PreparedData>;
  /** Synthetic faces of this kind, whether the user has data or not. */
  readonly synthetic: (dataset: DatasetName, spec: SyntheticSpec) => Promise<PreparedData>;
}

/** The sets of a command; each is prepared when it is first asked for. */
export function createPreparedSets(request: DataRequest, events: DataEvents = {}): PreparedSets {
  const { scale, images } = request;
  const onNotice = eachOnce((line) => events.onNotice?.(line));
  const skip = request.skipUnreadable === undefined ? undefined : skipLimit(request.skipUnreadable);
  const prepared = new Map<string, Promise<PreparedData>>();
  const cacheFolder = resolve(".cache/images");
  const known = new Map<string, Promise<FileHashes>>();
  const filesOf = (folder: string) =>
    known.getOrInsertComputed(folder, () =>
      openFileHashes(folder, { cacheFolder, verify: request.verifyData, onNotice }),
    );
  const prepare = (name: DatasetName, spec: SyntheticSpec, data: string | undefined) => {
    const key = `${name} ${data ?? canonicalJson(spec)}`;
    return prepared.getOrInsertComputed(key, async () => {
      const dataset = await openDataset(
        name,
        spec,
        { ...request, data },
        {
          syntheticFolder: resolve("data/synthetic"),
          onDraw: events.onDraw,
          onNote: events.onNote,
          filesOf,
        },
      );
      const { title } = dataset;
      const made = await prepareData(dataset, {
        imageSize: scale.model.imageSize,
        validationShare,
        cacheFolder,
        files: await filesOf(dataset.folder),
        skip: data === undefined ? undefined : skip,
        images,
        onDecode: (done, total) => events.onDecode?.(title, done, total),
        onNotice,
      });
      for (const image of made.dataset.skipped ?? []) {
        onNotice(`${title}: left out ${describeSkipped(image)}`);
      }
      return made;
    });
  };
  return {
    request,
    get: (dataset, { clean } = { clean: false }) =>
      prepare(dataset, clean ? withoutNoise(scale.synthetic) : scale.synthetic, request.data),
    synthetic: (dataset, spec) => prepare(dataset, spec, undefined),
  };
}

/** `say`, but a line that it was given before is left out: the splits of all data sets share one cache. */
export function eachOnce(say: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (!said.has(line)) say(line);
    said.add(line);
  };
}

/** How many unreadable images `--skip-unreadable` allows. Throws a CommandLineError if it is no number and no percentage. */
export function skipLimit(text: string): SkipLimit {
  const limit = parseSkipLimit(text);
  if (limit !== undefined) return limit;
  throw new CommandLineError(
    `--skip-unreadable ${text}: expected a whole number of images, such as 5, or a percentage, such as 0.1%.`,
  );
}

/** The same faces with right labels. */
export function withoutNoise(spec: SyntheticSpec): SyntheticSpec {
  return { ...spec, labelNoise: 0 };
}
