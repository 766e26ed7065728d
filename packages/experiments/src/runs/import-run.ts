/**
 * @file One finished run of another machine joins the folder of runs. It is verified where it lies, and copied under a
 * temporary name beside its place. Once all its bytes are on the disk it gets its names, its result last, while this
 * process holds the run's lock: as long as result.json is not there, the run counts as unfinished.
 */
import { mkdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseJson, sum, UserError } from "@mvt/common";
import {
  renameOnce,
  syncFolder,
  systemRefusalOf,
  unfinishedPath,
  writeWholeDurably,
} from "@mvt/common/files";
import { canonicalJson } from "../settings/run-config.ts";
import { lockTimes, requireFree, takeLock } from "./lock.ts";
import type { LockTimes } from "./lock.ts";
import { parseManifest, requireWritten } from "./manifest.ts";
import type { MadeBy } from "./origin.ts";
import { keptFiles, openRun } from "./run-folder.ts";
import type { KeptFile, RunFolder } from "./run-folder.ts";

/** What is to become of a run that is whole. */
export interface ImportTarget {
  readonly runsFolder: string;
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  readonly locks?: LockTimes;
}

/** What was copied: how many files besides the manifest, and how many bytes they all have. */
export interface CopiedRun {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Copies a run that was verified, with every byte compared with its manifest once more. A part of it that was trained here
 * is not needed any more and goes. Throws a UserError where somebody trains the run here, where a file is not as it
 * was verified, and where the system refuses to write; the run is then as it was.
 */
export async function copyRun(source: RunFolder, target: ImportTarget): Promise<CopiedRun> {
  const { runsFolder, dryRun, locks = lockTimes } = target;
  const { id } = source;
  const names = await filesOf(source);
  const here = openRun(runsFolder, id);
  if (dryRun) {
    await requireFree(runsFolder, id, locks);
    await here.result(); // which may be damaged
    const sizes = await Promise.all(
      names.map(async (name) => (await bytesOf(source, name)).length),
    );
    return { files: names.length - 1, bytes: sum(sizes) };
  }
  const lock = await takeLock(runsFolder, id, locks);
  try {
    if ((await here.result()) !== undefined) {
      throw new UserError(
        `run ${id}: expected a run that is not here, found one that was finished meanwhile. Repeat the command.`,
      );
    }
    const held = openRun(runsFolder, id, lock.require);
    return { files: names.length - 1, bytes: await placeFiles(source, held, names, lock.require) };
  } catch (error) {
    throw systemRefusalOf(error) ?? error;
  } finally {
    await lock.release();
    await rmdir(here.folder).catch(() => {}); // it is empty only if the lock made it
  }
}

/** All files of the run, in the order in which they get their names: its manifest and then its result come last. */
async function filesOf(source: RunFolder): Promise<readonly (KeptFile | "manifest.json")[]> {
  const manifest = parseManifest(
    String(await source.read("manifest.json")),
    source.path("manifest.json"),
  );
  const names = Object.keys(manifest.files);
  const unknown = names.find((name) => !keptFiles.some((known) => known === name));
  if (unknown !== undefined) {
    throw new UserError(
      `${source.path("manifest.json")}: expected files that this version knows, found ${JSON.stringify(unknown)}. Import the run with the version that trained it.`,
    );
  }
  const others = keptFiles.filter((name) => names.includes(name) && name !== "result.json");
  return [...others, "manifest.json", "result.json"];
}

async function bytesOf(source: RunFolder, name: KeptFile | "manifest.json"): Promise<Buffer> {
  const bytes = await source.read(name);
  if (bytes !== undefined) return bytes;
  throw new UserError(`${source.path(name)}: expected the file of a finished run, found none.`);
}

/** Copies the files and returns how many bytes they have. `may`: throws if the lock is lost. */
async function placeFiles(
  source: RunFolder,
  here: RunFolder,
  names: readonly (KeptFile | "manifest.json")[],
  may: () => Promise<void>,
): Promise<number> {
  const json = await bytesOf(source, "manifest.json");
  const manifest = parseManifest(json.toString("utf8"), source.path("manifest.json"));
  const temporary = unfinishedPath(join(here.folder, "import"));
  let size = 0;
  try {
    await mkdir(temporary);
    for (const name of names) {
      const bytes = name === "manifest.json" ? json : await bytesOf(source, name);
      requireWritten(manifest, name, bytes, source.path(name));
      await writeWholeDurably(join(temporary, name), [bytes]);
      size += bytes.length;
    }
    for (const name of names) {
      // What it says is true only once the others are there, also after a loss of power.
      if (name === "result.json") await syncFolder(here.folder);
      await may();
      await renameOnce(join(temporary, name), here.path(name));
    }
    await syncFolder(here.folder);
    await syncFolder(dirname(here.folder)); // which has the name of the run's folder
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await here.removeCheckpoints(0);
  await here.remove("made-by.jsonl");
  return size;
}

/**
 * The files in which two whole runs of one id differ, but for what depends on the clock: what made them, and their
 * speed.
 */
export async function differingFiles(a: RunFolder, b: RunFolder): Promise<readonly KeptFile[]> {
  const differs: KeptFile[] = [];
  for (const name of keptFiles) {
    const [x, y] = await Promise.all([a, b].map(async (run) => run.read(name)));
    if (!sameBut(name, x, y)) differs.push(name);
  }
  return differs;
}

function sameBut(name: KeptFile, a: Buffer | undefined, b: Buffer | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.equals(b)) return true;
  const key = name === "result.json" ? "madeBy" : name === "metrics.jsonl" ? "imagesPerSecond" : "";
  return key !== "" && withoutKey(a, name, key) === withoutKey(b, name, key);
}

/** JSON, or lines of it, without a key, as a text. */
function withoutKey(bytes: Buffer, name: KeptFile, key: string): string {
  const text = bytes.toString("utf8");
  const values = name.endsWith(".jsonl") ? text.trimEnd().split("\n") : [text];
  return values
    .map((value) => canonicalJson({ ...(parseJson(value) as object), [key]: undefined }))
    .join("\n");
}

/** "on AMD EPYC, commit 0123456789ab, 2026-11-28" */
export function describeOrigin(madeBy: MadeBy | undefined): string {
  if (madeBy === undefined) return "trained by a version that recorded nothing";
  const { machine, commit, dirty, date } = madeBy;
  return `trained on ${machine.cpu}, commit ${commit}${dirty ? " with uncommitted changes" : ""}, ${date.slice(0, 10)}`;
}
