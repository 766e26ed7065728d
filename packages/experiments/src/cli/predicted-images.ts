/** @file A finished run's test images with its stored predictions: for comparisons with other programs. */
import { decodeImageFile } from "@mvt/datasets";
import type { DecodedImage } from "@mvt/core";
import type { BootstrapOptions, EvaluatedRun, LabelledPredictions, Provenance } from "@mvt/report";
import { createPreparedSets } from "../data/prepared-sets.ts";
import { describeData } from "../runs/provenance.ts";
import { readPredictions } from "../runs/predictions.ts";
import { findRun } from "../runs/run-folder.ts";
import { findData } from "../studies/find-data.ts";
import {
  bootstrapOf,
  classifierConfigOf,
  evaluatedRunOf,
  evaluationProvenance,
} from "./evaluation-report.ts";
import { createProgress } from "./progress.ts";
import { scaleOfRun } from "./request.ts";

export interface PredictedImages {
  readonly run: EvaluatedRun;
  /** Of the validation-best weights, as the run stored them. */
  readonly predictions: LabelledPredictions;
  readonly provenance: Provenance;
  /** The images in the order of the predictions, decoded one after another in the size that their files have. */
  readonly images: () => AsyncGenerator<DecodedImage>;
}

/** The options of `dataOptions` that say where the images are, and those that choose the run. */
type Request = Parameters<typeof scaleOfRun>[2] &
  Omit<Parameters<typeof createPreparedSets>[0], "scale"> & {
    readonly run: string;
    readonly runs: string;
  };

/** Throws a UserError if the run has no stored predictions, or if its data are not found. */
export async function openPredictedImages(request: Request): Promise<PredictedImages> {
  const run = await findRun(request.runs, request.run);
  const config = await classifierConfigOf(run);
  const predictions = await readPredictions(run);
  const scale = await scaleOfRun(run, config, request);
  const progress = createProgress();
  const data = await findData(config, createPreparedSets({ ...request, scale }, progress));
  progress.end();
  const byId = new Map(data.dataset.splits.test.map((sample) => [sample.id, sample]));
  async function* images() {
    for (const id of predictions.ids) {
      const { image } = byId.get(id)!; // the data have the run's fingerprint
      yield image.kind === "file"
        ? await decodeImageFile(image.path, image.crop)
        : { width: image.width, height: image.height, channels: 1 as const, data: image.grey };
    }
  }
  return {
    run: await evaluatedRunOf(run, config, { split: "test", weights: "validation-best" }),
    predictions,
    provenance: await evaluationProvenance(
      [[run.id, config]],
      request.runs,
      describeData(data, config),
    ),
    images,
  };
}

/** The same draws whenever it is called, so that every difference is on the same resamples. */
export const evaluationBootstrap = (resamples: number): BootstrapOptions =>
  bootstrapOf({ resamples, stratified: false });
