/**
 * @file Who holds a lock: a process, described so that others can tell whether it is still there. A process number alone
 * does not: it is given out again, and every container and machine has its own.
 */
import { randomBytes } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { parseJson, printable } from "@mvt/common";
import { processExists, thisPlace } from "@mvt/common/files";
import { z } from "zod";

const schema = z.object({
  pid: z.int().positive(),
  host: z.string().min(1).max(255),
  /** Differs after every start of the machine. Where the system tells it, as Linux does. */
  boot: z.string().max(100).optional(),
  /** The PID namespace, in which process numbers count. Where there are such. */
  namespace: z.string().max(100).optional(),
  /** When the process started, in the system's ticks since the machine started. Where the system tells it. */
  started: z.string().max(30).optional(),
  /** Tells the lock from every other, also from earlier ones of the same process. It becomes part of file names. */
  token: z.string().regex(/^[0-9a-f]{32}$/),
});

/** A process that holds a lock, as the lock's file names it. */
export type LockHolder = Readonly<z.infer<typeof schema>>;

/** Whether the holder of a lock is there; unknown for a process that nobody here can ask. */
export type HolderState = "alive" | "gone" | "unknown";

/** This process, with a new token. */
export async function thisProcess(): Promise<LockHolder> {
  const { host, boot, namespace } = thisPlace();
  return {
    pid: process.pid,
    host,
    boot,
    namespace,
    started: (await readStart(process.pid))?.started,
    token: randomBytes(16).toString("hex"),
  };
}

/** The text of a lock's file. It has the same length for every `beat`, so that it can be written over. */
export function encodeHolder(holder: LockHolder, beat: number): string {
  return `${JSON.stringify({ beat: String(beat).padStart(12, "0"), ...holder })}\n`;
}

/** Reads the text of a lock's file; undefined if it names no process, such as an empty file. */
export function parseHolder(text: string): LockHolder | undefined {
  return schema.safeParse(parseJson(text)).data;
}

/** "process 4711 on host gpu-1" */
export function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return "a lock that names no process";
  return `process ${holder.pid} on host ${printable(holder.host)}`;
}

/** Whether the process is there. One of another machine or PID namespace cannot be asked. */
export async function stateOf(holder: LockHolder): Promise<HolderState> {
  const { host, boot, namespace } = thisPlace();
  const here = holder.host === host && holder.boot === boot && holder.namespace === namespace;
  if (!here) return "unknown";
  if (!processExists(holder.pid)) return "gone";
  const found = await readStart(holder.pid);
  if (found === undefined || holder.started === undefined) return "unknown";
  // The process that a killed one leaves until its parent asks for its exit code is gone, too.
  return found.started === holder.started && !/[ZX]/.test(found.status) ? "alive" : "gone";
}

/** When a process started, and its status; undefined where the system does not tell, or tells of another namespace. */
async function readStart(
  pid: number,
): Promise<{ readonly started: string; readonly status: string } | undefined> {
  const itself = await readlink("/proc/self").catch(() => undefined);
  if (itself !== String(process.pid)) return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // "4711 (a name (with brackets)) S 1 ...": field 3 is the status, field 22 the start.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [status, started] = [fields?.[0], fields?.[19]];
  return status === undefined || started === undefined ? undefined : { started, status };
}
