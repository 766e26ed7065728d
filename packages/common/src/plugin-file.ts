/** @file Finds the file of a plugin that a user names by a path, a folder or a package. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { didYouMean } from "./did-you-mean.ts";
import { CommandLineError } from "./errors.ts";
import { packageEntry } from "./package-entry.ts";

const looksLikePath = /^(\.{1,2}$|\.{0,2}[\\/]|file:\/\/|[a-z]:[\\/])|\.[cm]?[jt]s$/i;

/** Whether the user means a file or a folder; a package otherwise. */
export function isPluginPath(target: string): boolean {
  return looksLikePath.test(target);
}

/**
 * The file that `import` of the target would load, its real path: `./mine.ts`, a `file:` URL, a folder with a package.json,
 * or a package, also with a subpath.
 *
 * @param option what messages begin with: "--threshold"
 * @param from the folder that paths and packages are looked up from
 * @param builtIn names that could have been given instead
 * @throws CommandLineError that names option and target
 */
export function pluginFile(
  target: string,
  {
    option,
    from,
    builtIn = [],
  }: {
    readonly option: string;
    readonly from: string;
    readonly builtIn?: readonly string[];
  },
): string {
  const named = `${option} ${target}`;
  const file = isPluginPath(target)
    ? fileOfPath(target, from, named)
    : fileOfPackage(target, from, named, builtIn);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new CommandLineError(
      `${named}: expected a file at ${file}, found none. Check the path, or "exports" in package.json.`,
    );
  }
  return realpathSync(file);
}

function fileOfPath(target: string, from: string, named: string): string {
  const path = /^file:/i.test(target) ? pathOfUrl(target, named) : resolve(from, target);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return path;
  const packageJson = join(path, "package.json");
  if (!existsSync(packageJson)) {
    throw new CommandLineError(
      `${named}: expected a package.json in the folder ${path}, found none. Give the path of a .ts, .js or .mjs file, or add one with "exports".`,
    );
  }
  return packageEntry(packageJson);
}

function pathOfUrl(url: string, named: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new CommandLineError(
      `${named}: expected a file: URL of this machine, such as file:///home/me/mine.ts. Correct it or give a path.`,
      { cause },
    );
  }
}

function fileOfPackage(
  target: string,
  from: string,
  named: string,
  builtIn: readonly string[],
): string {
  const [, name, rest] = /^((?:@[^/]+\/)?[^/]+)(\/.+)?$/.exec(target) ?? [];
  const packageJson = name === undefined ? undefined : findPackage(name, from);
  if (packageJson === undefined) {
    const path = existsSync(resolve(from, target)) ? ` Did you mean ./${target}?` : "";
    const names = builtIn.length === 0 ? "" : `a built-in name (${builtIn.join(", ")}), `;
    throw new CommandLineError(
      `${named}: expected ${names}a path that starts with "./", or a package; no package of this name is installed for ${from}.${path || didYouMean(target, builtIn)}`,
    );
  }
  return packageEntry(packageJson, rest === undefined ? "." : `.${rest}`);
}

/** The package.json of an installed package, looked up as a module in `from` would. */
function findPackage(name: string, from: string): string | undefined {
  // Node's own findPackageJSON is not in Node 20.
  const folders = createRequire(resolve(from, "plugin.js")).resolve.paths(name) ?? [];
  const found = folders.map((each) => join(each, name, "package.json")).find(existsSync);
  return found && realpathSync(found);
}
