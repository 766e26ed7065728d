/**
 * @file Pictures for the page of a run: training images whose labels it changed, test images under its masks, and those that
 * it predicts wrong and is surest of.
 */
import { UserError } from "@mvt/common";
import { deit, fadePatches } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { readRows } from "@mvt/datasets";
import type { Relabelled } from "@mvt/report/html/relabelled";
import type { Mistake } from "@mvt/report/figures/mistake-sheet";
import type { MaskedImage } from "@mvt/report/html/run-page";
import { createPreparedSets } from "../data/prepared-sets.ts";
import type { PreparedSets } from "../data/prepared-sets.ts";
import type { PreparedData, Subset } from "../data/prepared.ts";
import type { DataRequest } from "../data/source.ts";
import { openRequested } from "../engine/engine.ts";
import type { EngineRequest } from "../engine/engine.ts";
import { thumbnail } from "../evaluation/changed-images.ts";
import { mistakesOf } from "../evaluation/mistakes.ts";
import { contactSheet } from "../masks/contact-sheet.ts";
import { generateMasks } from "../masks/generate.ts";
import { generatorFolder, readMgn } from "../runs/mgn-file.ts";
import { readProbabilities } from "../runs/predictions.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";
import type { Scale, ScaleName } from "../settings/scales.ts";
import { findData } from "../studies/find-data.ts";
import type { Progress } from "./progress.ts";
import { scaleOfRun } from "./request.ts";

export interface PictureRequest extends Omit<DataRequest, "scale">, EngineRequest {
  /** Folder of the runs. */
  readonly runs: string;
  readonly scale?: ScaleName;
  /** The most per gallery. */
  readonly pictures: number;
}

export interface RunPictures {
  /** The same, the most doubtful images with their pictures. */
  readonly withPictures: (relabelled: Relabelled) => Promise<Relabelled>;
  /** Test images under the run's masks; empty if it has none. */
  readonly masked: () => Promise<readonly MaskedImage[]>;
  /** Test images that a classifier predicts wrong and is surest of. */
  readonly mistakes: () => Promise<readonly Mistake[]>;
}

/** Opens the data of one run after the other; each data set is opened once, the engine when masks are first needed. */
export function createPictures(request: PictureRequest, progress: Progress) {
  const sets = new Map<string, PreparedSets>();
  let backend: Promise<Backend> | undefined;
  const open = async (run: RunFolder, config: RunConfig): Promise<PreparedData> => {
    const scale = await scaleOfRun(run, config, request);
    const opened = sets.getOrInsertComputed(keyOf(scale), () =>
      createPreparedSets({ ...request, scale }, progress),
    );
    return findData(config, opened);
  };
  /** Of a run; undefined, with a notice, where its data are not at hand. */
  return async (run: RunFolder, config: RunConfig): Promise<RunPictures | undefined> => {
    try {
      const data = await open(run, config);
      return {
        withPictures: async (relabelled) =>
          withPictures(relabelled, (await data.open()).train, request.pictures),
        async masked() {
          const folder = masksOf(run, config, request.runs);
          if (folder === undefined) return [];
          backend ??= openRequested(request);
          return maskedImages(folder, config, data, await backend, request.pictures);
        },
        async mistakes() {
          if (config.kind !== "classifier") return [];
          return mistakePictures(run, (await data.open()).test, request.pictures);
        },
      };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const reason = error.message.replace(`run ${run.id}: `, "");
      progress.say(`run ${run.id}: no pictures: ${reason}`);
      return undefined;
    }
  };
}

const keyOf = ({ name, model }: Scale) => `${name} ${model.imageSize}`;

/** The folder of the generator whose masks the run makes or applies. */
export function masksOf(run: RunFolder, config: RunConfig, runs: string): RunFolder | undefined {
  if (config.kind === "mgn") return run;
  return config.mgn && generatorFolder(config.mgn, run, runs);
}

async function withPictures(
  { images, of }: Relabelled,
  train: Subset,
  count: number,
): Promise<Relabelled> {
  const rowOf = new Map(train.ids.map((id, i) => [id, train.rows[i]!]));
  const doubtful = images
    .filter(({ id }) => rowOf.has(id))
    .toSorted((a, b) => (a.aum ?? Infinity) - (b.aum ?? Infinity))
    .slice(0, count);
  const rows = Int32Array.from(doubtful, ({ id }) => rowOf.get(id)!);
  const pixels = await readRows(train.images, rows);
  const pictures = new Map(
    await Promise.all(
      doubtful.map(
        async ({ id }, i) => [id, await thumbnail(pixels[i]!, train.images.size)] as const,
      ),
    ),
  );
  return { images: images.map((image) => ({ ...image, png: pictures.get(image.id) })), of };
}

/** By the predictions that the run stored, of images that are in the data. */
async function mistakePictures(run: RunFolder, test: Subset, count: number) {
  const { classes, ids, labels, probabilities } = await readProbabilities(run);
  const rowOf = new Map(test.ids.map((id, i) => [id, test.rows[i]!]));
  const rows = Int32Array.from(ids, (id) => rowOf.get(id) ?? -1);
  const found = mistakesOf(classes, { ids, rows, labels }, { probabilities })
    .filter(({ row }) => row >= 0)
    .slice(0, count);
  const pixels = await readRows(
    test.images,
    Int32Array.from(found, ({ row }) => row),
  );
  return Promise.all(
    found.map(async ({ image, label, predicted, confidence }, i): Promise<Mistake> => {
      const png = await thumbnail(pixels[i]!, test.images.size);
      return { id: image, png, label, predicted, confidence };
    }),
  );
}

async function maskedImages(
  generator: RunFolder,
  { model }: RunConfig,
  data: PreparedData,
  backend: Backend,
  count: number,
): Promise<readonly MaskedImage[]> {
  const { images, rows: all, ids } = (await data.open()).test;
  const shown = Array.from({ length: Math.min(count, all.length) }, (_, i) =>
    Math.floor((i * all.length) / Math.min(count, all.length)),
  );
  const rows = Int32Array.from(shown, (i) => all[i]!);
  const file = await readMgn(generator, data.dataset.name, model);
  const masks = await generateMasks(backend, file, images, rows);
  const N = deit.patchCount(model);
  const pixels = await readRows(images, rows);
  return Promise.all(
    shown.map(async (image, i) => {
      const keep = Array.from(masks.subarray(i * N, (i + 1) * N), (value) => 1 - value);
      const masked = fadePatches(pixels[i]!, keep, model);
      const png = await contactSheet([[pixels[i]!], [masked]], images.size);
      return { id: ids[image]!, png, area: 1 - keep.reduce((a, b) => a + b, 0) / N };
    }),
  );
}
