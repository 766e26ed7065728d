/**
 * @file The folder of all runs: one folder per run, found again by the hash of its configuration.
 *
 *     runs/<id>/config.json                   the configuration
 *               metrics.jsonl                 a line per epoch
 *               metrics.csv                   the same as a table, when it is finished
 *               labels.jsonl                  the label ledger, if the run relabels
 *               labels.csv                    per training image of a classifier: its labels, and how doubtful they are
 *               made-by.jsonl                 while it is unfinished: the versions and machines that trained it so far
 *               checkpoint-<step>.safetensors while it is unfinished: everything to go on from; the last few
 *               validation-best.safetensors   the weights of the epoch chosen on the validation subset
 *               last.safetensors              the weights of the last epoch
 *               mgn.safetensors               of a mask generator: its weights and what it is good for; of a
 *                                             classifier, the generator of --mgn
 *               predictions.csv               per test image, with the validation-chosen weights
 *               held-out.csv                  of a run without a fold of its training images: the fold's predictions
 *               manifest.json                 the SHA-256 of all these files but the checkpoints
 *               result.json                   when it is finished
 */
import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { CommandLineError, parseJson, UserError } from "@mvt/common";
import {
  makeWhole,
  namePath,
  namesIn,
  readRegular,
  syncFile,
  syncFolder,
  writeWhole,
  writeWholeDurably,
} from "@mvt/common/files";
import { runId } from "../settings/run-config.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { listCheckpoints } from "./checkpoint-files.ts";
import type { CheckpointFile } from "./checkpoint-files.ts";
import type { HeldLock } from "./lock.ts";
import { isWritten, makeManifest, parseManifest, requireWritten } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { runResult } from "./result.ts";
import type { RunResult } from "./result.ts";
import { untilChanged } from "./until-changed.ts";

/** What a finished run leaves, as far as it has it; the manifest vouches for these. */
export const keptFiles = [
  "config.json",
  "metrics.jsonl",
  "metrics.csv",
  "labels.jsonl",
  "labels.csv",
  "validation-best.safetensors",
  "last.safetensors",
  "mgn.safetensors",
  "predictions.csv",
  "held-out.csv",
  "result.json",
] as const;
export type KeptFile = (typeof keptFiles)[number];

export type RunFile = KeptFile | CheckpointFile | "made-by.jsonl" | "manifest.json";

export interface RunFolder {
  readonly id: string;
  /** The folder itself. */
  readonly folder: string;
  path(file: RunFile): string;
  write(file: RunFile, content: string | Uint8Array): Promise<void>;
  /** Writes a file from its parts; once it is done, a loss of power does not lose it. */
  writeDurably(file: RunFile, parts: readonly Uint8Array[]): Promise<void>;
  /**
   * The file's bytes; undefined if there is none. Throws a UserError if the run is finished and its manifest says that it
   * wrote another file.
   */
  read(file: RunFile): Promise<Buffer | undefined>;
  /** Has `make` write the file at a temporary path. */
  make(file: RunFile, make: (temporary: string) => Promise<void>): Promise<void>;
  remove(file: RunFile): Promise<void>;
  /** Removes all checkpoints but the `keep` of most steps. */
  removeCheckpoints(keep: number): Promise<void>;
  /** The result of a finished run; undefined while it is unfinished. */
  result(): Promise<RunResult | undefined>;
  /** Ends the run: its manifest, then its result, which says that everything else is there; the checkpoints go. */
  finish(result: RunResult): Promise<void>;
  /** Reads every file that the run left and compares it; the number of files, or undefined for a run without manifest. */
  verify(): Promise<number | undefined>;
  /** The files that are not as the manifest says, missing ones included; undefined for a run without manifest. */
  damaged(): Promise<readonly RunFile[] | undefined>;
  /** Whether the manifest has the checksum of this content for the file, or none for the file. */
  wrote(file: RunFile, content: string): Promise<boolean>;
}

/** A command reads several files of a run, and its result in several places. Only what a finished run has is kept. */
const manifests = untilChanged<Manifest | undefined>();
const results = untilChanged<RunResult | undefined>();

/**
 * The folder of a run, whether it exists or not. `may` is asked before every change, and again right before a file gets its
 * name; nothing changes if it throws. Who trains passes `require` of the run's lock.
 */
export function openRun(
  runsFolder: string,
  id: string,
  may: () => Promise<void> = async () => {},
): RunFolder {
  const folder = join(runsFolder, id);
  const path = (file: RunFile) => join(folder, file);
  const readBytes = (file: RunFile) =>
    readRegular(path(file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw namePath(error, path(file));
    });
  /** What a run has only once it is finished. */
  const ends = [path("manifest.json"), path("result.json")];
  const readManifest = () =>
    manifests(ends, async () => {
      const json = await readBytes("manifest.json");
      return json && parseManifest(json.toString("utf8"), path("manifest.json"));
    });
  const read = async (file: RunFile) => {
    const [bytes, manifest] = await Promise.all([readBytes(file), readManifest()]);
    // Without a result, the run was stopped between its manifest and its result.
    const finished = bytes !== undefined || file !== "result.json";
    if (manifest && finished) requireWritten(manifest, file, bytes, path(file));
    return bytes;
  };
  const write = (file: RunFile, content: string | Uint8Array) =>
    writeWhole(path(file), content, { may });
  const writeDurably = (file: RunFile, parts: readonly Uint8Array[]) =>
    writeWholeDurably(path(file), parts, { may });
  const remove = async (file: RunFile) => {
    await may();
    await rm(path(file), { force: true });
  };
  const removeCheckpoints = async (keep: number) => {
    for (const file of (await listCheckpoints(folder)).slice(keep)) await remove(file);
  };
  return {
    id,
    folder,
    path,
    read,
    write,
    writeDurably,
    make: (file, make) => makeWhole(path(file), make, { may }),
    remove,
    removeCheckpoints,
    result: () =>
      results(ends, async () => {
        const json = await read("result.json");
        return json && parseResult(json.toString("utf8"), id, path("result.json"));
      }),
    async finish(result) {
      const json = `${JSON.stringify(result, null, 2)}\n`;
      const present = await Promise.all(
        keptFiles.map(async (file) => [file, await readBytes(file)] as const),
      );
      const files = {
        ...Object.fromEntries(present.filter(([, bytes]) => bytes)),
        "result.json": json,
      };
      for (const [file, bytes] of present) if (bytes) await syncFile(path(file));
      await syncFolder(runsFolder); // which has the name of the run's folder
      const list = `${JSON.stringify(makeManifest(files), null, 2)}\n`;
      await writeDurably("manifest.json", [Buffer.from(list)]);
      await writeDurably("result.json", [Buffer.from(json)]);
      await removeCheckpoints(0);
      await remove("made-by.jsonl");
    },
    async verify() {
      const manifest = await readManifest();
      if (manifest === undefined) return undefined;
      const names = Object.keys(manifest.files) as RunFile[];
      for (const name of names) {
        requireWritten(manifest, name, await readBytes(name), path(name));
      }
      return names.length;
    },
    async wrote(file, content) {
      const manifest = await readManifest();
      return manifest !== undefined && isWritten(manifest, file, content);
    },
    async damaged() {
      const manifest = await readManifest();
      if (manifest === undefined) return undefined;
      const names = Object.keys(manifest.files) as RunFile[];
      const whole = await Promise.all(
        names.map(async (name) => isWritten(manifest, name, await readBytes(name))),
      );
      return names.filter((_, i) => !whole[i]);
    },
  };
}

function parseResult(json: string, id: string, path: string): RunResult {
  const parsed = runResult.safeParse(parseJson(json));
  if (parsed.success && parsed.data.id === id) return parsed.data;
  const [expected, found] = parsed.success
    ? [`the result of run ${id}`, `that of run ${parsed.data.id}`]
    : ["the result of a run", "something else"];
  throw new UserError(
    `${path}: expected ${expected}, found ${found}. Remove the run's folder to train it again.`,
  );
}

/** That `file` of a run is not there: the command that began the run makes it, or, if it is finished, nothing does. */
export async function missingFile(run: RunFolder, file: RunFile): Promise<UserError> {
  if ((await run.result()) === undefined) {
    return new UserError(
      `run ${run.id}: expected ${file}, found none, since the run is not finished. Repeat the command that began it.`,
    );
  }
  return new UserError(
    `${run.path(file)}: expected the file of a finished run, found none. Mend the run with \`pnpm exp runs repair ${run.id}\`.`,
  );
}

/** The configuration of a run, finished or not. */
export async function readConfig(run: RunFolder): Promise<RunConfig> {
  const path = run.path("config.json");
  try {
    const config = JSON.parse((await run.read("config.json"))!.toString("utf8")) as RunConfig;
    if (config.format === 1 && runId(config) === run.id) return config;
  } catch {
    // Not there or no JSON: said below, like JSON that is not this run's.
  }
  throw new UserError(
    `${path}: expected the configuration of run ${run.id}, found something else. Remove the run's folder to train it again.`,
  );
}

/** Whether somebody has trained a part of the run, or all of it. */
export async function hasBegun(runsFolder: string, id: string): Promise<boolean> {
  const names = await readdir(join(runsFolder, id)).catch(() => []);
  return names.some((name) => /^(checkpoint|result)[-.\w]*$/.test(name) && !name.endsWith(".tmp"));
}

/** Whether the name of a folder is the id of a run. */
export function isRunId(name: string): boolean {
  return /^[0-9a-f]{12}$/.test(name);
}

/** The ids of all runs, finished or not. */
export async function listRuns(runsFolder: string): Promise<readonly string[]> {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isRunId(entry.name))
    .map(({ name }) => name)
    .toSorted();
}

/** The one run whose id begins with `prefix`. */
export async function findRun(runsFolder: string, prefix: string): Promise<RunFolder> {
  if (prefix === "") {
    throw new CommandLineError(
      "run: expected the beginning of a run's id, got nothing. `pnpm exp runs list` shows all.",
    );
  }
  const ids = await listRuns(runsFolder);
  const matches = ids.filter((id) => id.startsWith(prefix));
  if (matches.length === 1) return openRun(runsFolder, matches[0]!);
  const found = matches.length === 0 ? "none" : matches.join(", ");
  throw new UserError(
    `run ${prefix}: expected one run in ${runsFolder} whose id begins so, found ${found}. \`pnpm exp runs list\` shows all.`,
  );
}

/** Removes a run and all its files, of which the lock comes last: the caller holds it. */
export async function removeRun(runsFolder: string, id: string, lock: HeldLock): Promise<void> {
  const folder = join(runsFolder, id);
  try {
    for (const name of await namesIn(folder)) {
      if (name === "lock") continue;
      await lock.require();
      await rm(join(folder, name), { recursive: true, force: true });
    }
  } finally {
    await lock.release();
  }
  await removeEmpty(folder);
}

/** Removes a folder unless it has files; waits a little where a removed one is still open (NFS). */
async function removeEmpty(folder: string): Promise<void> {
  for (let tries = 1; tries <= 5; tries += 1) {
    try {
      return await rmdir(folder);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return; // somebody has removed it as well
      if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
      if ((await namesIn(folder).catch(() => [])).length > 0) return; // it is trained again
      await setTimeout(100 * tries);
    }
  }
}
