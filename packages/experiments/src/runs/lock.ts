/**
 * @file One process per run: a lock file in the run's folder that names its holder.
 *
 * The holder renews its lease: it writes a new number into the file every few seconds. A lock is taken over at once if its
 * holder was a process of this machine that is gone; any other lock, once it has not changed for the length of a lease by
 * the watcher's own clock, so that the clocks of two machines need not agree.
 *
 * A process that stood still for longer than its lease cannot tell that its lock is another's until it looks. So it looks
 * right before every file gets its name (`requireHeld`), and whoever takes a lock removes all unfinished files: what the
 * lost process still writes then has nothing to rename.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "@mvt/common";
import { linkOnce, namePath, unfinishedPath } from "@mvt/common/files";
import { hold } from "./held-lock.ts";
import type { HeldLock, LockTimes } from "./held-lock.ts";
import { readLock } from "./lock-file.ts";
import type { LockFile } from "./lock-file.ts";
import { describeHolder, encodeHolder, stateOf, thisProcess } from "./lock-holder.ts";
import type { HolderState, LockHolder } from "./lock-holder.ts";

export { requireHeld } from "./held-lock.ts";
export type { HeldLock, LockTimes } from "./held-lock.ts";
export { isLockFile } from "./lock-file.ts";

export const lockTimes: LockTimes = { beat: 10_000, lease: 60_000, poll: 1000 };

/** A lock that somebody else holds. */
export interface SeenLock {
  /** Undefined if the lock's file does not tell. */
  readonly holder: LockHolder | undefined;
  /** Whether the holder is there; unknown while nobody can tell. */
  readonly state: Exclude<HolderState, "gone">;
}

/** Somebody else has the lock. */
export class LockedError extends UserError {
  override readonly name = "LockedError";

  constructor(id: string, { holder, state }: SeenLock, { lease }: LockTimes) {
    const until = `Wait for it, or end it`;
    super(`run ${id}: expected that nobody else uses it, found ${describeHolder(holder)}`, {
      advice:
        state === "alive"
          ? `${until}.`
          : `${until}; once it is gone, its lock counts for ${lease / 1000} s.`,
    });
  }
}

/** Runs `work` while holding the run's lock. Throws a LockedError at once if somebody else may have it. */
export async function withLock<Done>(
  runsFolder: string,
  id: string,
  work: (lock: HeldLock) => Promise<Done>,
  times: LockTimes = lockTimes,
): Promise<Done> {
  const attempt = await seekLock(runsFolder, id, times)();
  if ("holder" in attempt) throw new LockedError(id, attempt, times);
  try {
    return await work(attempt);
  } finally {
    await attempt.release();
  }
}

/**
 * Takes the run's lock, or throws a LockedError as soon as it is known that its holder is there. For a holder that nobody
 * here can ask, this takes until its next renewal, or the length of a lease if there is none.
 */
export async function takeLock(
  runsFolder: string,
  id: string,
  times: LockTimes = lockTimes,
): Promise<HeldLock> {
  const attempt = seekLock(runsFolder, id, times);
  for (;;) {
    const found = await attempt();
    if (!("holder" in found)) return found;
    if (found.state === "alive") throw new LockedError(id, found, times);
    await setTimeout(times.poll);
  }
}

/** Throws a LockedError if somebody may have the run's lock, as far as one look tells. Takes nothing and changes nothing. */
export async function requireFree(
  runsFolder: string,
  id: string,
  times: LockTimes = lockTimes,
): Promise<void> {
  const seen = await readLock(join(runsFolder, id, "lock"));
  if (seen === undefined) return;
  const { holder } = seen;
  const state = holder === undefined ? "unknown" : await stateOf(holder);
  if (state !== "gone") throw new LockedError(id, { holder, state }, times);
}

/**
 * A function that tries to take the run's lock. It remembers, from one call to the next, how long a lock has not changed;
 * so it takes over the locks of lost holders if it is called again and again.
 */
export function seekLock(
  runsFolder: string,
  id: string,
  times: LockTimes = lockTimes,
): () => Promise<HeldLock | SeenLock> {
  const folder = join(runsFolder, id);
  const path = join(folder, "lock");
  const judge = createJudge(times);

  /** Removes the lock of a lost holder unless somebody else is about to, who is then returned. */
  const removeLost = async (
    lost: string,
    seen: LockFile,
    own: string,
  ): Promise<SeenLock | undefined> => {
    // Only who has the claim to this very lock may remove it: who judged it earlier could else remove a newer one.
    const claim = `${path}.takeover.${seen.identity}`;
    if ((await linkOnce(own, claim)) === "linked") {
      try {
        const again = await readLock(lost);
        if (again?.mark === seen.mark) await rm(lost, { force: true });
      } finally {
        await rm(claim, { force: true });
      }
      return undefined;
    }
    const claimed = await readLock(claim);
    if (claimed === undefined) return undefined;
    const state = await judge(claim, claimed);
    if (state === "gone") return removeLost(claim, claimed, own);
    return { holder: claimed.holder, state };
  };

  return async () => {
    const holder = await thisProcess();
    const own = unfinishedPath(path);
    try {
      for (;;) {
        await mkdir(folder, { recursive: true });
        await writeFile(own, encodeHolder(holder, 0));
        const linked = await linkOnce(own, path);
        if (linked === "linked") {
          await rm(own, { force: true }).catch(() => {}); // while it is closed, as NFS keeps open files
          const lock = await hold(runsFolder, id, holder, times);
          if (lock !== undefined) return lock;
          continue; // this process stood still, and somebody has taken the lock over
        }
        const seen = linked === "taken" ? await readLock(path) : undefined;
        if (seen === undefined) continue; // released since, or the folder was removed
        const state = await judge(path, seen);
        if (state !== "gone") return { holder: seen.holder, state };
        const rival = await removeLost(path, seen, own);
        if (rival !== undefined) return rival;
      }
    } catch (error) {
      throw namePath(error, path, own);
    } finally {
      await rm(own, { force: true }).catch(() => {}); // whoever takes the lock clears it
    }
  };
}

/**
 * A function that tells whether the holder of a lock is there, and remembers what it has seen.
 *
 * A lock is lost once it has been looked at for the length of a lease and has not changed. Between two looks no more
 * counts than the time between two renewals: while this process or the file server stood still, the holder may have, too.
 */
function createJudge({ beat, lease }: LockTimes) {
  const watched = new Map<
    string,
    { seen: LockFile; at: number; unchanged: number; beats: boolean }
  >();
  return async (path: string, seen: LockFile): Promise<HolderState> => {
    const state = seen.holder === undefined ? "unknown" : await stateOf(seen.holder);
    if (state !== "unknown") return state;
    const now = performance.now();
    const before = watched.get(path);
    if (before?.seen.mark === seen.mark) {
      before.unchanged += Math.min(now - before.at, beat);
      before.at = now;
      if (before.unchanged >= lease) return "gone";
      return before.beats ? "alive" : "unknown";
    }
    const beats = before?.seen.identity === seen.identity;
    watched.set(path, { seen, at: now, unchanged: 0, beats });
    return beats ? "alive" : "unknown";
  };
}
