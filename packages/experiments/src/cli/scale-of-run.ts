/** @file The scale under which the data of a finished run are found again. */
import { UserError } from "@mvt/common";
import type { RunFolder } from "../runs/run-folder.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { scaleNames } from "../settings/scales.ts";
import type { Scale } from "../settings/scales.ts";
import { scaleOf } from "./request.ts";

/**
 * The scale at which to look for the data of a finished run: that of --scale, by default the one that the run recorded, with
 * the run's own image size. Another scale than the recorded one keeps its size, which tells at once that the data differ.
 *
 * If `otherwise` says what else one can do, throws a UserError, before anything is drawn, where real data are needed and
 * --data names none.
 */
export async function scaleOfRun(
  run: RunFolder,
  config: RunConfig,
  args: Parameters<typeof scaleOf>[0],
  otherwise?: string,
): Promise<Scale> {
  const { kind, dataset } = config.data;
  if (otherwise !== undefined && kind === "real" && args.data === undefined) {
    throw new UserError(
      `run ${run.id}: expected --data with the folder of the real ${dataset} images it was trained on, got none. Name it, or ${otherwise}.`,
    );
  }
  const recorded = (await run.result())?.madeBy?.scale;
  const name = args.scale ?? scaleNames.find((known) => known === recorded);
  const scale = scaleOf({ ...args, scale: name });
  if (recorded !== undefined && recorded !== scale.name) return scale;
  return { ...scale, model: { ...scale.model, imageSize: config.model.imageSize } };
}
