/** @file A lock while it is held: its lease is renewed, its loss noticed, and what lost processes left is cleared. */
import { open, readFile, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@mvt/common";
import { namesIn, removeLeftOvers, removeUnfinished, systemCodeOf } from "@mvt/common/files";
import { isLockFile, readLock } from "./lock-file.ts";
import { describeHolder, encodeHolder, parseHolder, stateOf } from "./lock-holder.ts";
import type { LockHolder } from "./lock-holder.ts";

/** In milliseconds. */
export interface LockTimes {
  /** Between two renewals of a lease. */
  readonly beat: number;
  /** How long a lock that nobody renews counts. */
  readonly lease: number;
  /** Between two looks at a lock that somebody else holds. */
  readonly poll: number;
}

/** A lock that this process holds. */
export interface HeldLock {
  /** Names this lock among all others. */
  readonly token: string;
  /** Unfinished files of the run that lost processes had left, and that were removed. */
  readonly cleared: readonly string[];
  /** Has `listener` called once if the lock turns out to be somebody else's, or to be gone. */
  onLost(listener: () => void): void;
  /** Throws a UserError if it is, see `requireHeld`. */
  readonly require: () => Promise<void>;
  /** Never fails: a lock that cannot be removed counts until its lease has run out. */
  release(): Promise<void>;
}

/**
 * Throws a UserError unless the lock with this token still is that of the run, whose folder somebody may have removed or
 * moved, and which somebody may have taken over while this process stood still.
 */
export async function requireHeld(runsFolder: string, id: string, token: string): Promise<void> {
  const folder = join(runsFolder, id);
  const seen = await readLock(join(folder, "lock"));
  if (seen?.holder?.token === token) return;
  const advice = "Repeat the command to train it again.";
  if (seen !== undefined) {
    throw new UserError(
      `run ${id}: expected to be the only one that trains it, found ${describeHolder(seen.holder)}, which has taken it over while this process stood still`,
      { advice: "Repeat the command: it waits for the other process." },
    );
  }
  const [there, result] = await Promise.all(
    [folder, join(folder, "result.json")].map((path) => stat(path).catch(() => undefined)),
  );
  if (result !== undefined) {
    throw new UserError(
      `run ${id}: expected to be the only one that trains it, found that another process has finished it while this one stood still`,
      { advice: "Repeat the command: it uses that result." },
    );
  }
  throw new UserError(
    there === undefined
      ? `run ${id}: expected its folder ${folder}, found none. It was removed or moved while the run trained`
      : `run ${id}: expected the lock in its folder ${folder}, found none. It was removed while the run trained`,
    { advice },
  );
}

/**
 * Keeps the lock of the run that was just taken for `holder`. Undefined if it is another's already, or gone.
 *
 * Renewals go to the file that was opened first, so that a lock that has taken its place stays as it is. The file stays
 * open: with NFS 4, no machine that reads it can then delay a renewal (delegations).
 */
export async function hold(
  runsFolder: string,
  id: string,
  holder: LockHolder,
  times: LockTimes,
): Promise<HeldLock | undefined> {
  const folder = join(runsFolder, id);
  const path = join(folder, "lock");
  const { token } = holder;
  const isOwn = async () => (await readLock(path))?.holder?.token === token;
  /** Removes it; one that cannot be removed counts until its lease has run out. */
  const remove = async () => {
    if (await isOwn().catch(() => false)) await rm(path, { force: true }).catch(() => {});
  };
  const opened = await openOwn(path, token).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  if (opened === undefined) return undefined;
  let file = opened;
  let [beat, renewedAt, over] = [0, performance.now(), false];
  let listeners: (() => void)[] = [];

  /** False if another machine has removed the file (ESTALE), and for other reasons: its name tells which. */
  const write = async () => {
    try {
      await file.write(encodeHolder(holder, (beat += 1)), 0);
      await file.datasync();
      renewedAt = performance.now();
      return true;
    } catch {
      return false;
    }
  };
  const renew = async () => {
    const written = await write();
    if (over) return;
    try {
      if (!(await isOwn())) {
        for (const listener of listeners) listener();
        listeners = [];
      } else if (!written) {
        // The disk may be full, or a server away for a while: the next renewal comes soon.
        const again = await openOwn(path, token);
        if (again === undefined) return;
        await file.close().catch(() => {});
        file = again;
      }
    } catch {
      // It cannot be looked at now.
    }
  };
  let renewal = Promise.resolve();
  const timer = setInterval(() => {
    renewal = renewal.then(renew);
  }, times.beat).unref();
  const release = async () => {
    if (over) return;
    over = true;
    clearInterval(timer);
    await renewal;
    // After a pause, others may be about to take over; a renewal keeps them from it.
    if (performance.now() - renewedAt > times.lease / 2) await write();
    await file.close().catch(() => {}); // first: NFS keeps an open file that is removed under another name
    await remove();
  };
  try {
    const cleared = await removeUnfinished(folder, isLockFile);
    await clearLeft(folder, times.lease).catch(() => {}); // what is left is only untidy
    return {
      token,
      cleared,
      onLost: (listener) => void listeners.push(listener),
      require: () => requireHeld(runsFolder, id, token),
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Opens the lock's file if it names this token. */
async function openOwn(path: string, token: string): Promise<FileHandle | undefined> {
  const file = await open(path, "r+").catch((error: unknown) => {
    if (["ENOENT", "ESTALE"].includes(systemCodeOf(error) ?? "")) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  const text = await file.readFile("utf8").catch(() => "");
  if (parseHolder(text)?.token === token) return file;
  await file.close();
  return undefined;
}

/** Removes what processes that wanted the lock and died left beside it: files of processes that are gone, or older than a lease. */
async function clearLeft(folder: string, lease: number): Promise<void> {
  const lock = join(folder, "lock");
  const { mtimeMs: now } = await stat(lock); // by the same clock as the files'
  await removeLeftOvers(folder, { of: lock }); // of a process that was killed before it wrote its name
  for (const name of await namesIn(folder)) {
    if (!isLockFile(name) || name === "lock") continue;
    const path = join(folder, name);
    const left = await stat(path).catch(() => undefined);
    if (left === undefined) continue;
    if (now - left.mtimeMs > lease || (await isOfGone(path))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Whether a file names a process that is gone. */
async function isOfGone(path: string): Promise<boolean> {
  const holder = parseHolder(await readFile(path, "utf8").catch(() => ""));
  return holder !== undefined && (await stateOf(holder)) === "gone";
}
