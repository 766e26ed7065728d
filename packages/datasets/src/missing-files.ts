/** @file Which of many files are not there, asked folder by folder. */
import { basename, dirname } from "node:path";
import { mapConcurrently } from "./concurrently.ts";
import { listFolder } from "./layout.ts";

const foldersAtOnce = 16;

/** The paths among `paths` where there is no file, in their order. */
export async function missingFiles(paths: readonly string[]): Promise<string[]> {
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const listings = await mapConcurrently(folders, foldersAtOnce, listFolder);
  const present = new Map(folders.map((folder, i) => [folder, listings[i]!]));
  return paths.filter((path) => !present.get(dirname(path))!.has(basename(path)));
}
