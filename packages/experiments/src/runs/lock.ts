/** @file One process per run: a lock file that names its holder. */
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { UserError } from "@mvt/common";

/** Runs `work` while holding the run's lock. A lock whose process is gone is taken over. */
export async function withLock(
  runsFolder: string,
  id: string,
  work: () => Promise<void>,
): Promise<void> {
  const folder = join(runsFolder, id);
  const path = join(folder, "lock");
  await mkdir(folder, { recursive: true });
  await acquire(path, id);
  try {
    await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** Whether a file of a run's folder belongs to the lock: processes that wait for it write such files. */
export function isLockFile(name: string): boolean {
  return name === "lock" || name.startsWith("lock.");
}

/** Tells files of one thread apart. */
let attempts = 0;

/** Links a file that is written already, so that a lock is there with its holder's name or not at all. */
async function acquire(path: string, id: string): Promise<void> {
  const own = `${path}.${process.pid}.${threadId}.${(attempts += 1)}.tmp`;
  await writeFile(own, `${process.pid} ${hostname()}\n`);
  try {
    while (!(await succeeds(link(own, path), "EEXIST"))) {
      const holder = await readHolder(path);
      if (holder === undefined) continue; // released since
      if (!isGone(holder)) throw heldBy(holder, path, id);
      await takeAway(path, own, id);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Removes the lock of a process that is gone. One process at a time, under a lock of its own: another
 * that judged the old lock could else remove the new one that has meanwhile taken its place.
 */
async function takeAway(path: string, own: string, id: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await succeeds(link(own, guard), "EEXIST"))) {
    const holder = await readHolder(guard);
    if (holder !== undefined) throw heldBy(holder, guard, id);
    return; // released since
  }
  try {
    const holder = await readHolder(path);
    if (holder !== undefined && isGone(holder)) await rm(path);
  } finally {
    await rm(guard);
  }
}

/** Whether it worked; false if it failed with `code`. */
function succeeds(work: Promise<void>, code: "EEXIST"): Promise<boolean> {
  return work.then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === code) return false;
      throw error;
    },
  );
}

/** What the lock says: "4711 machine"; undefined if there is none. */
function readHolder(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    },
  );
}

/** Whether the process was one of this machine and is no more. */
function isGone(holder: string): boolean {
  const [pid, host] = holder.split(" ");
  return host === hostname() && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function heldBy(holder: string, path: string, id: string): UserError {
  const [pid, host] = holder.split(" ");
  const found = host === undefined ? "a lock that names none" : `process ${pid} on ${host}`;
  return new UserError(
    `run ${id}: expected no other process to train it, found ${found}. Wait for it, or remove ${path} if it is gone.`,
  );
}
