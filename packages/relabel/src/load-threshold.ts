/** @file Loads the threshold that `--threshold` names: a built-in one, a file, or a package. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CommandLineError, didYouMean } from "@mvt/common";
import { thresholds } from "./built-in.ts";
import { importDefinition } from "./import-definition.ts";
import { instantiate } from "./instantiate.ts";
import { packageEntry } from "./package-entry.ts";
import { parseThresholdSpec, type ThresholdSpec } from "./threshold-spec.ts";
import type { Threshold, ThresholdDefinition } from "./threshold.ts";

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
  { from = process.cwd() }: { readonly from?: string } = {},
): Promise<Threshold> {
  const parsed = parseThresholdSpec(spec);
  if (parsed.kind === "built-in") {
    const definition: ThresholdDefinition = thresholds[parsed.target];
    return instantiate(definition, parsed.parameters);
  }
  const definition = await importDefinition(fileOf(parsed, from), parsed.target);
  return instantiate(definition, parsed.parameters);
}

function fileOf({ kind, target }: ThresholdSpec, from: string): string {
  const file = kind === "path" ? fileOfPath(target, from) : fileOfPackage(target, from);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new CommandLineError(
      `--threshold ${target}: expected a file at ${file}, found none. Check the path, or "exports" in package.json.`,
    );
  }
  return realpathSync(file);
}

function fileOfPath(target: string, from: string): string {
  const path = /^file:/i.test(target) ? pathOfUrl(target) : resolve(from, target);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return path;
  const packageJson = join(path, "package.json");
  if (!existsSync(packageJson)) {
    throw new CommandLineError(
      `--threshold ${target}: expected a package.json in the folder ${path}, found none. Give the path of a .ts, .js or .mjs file, or add one with "exports".`,
    );
  }
  return packageEntry(packageJson);
}

function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new CommandLineError(
      `--threshold ${url}: expected a file: URL of this machine, such as file:///home/me/mine.ts. Correct it or give a path.`,
      { cause },
    );
  }
}

function fileOfPackage(target: string, from: string): string {
  const [, name, rest] = /^((?:@[^/]+\/)?[^/]+)(\/.+)?$/.exec(target) ?? [];
  const packageJson = name === undefined ? undefined : findPackage(name, from);
  if (packageJson === undefined) {
    const path = existsSync(resolve(from, target)) ? ` Did you mean ./${target}?` : "";
    const builtIn = Object.keys(thresholds);
    throw new CommandLineError(
      `--threshold ${target}: expected a built-in name (${builtIn.join(", ")}), a path that starts with "./", or a package; no package of this name is installed for ${from}.${path || didYouMean(target, builtIn)}`,
    );
  }
  return packageEntry(packageJson, rest === undefined ? "." : `.${rest}`);
}

/** The package.json of an installed package, looked up as a module in `from` would. */
function findPackage(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, pathToFileURL(resolve(from, "threshold.js")));
  } catch {
    return undefined; // Node throws for a package that is not there, and for names that are none.
  }
}
