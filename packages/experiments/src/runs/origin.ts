/**
 * @file What made a run: the version of this project, the machine, the scale. A run records it when it is trained, so that
 * reports and exports name it, whatever version writes them.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Backend } from "@mvt/core";
import { z } from "zod";
import { describeMachine, sourceVersion } from "./provenance.ts";
import type { RunFolder } from "./run-folder.ts";

const version = z.object({
  /** Of this project; "unknown" outside a checkout. */
  commit: z.string(),
  /** Whether the working tree held uncommitted changes. */
  dirty: z.boolean(),
  /** SHA-256 of pnpm-lock.yaml, which names every package with its version; "unknown" if there is none. */
  lockfile: z.string(),
  scale: z.string(),
  /** `Machine` of @mvt/report. */
  machine: z.object({
    cpu: z.string(),
    cores: z.int().positive(),
    memory: z.number().positive(),
    os: z.string(),
    node: z.string(),
    backend: z.string().exactOptional(),
    engine: z.string().exactOptional(),
  }),
});

/** The version, machine and scale that train. */
export type Origin = z.infer<typeof version>;

const dated = version.extend({
  /** ISO 8601. */
  date: z.iso.datetime(),
});

/** What made a finished run, and when it ended. */
export const madeBy = dated.extend({
  /** The others that trained its first steps, where it was interrupted and went on elsewhere; dates of their beginning. */
  before: z.array(dated).exactOptional(),
});
export type MadeBy = z.infer<typeof madeBy>;

/** What makes the runs of this command. */
export function originOf(scale: string, backend: Backend): Origin {
  return { ...sourceVersion(), lockfile: lockfileHash(), scale, machine: describeMachine(backend) };
}

function lockfileHash(): string {
  try {
    const bytes = readFileSync(new URL("../../../../pnpm-lock.yaml", import.meta.url));
    return createHash("sha256").update(bytes).digest("hex");
  } catch {
    return "unknown";
  }
}

/** Notes in an unfinished run's folder who trains it from here. `goesOn`: from a checkpoint, which others made. */
export async function noteOrigin(run: RunFolder, origin: Origin, goesOn: boolean): Promise<void> {
  const earlier = goesOn ? await readOrigins(run) : [];
  const last = earlier.at(-1);
  if (last && isSame(last, origin)) return;
  const lines = [...earlier, { ...origin, date: new Date().toISOString() }];
  await run.write("made-by.jsonl", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** What result.json says at the end of a run that `origin` finishes. */
export async function madeByOf(run: RunFolder, origin: Origin): Promise<MadeBy> {
  const before = (await readOrigins(run)).filter((other) => !isSame(other, origin));
  const made = { ...origin, date: new Date().toISOString() };
  return before.length === 0 ? made : { ...made, before };
}

/** Whatever their dates. */
function isSame(other: Origin, origin: Origin): boolean {
  return JSON.stringify(version.parse(other)) === JSON.stringify(version.parse(origin));
}

/** Lines that cannot be read are left out: they are a record, and nothing of the result depends on them. */
async function readOrigins(run: RunFolder): Promise<readonly z.infer<typeof dated>[]> {
  const text = String((await run.read("made-by.jsonl")) ?? "");
  return text.split("\n").flatMap((line) => {
    try {
      return [dated.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
