/**
 * @file One process per run: a lock file in the run's folder that names its holder.
 *
 * The holder renews its lease: it writes a new number into the file every few seconds. A lock is taken over at once if its
 * holder was a process of this machine that is gone; any other lock, once it has not changed for the length of a lease by
 * the watcher's own clock, so that the clocks of two machines need not agree.
 */
import { createHash } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "@mvt/common";
import { namePath, removeLeftOvers, unfinishedPath } from "@mvt/common/files";
import { describeHolder, encodeHolder, parseHolder, stateOf, thisProcess } from "./lock-holder.ts";
import type { HolderState, LockHolder } from "./lock-holder.ts";

/** In milliseconds. */
export interface LockTimes {
  /** Between two renewals of a lease. */
  readonly beat: number;
  /** How long a lock that nobody renews counts. */
  readonly lease: number;
  /** Between two looks at a lock that somebody else holds. */
  readonly poll: number;
}

export const lockTimes: LockTimes = { beat: 10_000, lease: 60_000, poll: 1000 };

/** A lock that this process holds. */
export interface HeldLock {
  /** Names this lock among all others. */
  readonly token: string;
  /** Has `listener` called once if the lock turns out to be somebody else's, or to be gone. */
  onLost(listener: () => void): void;
  release(): Promise<void>;
}

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

/** Whether a file of a run's folder belongs to the lock: processes that want it write such files. */
export function isLockFile(name: string): boolean {
  return name === "lock" || name.startsWith("lock.");
}

/** Runs `work` while holding the run's lock. Throws a LockedError at once if somebody else may have it. */
export async function withLock<Done>(
  runsFolder: string,
  id: string,
  work: () => Promise<Done>,
  times: LockTimes = lockTimes,
): Promise<Done> {
  const attempt = await seekLock(runsFolder, id, times)();
  if ("holder" in attempt) throw new LockedError(id, attempt, times);
  try {
    return await work();
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
  const there = await stat(folder).catch(() => undefined);
  throw new UserError(
    there === undefined
      ? `run ${id}: expected its folder ${folder}, found none. It was removed or moved while the run trained`
      : `run ${id}: expected the lock in its folder ${folder}, found none. It was removed while the run trained`,
    { advice },
  );
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
  const judge = createJudge(times.lease);

  /** Removes the lock of a lost holder unless somebody else is about to, who is then returned. */
  const removeLost = async (
    lost: string,
    seen: LockFile,
    own: string,
  ): Promise<SeenLock | undefined> => {
    // Only who has the claim to this very lock may remove it: who judged it earlier could else remove a newer one.
    const claim = `${path}.takeover.${seen.identity}`;
    if ((await linkTo(own, claim)) === "linked") {
      try {
        const again = await readLock(lost);
        if (again?.mark === seen.mark) await rm(lost);
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
        const file = await open(own, "w");
        const linked = await writeAndLink(file, encodeHolder(holder, 0), own, path);
        if (linked === "linked") return await hold(folder, file, holder, times);
        const seen = linked === "taken" ? await readLock(path) : undefined;
        if (seen === undefined) continue; // released since, or the folder was removed
        const state = await judge(path, seen);
        if (state !== "gone") return { holder: seen.holder, state };
        const rival = await removeLost(path, seen, own);
        if (rival !== undefined) return rival;
      }
    } finally {
      await rm(own, { force: true });
    }
  };
}

/** A lock's file as it was read. */
interface LockFile {
  readonly holder: LockHolder | undefined;
  /** Of its token, or of its content if it names nobody. It becomes part of a file's name. */
  readonly identity: string;
  /** Changes whenever the file is written. */
  readonly mark: string;
}

/** The lock's file; undefined if there is none. Throws a UserError if it is no file. */
async function readLock(path: string): Promise<LockFile | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    const mark = `${mtimeMs} ${text}`;
    const holder = parseHolder(text);
    const hash = createHash("sha256").update(mark).digest("hex").slice(0, 32);
    return { holder, identity: holder?.token ?? hash, mark };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code !== "EISDIR") throw error;
    throw new UserError(`${path}: expected the lock of a run, found a folder`, {
      advice: "Remove it.",
    });
  }
}

/** A function that tells whether the holder of a lock is there, and remembers what it has seen. */
function createJudge(lease: number) {
  const watched = new Map<string, { seen: LockFile; since: number; beats: boolean }>();
  return async (path: string, seen: LockFile): Promise<HolderState> => {
    const state = seen.holder === undefined ? "unknown" : await stateOf(seen.holder);
    if (state !== "unknown") return state;
    const now = performance.now();
    const before = watched.get(path);
    if (before?.seen.mark === seen.mark) {
      if (now - before.since >= lease) return "gone";
      return before.beats ? "alive" : "unknown";
    }
    const beats = before?.seen.identity === seen.identity;
    watched.set(path, { seen, since: now, beats });
    return beats ? "alive" : "unknown";
  };
}

/** Gives the file a second name, so that it is there with its content or not at all. */
async function linkTo(from: string, to: string): Promise<"linked" | "taken" | "vanished"> {
  try {
    await link(from, to);
    return "linked";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return "taken";
    if (code === "ENOENT") return "vanished";
    throw error;
  }
}

/** Writes the file, then gives it a second name; closes it unless it has got that name. */
async function writeAndLink(file: FileHandle, text: string, from: string, to: string) {
  let linked: Awaited<ReturnType<typeof linkTo>> = "vanished";
  try {
    await file.writeFile(text);
    linked = await linkTo(from, to);
    return linked;
  } catch (error) {
    throw namePath(error, to, from);
  } finally {
    if (linked !== "linked") await file.close();
  }
}

/**
 * Keeps the lock that was just taken: clears what lost processes left beside it, and renews the lease.
 *
 * @param file the lock's file; renewals go to this very file, so that a lock that has taken its place stays as it is
 */
async function hold(
  folder: string,
  file: FileHandle,
  holder: LockHolder,
  times: LockTimes,
): Promise<HeldLock> {
  const path = join(folder, "lock");
  let [beat, renewedAt, over] = [0, performance.now(), false];
  let listeners: (() => void)[] = [];
  const isOwn = async () => (await readLock(path))?.holder?.token === holder.token;
  const renew = async () => {
    try {
      await file.write(encodeHolder(holder, (beat += 1)), 0);
      await file.datasync();
      renewedAt = performance.now();
      if (over || (await isOwn())) return;
      for (const listener of listeners) listener();
      listeners = [];
    } catch {
      // The disk may be full, or a server away for a while: the next renewal comes soon.
    }
  };
  let renewal = Promise.resolve();
  const timer = setInterval(() => {
    renewal = renewal.then(renew);
  }, times.beat).unref();
  await clearLeft(folder, times.lease).catch(() => {}); // what is left is only untidy
  return {
    token: holder.token,
    onLost: (listener) => void listeners.push(listener),
    async release() {
      if (over) return;
      over = true;
      clearInterval(timer);
      await renewal;
      // After a pause, others may be about to take over; a renewal keeps them from it.
      if (performance.now() - renewedAt > times.lease / 2) await renew();
      await file.close();
      if (await isOwn()) await rm(path, { force: true });
    },
  };
}

/** Removes what processes that wanted the lock and died left beside it: files of processes that are gone, or older than a lease. */
async function clearLeft(folder: string, lease: number): Promise<void> {
  const lock = join(folder, "lock");
  const { mtimeMs: now } = await stat(lock); // by the same clock as the files'
  await removeLeftOvers(folder, { of: lock }); // of a process that was killed before it wrote its name
  for (const name of await readdir(folder)) {
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
