/**
 * @file Mends the folder of a run: left-overs are cleared, predictions are made again from whole weights, and a run that
 * cannot be mended is set aside, so that the next command trains it again. Nothing of a run is deleted but left-overs.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@mvt/common";
import { renameOnce } from "@mvt/common/files";
import { clear, leftOversOf } from "./left-overs.ts";
import { withLock } from "./lock.ts";
import type { HeldLock } from "./lock.ts";
import { readCurves } from "./measures.ts";
import { metricsCsv } from "./metrics-csv.ts";
import { openRun, readConfig } from "./run-folder.ts";
import type { RunFile, RunFolder } from "./run-folder.ts";
import { verifyRun } from "./verify-run.ts";

/** What can be made again, and from what of the run. */
const remadeFiles = {
  "metrics.csv": "metrics.jsonl",
  "predictions.csv": "weights",
  "held-out.csv": "weights",
} as const satisfies Partial<Record<RunFile, string>>;
type RemadeFile = keyof typeof remadeFiles;
/** What takes the run's data as well. */
export type RemadePredictions = Exclude<RemadeFile, "metrics.csv">;

export interface RepairOptions {
  readonly runsFolder: string;
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** The content of a file that is damaged; throws a UserError where the run's data are not at hand. */
  readonly remake: (run: RunFolder, file: RemadePredictions) => Promise<string>;
}

export interface Repaired {
  /** What was done, or would be: "set aside as runs/3f2a00000001.damaged-1, because ..." */
  readonly lines: readonly string[];
  /** Whether something is left to mend: the run is in use, or its data are not at hand. */
  readonly open: boolean;
}

/** Mends one run. A run that a process trains is left alone. */
export async function repairRun(id: string, options: RepairOptions): Promise<Repaired> {
  const { runsFolder, dryRun } = options;
  try {
    if (dryRun) return await repairHeld(openRun(runsFolder, id), options);
    // Takes over the lock of a process that is gone, and removes it afterwards.
    return await withLock(runsFolder, id, (lock) =>
      repairHeld(openRun(runsFolder, id, lock.require), options, lock),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { lines: [`left alone: ${error.message}`], open: true };
  }
}

/** Mends a run, whose `lock` is held unless nothing is done. */
async function repairHeld(
  run: RunFolder,
  options: RepairOptions,
  lock?: HeldLock,
): Promise<Repaired> {
  const { lines, open = false, lost } = await mend(run, options, lock);
  if (lost === undefined) return { lines, open };
  return { lines: [...lines, await setAside(run, lost, options, lock)], open };
}

/** What was done to a run in its folder. */
interface Mended extends Pick<Repaired, "lines"> {
  readonly open?: boolean;
  /** Why the run cannot be mended. */
  readonly lost?: string;
}

async function mend(run: RunFolder, options: RepairOptions, lock?: HeldLock): Promise<Mended> {
  const cleared = lock
    ? (await clear(run, lock)).map((name) => `removed the left-over ${name}`)
    : (await leftOversOf(run)).map((name) => `would remove the left-over ${name}`);
  const finding = await findingOf(run);
  if (finding === undefined) return { lines: cleared };
  const damaged = await damagedFiles(run);
  const remade = damaged?.filter(isRemade) ?? [];
  if (damaged === undefined || damaged.length === 0 || remade.length < damaged.length) {
    return { lines: cleared, lost: finding };
  }
  const lines = [...cleared];
  for (const file of remade) {
    const source = `the run's ${remadeFiles[file]}`;
    if (options.dryRun) {
      lines.push(`would make ${file} again from ${source}`);
      continue;
    }
    const content = await remadeContent(run, file, options).catch((error: unknown) => {
      if (error instanceof UserError) return error;
      throw error;
    });
    if (content instanceof UserError) {
      lines.push(`${file} is damaged and can be made again: ${content.message}`);
      return { lines, open: true };
    }
    if (!(await run.wrote(file, content))) {
      lines.push(
        `${file} is damaged, and ${source} give another content here than it wrote: repair it with the engine and the device that trained it, or remove the run`,
      );
      return { lines, open: true };
    }
    await run.write(file, content);
    lines.push(`made ${file} again from ${source}`);
  }
  return { lines, lost: options.dryRun ? undefined : await findingOf(run) };
}

async function remadeContent(
  run: RunFolder,
  file: RemadeFile,
  { remake }: RepairOptions,
): Promise<string> {
  if (file !== "metrics.csv") return remake(run, file);
  return metricsCsv(await readCurves(run, await readConfig(run)));
}

/** What is wrong with the run; undefined if it is whole or not finished. */
async function findingOf(run: RunFolder): Promise<string | undefined> {
  try {
    await verifyRun(run);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.finding;
    throw error;
  }
}

/** Undefined if there is no manifest to tell, or it is damaged itself. */
async function damagedFiles(run: RunFolder): Promise<readonly RunFile[] | undefined> {
  try {
    return await run.damaged();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function isRemade(file: RunFile): file is RemadeFile {
  return Object.hasOwn(remadeFiles, file);
}

/** Renames the folder of the run, which keeps all that is in it. */
async function setAside(
  run: RunFolder,
  reason: string,
  { runsFolder, dryRun }: RepairOptions,
  lock?: HeldLock,
): Promise<string> {
  const taken = new Set(await readdir(runsFolder));
  let number = 1;
  while (taken.has(`${run.id}.damaged-${number}`)) number += 1;
  const aside = join(runsFolder, `${run.id}.damaged-${number}`);
  if (lock) {
    await lock.require();
    await renameOnce(join(runsFolder, run.id), aside);
    await rm(join(aside, "lock"), { force: true });
  }
  return `${dryRun ? "would be set aside" : "set aside"} as ${aside}, so that the next command trains it again: ${reason}`;
}
