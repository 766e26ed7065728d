/** @file Loads the threshold that `--threshold` names: a built-in one, a file, or a package. */
import { pathToFileURL } from "node:url";
import { importPlugin, pluginFile } from "@mvt/common/plugins";
import { thresholds } from "./built-in.ts";
import { instantiate } from "./instantiate.ts";
import { thresholdPlugin } from "./threshold-plugin.ts";
import { parseThresholdSpec } from "./threshold-spec.ts";
import type { Threshold, ThresholdDefinition } from "./threshold.ts";

/** Where paths and packages are looked up. */
interface LookUp {
  /** The folder to start from; the current one by default. */
  readonly from?: string;
}

/**
 * The threshold that `spec` names (see `parseThresholdSpec`), loaded and checked.
 *
 * A plugin is code and runs with the rights of this process. Its default export is a definition, as
 * `defineThreshold` returns it or as a plain object of that shape.
 *
 * @param from the folder that paths and packages are looked up from; the current one by default
 * @throws CommandLineError that names the plugin; what the plugin threw is its `cause`.
 */
export async function loadThreshold(
  spec: string,
  { from = process.cwd() }: LookUp = {},
): Promise<Threshold> {
  const parsed = parseThresholdSpec(spec);
  if (parsed.kind === "built-in") {
    const definition: ThresholdDefinition = thresholds[parsed.target];
    return instantiate(definition, parsed.parameters);
  }
  const file = fileOf(parsed.target, from);
  const definition = await importPlugin(file, parsed.target, thresholdPlugin);
  return instantiate(definition as ThresholdDefinition, parsed.parameters);
}

/**
 * The same threshold, named so that it is found from every folder: a plugin by the URL of its file.
 *
 * @throws CommandLineError if there is no such file
 */
export function absoluteThresholdSpec(spec: string, { from = process.cwd() }: LookUp = {}): string {
  const { kind, target, parameters } = parseThresholdSpec(spec);
  if (kind === "built-in") return spec;
  const values = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  // Further colons would begin the parameters.
  const { href } = pathToFileURL(fileOf(target, from));
  const url = href.replaceAll(/(?<!^file|^file:\/\/\/[a-z]):/gi, "%3A");
  return values.length === 0 ? url : `${url}:${values.join(",")}`;
}

function fileOf(target: string, from: string): string {
  return pluginFile(target, { option: "--threshold", from, builtIn: Object.keys(thresholds) });
}
