/**
 * @file The folder of all runs: one folder per run, found again by the hash of its configuration.
 *
 *     runs/<id>/config.json                   the configuration
 *               metrics.jsonl                 a line per epoch
 *               labels.jsonl                  the label ledger, if the run relabels
 *               labels.csv                    per training image of a classifier: its labels, and how doubtful they are
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
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CommandLineError, UserError } from "@mvt/common";
import { syncFile, syncFolder, writeWhole, writeWholeDurably } from "@mvt/common/files";
import { runId } from "../settings/run-config.ts";
import type { RunConfig } from "../settings/run-config.ts";
import { removeCheckpoints } from "./checkpoint-files.ts";
import type { CheckpointFile } from "./checkpoint-files.ts";
import { makeManifest, parseManifest, requireWritten } from "./manifest.ts";
import { runResult } from "./result.ts";
import type { RunResult } from "./result.ts";

/** What a finished run leaves, as far as it has it; the manifest vouches for these. */
const keptFiles = [
  "config.json",
  "metrics.jsonl",
  "labels.jsonl",
  "labels.csv",
  "validation-best.safetensors",
  "last.safetensors",
  "mgn.safetensors",
  "predictions.csv",
  "held-out.csv",
  "result.json",
] as const;

export type RunFile = (typeof keptFiles)[number] | CheckpointFile | "manifest.json";

export interface RunFolder {
  readonly id: string;
  path(file: RunFile): string;
  write(file: RunFile, content: string | Uint8Array): Promise<void>;
  /**
   * The file's bytes; undefined if there is none. Throws a UserError if the run is finished and its manifest says that it
   * wrote another file.
   */
  read(file: RunFile): Promise<Buffer | undefined>;
  remove(file: RunFile): Promise<void>;
  /** The result of a finished run; undefined while it is unfinished. */
  result(): Promise<RunResult | undefined>;
  /** Ends the run: its manifest, then its result, which says that everything else is there; the checkpoints go. */
  finish(result: RunResult): Promise<void>;
  /** Reads every file that the run left and compares it; the number of files, or undefined for a run without manifest. */
  verify(): Promise<number | undefined>;
}

/** The folder of a run, whether it exists or not. */
export function openRun(runsFolder: string, id: string): RunFolder {
  const path = (file: RunFile) => join(runsFolder, id, file);
  const readBytes = (file: RunFile) =>
    readFile(path(file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  const readManifest = async () => {
    const json = await readBytes("manifest.json");
    return json && parseManifest(json.toString("utf8"), path("manifest.json"));
  };
  const read = async (file: RunFile) => {
    const [bytes, manifest] = await Promise.all([readBytes(file), readManifest()]);
    // Without a result, the run was stopped between its manifest and its result.
    const finished = bytes !== undefined || file !== "result.json";
    if (manifest && finished) requireWritten(manifest, file, bytes, path(file));
    return bytes;
  };
  const write = (file: RunFile, content: string | Uint8Array) => writeWhole(path(file), content);
  const remove = (file: RunFile) => rm(path(file), { force: true });
  return {
    id,
    path,
    read,
    write,
    remove,
    async result() {
      const json = await read("result.json");
      return json && parseResult(json.toString("utf8"), path("result.json"));
    },
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
      await writeWholeDurably(path("manifest.json"), [Buffer.from(list)]);
      await writeWholeDurably(path("result.json"), [Buffer.from(json)]);
      await removeCheckpoints(join(runsFolder, id));
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
  };
}

function parseResult(json: string, path: string): RunResult {
  try {
    return runResult.parse(JSON.parse(json));
  } catch {
    throw new UserError(
      `${path}: expected the result of a run, found something else. Remove the run's folder to train it again.`,
    );
  }
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

/** The ids of all runs, finished or not. */
export async function listRuns(runsFolder: string): Promise<readonly string[]> {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && /^[0-9a-f]{12}$/.test(entry.name))
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

/** Removes a run and all its files. */
export async function removeRun(runsFolder: string, id: string): Promise<void> {
  await rm(join(runsFolder, id), { recursive: true });
}
