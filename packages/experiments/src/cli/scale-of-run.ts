/** @file The scale under which the data of a finished run are found again. */
import { UserError } from "@mvt/common";
import type { RunFolder } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { scaleNames } from "../settings/scales.ts";
import type { Scale, ScaleName } from "../settings/scales.ts";
import { scaleOf } from "./request.ts";

interface ScaleOptions {
  readonly scale?: ScaleName;
  readonly data?: string;
}

/**
 * The scale that the run recorded, unless --scale names another, with the run's own image size. Throws a UserError, before
 * anything is drawn, where real data are needed and --data names none; `otherwise` says what else one can do.
 */
export async function scaleOfRun(
  run: RunFolder,
  config: RunConfig,
  args: ScaleOptions,
  otherwise: string,
): Promise<Scale> {
  const { kind, dataset } = config.data;
  if (kind === "real" && args.data === undefined) {
    throw new UserError(
      `run ${run.id}: expected --data with the folder of the real ${dataset} images it was trained on, got none. Name it, or ${otherwise}.`,
    );
  }
  const recorded = (await run.result())?.madeBy?.scale;
  const name = args.scale ?? scaleNames.find((known) => known === recorded);
  const scale = scaleOf({ ...args, scale: name });
  return { ...scale, model: { ...scale.model, imageSize: config.model.imageSize } };
}
