/** @file The data that a finished run was trained on, found among those that a command can open. */
import { UserError } from "@mvt/common";
import { maskImages } from "../data/control-masks.ts";
import { withoutNoise } from "../data/prepared-sets.ts";
import type { PreparedSets } from "../data/prepared-sets.ts";
import type { PreparedData } from "../data/prepared.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { reports } from "./index.ts";
import type { ReportDefinition } from "./report-definition.ts";

/** Compares fingerprints; throws a UserError that says how to name the data where none agrees. */
export async function findData(config: RunConfig, sets: PreparedSets): Promise<PreparedData> {
  const { data, model, seed } = config;
  const { scale, data: folder } = sets.request;
  const control = config.kind === "classifier" ? config.control : undefined;
  if (model.imageSize === scale.model.imageSize) {
    for await (const found of candidates(config, sets)) {
      if (found.fingerprint !== data.fingerprint) continue;
      return control ? maskImages(found, control, { model, seed }) : found;
    }
  }
  throw new UserError(
    `run on ${data.dataset}: expected the ${data.kind} data it was trained on (fingerprint ${data.fingerprint.slice(0, 12)}), found other data. Pass the same --scale and --data as in training.`,
  );

  /** The data that were asked for; of synthetic ones also those without drawn-in noise, of pre-training and of the studies. */
  async function* candidates(
    { data: { dataset }, noise }: RunConfig,
    { get, synthetic }: PreparedSets,
  ) {
    const clean = noise !== undefined;
    yield await get(dataset, { clean });
    if (folder !== undefined) return;
    yield await get(dataset, { clean: !clean });
    if (scale.pretraining) yield await synthetic(dataset, scale.pretraining.data);
    for (const { load } of Object.values(reports)) {
      const { settings }: ReportDefinition = await load();
      for (const setting of settings?.(scale) ?? []) {
        if (setting.dataset !== dataset) continue;
        yield await synthetic(dataset, setting.synthetic);
        if (noise) yield await synthetic(dataset, withoutNoise(setting.synthetic));
      }
    }
  }
}
