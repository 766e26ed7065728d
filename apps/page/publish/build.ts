/** @file The page as a folder of static files. */
import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "vite";
import { pageConfig } from "./config.ts";

export interface PageOptions {
  /** An exported model to copy into the page's folder. The page then opens it at the start. */
  readonly model?: string;
}

/** Writes the page into `folder`, which is created if it does not exist. */
export async function buildPage(folder: string, { model }: PageOptions = {}): Promise<void> {
  const name = model === undefined ? undefined : basename(model);
  const config = pageConfig(name);
  await build({ ...config, build: { ...config.build, outDir: folder } });
  if (model !== undefined && name !== undefined) await copyFile(model, join(folder, name));
}
