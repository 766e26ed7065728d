/** @file The page as a folder of static files. */
import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "@mvt/common";
import { build } from "vite";
import { pageConfig, root } from "./config.ts";

export interface PageOptions {
  /** An exported model to copy into the page's folder. The page then opens it at the start. */
  readonly model?: string;
}

/** Vite reads these in a path as the beginning of a query or of a fragment, and does not find the file. */
const unreadable = /[#?]/;

/** Throws UserError for sources in a folder that Vite cannot build from. */
export function requireBuildable(sources: string): void {
  if (!unreadable.test(sources)) return;
  throw new UserError(
    `page: expected this project in a folder without # and ? in its path, found ${sources}. ` +
      `Rename or move the folder, then install again.`,
  );
}

/**
 * Writes the page into `folder`, which is created if it does not exist. Throws UserError if the path of this project has
 * characters that Vite cannot read.
 */
export async function buildPage(folder: string, { model }: PageOptions = {}): Promise<void> {
  requireBuildable(root);
  const name = model === undefined ? undefined : basename(model);
  const config = pageConfig(name);
  await build({ ...config, build: { ...config.build, outDir: folder } });
  if (model !== undefined && name !== undefined) await copyFile(model, join(folder, name));
}
