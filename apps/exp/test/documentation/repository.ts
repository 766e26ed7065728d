/** @file The texts and sources of this repository that the documentation test reads. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

export interface RepositoryFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export const root = rootAbove(import.meta.dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, "pnpm-workspace.yaml")) ? folder : rootAbove(dirname(folder));
}

const generated = new Set(["node_modules", "dist", ".turbo", "reports", "results", "runs", "data"]);

/** Files below a folder of the repository, without what is installed or generated. */
export function pathsBelow(folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path.replaceAll("\\", "/")];
    const isWorkspace = folder !== "" && folder.split(/[\\/]/).length === 1;
    const skipped = generated.has(entry.name) && !(entry.name === "data" && !isWorkspace);
    return skipped ? [] : pathsBelow(path);
  });
}

export function readAll(paths: readonly string[]): readonly RepositoryFile[] {
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** A path that a text names, from the text's own folder. */
export function resolveFrom(file: string, target: string): string {
  return relative(root, join(root, dirname(file), target)).replaceAll("\\", "/");
}
