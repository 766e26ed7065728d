/** @file The lock of a run: one process at a time, and none that is gone keeps others out. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "@mvt/common";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { describe, expect, onTestFinished, test } from "vitest";
import { encodeHolder, parseHolder, stateOf, thisProcess } from "../src/runs/lock-holder.ts";
import type { LockHolder } from "../src/runs/lock-holder.ts";
import { lockTimes, requireHeld, seekLock, takeLock, withLock } from "../src/runs/lock.ts";
import type { HeldLock, LockTimes, SeenLock } from "../src/runs/lock.ts";

const id = "0123456789ab";

/** Above what Linux and macOS give out. */
const noProcess = 2 ** 30;

/** A lease that a test can wait for. */
const short: LockTimes = { beat: 20, lease: 200, poll: 10 };

/** Another process that holds the lock. `launcher`: what starts it, such as `unshare`. */
async function hold(runs: string, beat = lockTimes.beat, launcher: readonly string[] = []) {
  const script = join(import.meta.dirname, "fixtures/hold-lock.ts");
  const [command, ...args] = [...launcher, process.execPath, script, runs, id, String(beat)];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  return { child, pid: Number(String(text)) };
}

/** Writes a lock as a process that is described so left it; its text. */
async function leave(runs: string, lock: Partial<LockHolder> | string, name = "lock") {
  await mkdir(join(runs, id), { recursive: true });
  const holder = { ...(await thisProcess()), ...(lock as object) };
  const text = typeof lock === "string" ? lock : encodeHolder(holder, 7);
  await writeFile(join(runs, id, name), text);
  return text;
}

const elsewhere = { host: "another-machine", boot: "another start" };
const readLock = (runs: string) => readFile(join(runs, id, "lock"), "utf8");

/** The message of a UserError, with the temporary folder shown as DIR. */
async function refusal(attempt: Promise<unknown>, folder: string): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(folder, "DIR");
}

/** Tries until the lock is held, and releases it after the test. */
async function untilHeld(attempt: () => Promise<HeldLock | SeenLock>): Promise<HeldLock> {
  for (;;) {
    const found = await attempt();
    if (!("holder" in found)) {
      onTestFinished(() => found.release());
      return found;
    }
    await setTimeout(short.poll);
  }
}

describe("the lock of a run", () => {
  test("names this process while the work goes on, and is gone afterwards", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await withLock(runs, id, async () => {
      const holder = parseHolder(await readLock(runs));
      expect(holder).toMatchObject({ pid: process.pid, host: hostname() });
      expect(await stateOf(holder!)).toBe("alive");
      expect(await filesBelow(runs)).toEqual([join(id, "lock")]);
    });
    expect(await filesBelow(runs)).toEqual([]);
  });

  test("is gone when the work fails, whose error it passes on", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const work = () => Promise.reject(new Error("the disk is full"));
    await expect(withLock(runs, id, work)).rejects.toThrow("the disk is full");
    expect(await filesBelow(runs)).toEqual([]);
  });

  test("keeps a second process out, and tells it whom to wait for", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const { child, pid } = await hold(runs);
    const message = `run ${id}: expected that nobody else uses it, found process ${pid} on host ${hostname()}. Wait for it, or end it.`;
    expect(
      await refusal(
        withLock(runs, id, async () => {}),
        runs,
      ),
    ).toBe(message);
    expect(await refusal(takeLock(runs, id), runs)).toBe(message);
    child.stdin.write("\n");
    await once(child, "close");
    expect(await withLock(runs, id, async () => "worked")).toBe("worked");
  });

  test("of one run does not keep others out", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await hold(runs);
    expect(await withLock(runs, "aa0000000003", async () => "worked")).toBe("worked");
  });

  test("names the path if a folder is in its place", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await mkdir(join(runs, id, "lock"), { recursive: true });
    expect(await refusal(takeLock(runs, id), runs)).toBe(
      `DIR/${id}/lock: expected the lock of a run, found a folder. Remove it.`,
    );
  });
});

describe("a lock that was left behind is taken over at once", () => {
  test("from a process that was killed", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const { child } = await hold(runs);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await filesBelow(runs)).toEqual([join(id, "lock")]);
    await withLock(runs, id, async () => {
      expect(parseHolder(await readLock(runs))!.pid).toBe(process.pid);
    });
    expect(await filesBelow(runs)).toEqual([]);
  });

  // Elsewhere, the system does not tell when a process started.
  test.runIf(process.platform === "linux")(
    "from a process whose number another has now, as in a container that was started again",
    async () => {
      const runs = await temporaryFolder(onTestFinished);
      await leave(runs, { pid: process.pid, started: "1" });
      expect(await withLock(runs, id, async () => "worked")).toBe("worked");
    },
  );

  test("by one of many that want it", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await leave(runs, { pid: noProcess });
    const attempts = await Promise.all(
      Array.from({ length: 20 }, async () => seekLock(runs, id)()),
    );
    const held = attempts.filter((attempt): attempt is HeldLock => !("holder" in attempt));
    const refused = attempts.filter((attempt) => "holder" in attempt);
    expect(held.length).toBeLessThanOrEqual(1); // all may have met one that was about to take it over
    expect(new Set(refused.map(({ holder }) => holder!.pid))).toEqual(new Set([process.pid]));
    for (const lock of held) await lock.release();
    expect(await withLock(runs, id, async () => "worked")).toBe("worked");
    expect(await filesBelow(runs)).toEqual([]);
  });

  test("even if who was about to take it over was killed, too", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const { token } = parseHolder(await leave(runs, { pid: noProcess }))!;
    const claim = await leave(runs, { pid: noProcess }, `lock.takeover.${token}`);
    await leave(runs, { pid: noProcess }, `lock.takeover.${parseHolder(claim)!.token}`);
    expect(await withLock(runs, id, async () => "worked")).toBe("worked");
    expect(await filesBelow(runs)).toEqual([]);
  });
});

describe("a lock whose holder nobody here can ask", () => {
  test.each([
    ["on another machine", elsewhere, "process 4711 on host another-machine"],
    ["in another PID namespace", { namespace: "pid:[1]" }, `process 4711 on host ${hostname()}`],
    ["before this machine was started", { boot: "old" }, `process 4711 on host ${hostname()}`],
    ["that names nobody", "", "a lock that names no process"],
    ["of an earlier version", `4711 ${hostname()}\n`, "a lock that names no process"],
    ["with a path for a token", { token: "../../../x" }, "a lock that names no process"],
  ])("%s counts until its lease has run out", async (_, lock, named) => {
    const runs = await temporaryFolder(onTestFinished);
    await leave(runs, typeof lock === "string" ? lock : { pid: 4711, ...lock });
    expect(
      await refusal(
        withLock(runs, id, async () => {}, short),
        runs,
      ),
    ).toBe(
      `run ${id}: expected that nobody else uses it, found ${named}. Wait for it, or end it; once it is gone, its lock counts for 0.2 s.`,
    );
    const start = performance.now();
    const { token } = await untilHeld(seekLock(runs, id, short));
    expect(performance.now() - start).toBeGreaterThanOrEqual(short.lease);
    expect(parseHolder(await readLock(runs))!.token).toBe(token);
    expect(await filesBelow(runs)).toEqual([join(id, "lock")]);
  });

  test("is refused once it is seen to be renewed", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const first = encodeHolder({ ...(await thisProcess()), ...elsewhere }, 1);
    await leave(runs, first);
    const attempt = seekLock(runs, id, short);
    expect(await attempt()).toMatchObject({ state: "unknown" });
    await leave(runs, first.replace("000001", "000002"));
    expect(await attempt()).toMatchObject({ state: "alive" });
  });

  test("of a lost takeover counts as long", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const { token } = parseHolder(await leave(runs, { pid: noProcess }))!;
    await leave(runs, "", `lock.takeover.${token}`);
    const attempt = seekLock(runs, id, short);
    expect(await attempt()).toMatchObject({ holder: undefined, state: "unknown" });
    await untilHeld(attempt);
    expect(await filesBelow(runs)).toEqual([join(id, "lock")]);
  });

  const unshare = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];
  const canUnshare = spawnSync(unshare[0]!, [...unshare.slice(1), "true"]).status === 0;
  test.skipIf(!canUnshare)(
    "in a PID namespace keeps its lock for as long as it renews it (needs unshare)",
    async () => {
      const runs = await temporaryFolder(onTestFinished);
      const { child, pid } = await hold(runs, short.beat, unshare);
      expect(pid).toBeLessThan(10);
      const patient = { ...short, lease: 5000 };
      expect(await refusal(takeLock(runs, id, patient), runs)).toContain(
        `found process ${pid} on host ${hostname()}. Wait for it, or end it.`,
      );
      child.stdin.write("\n");
      await once(child, "close");
      await (await takeLock(runs, id, patient)).release();
    },
  );
});

describe("who holds a lock", () => {
  test("renews it", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const lock = await untilHeld(seekLock(runs, id, short));
    const before = await readLock(runs);
    while ((await readLock(runs)) === before) await setTimeout(short.beat);
    const after = await readLock(runs);
    expect(after).toHaveLength(before.length);
    expect(parseHolder(after)).toEqual(parseHolder(before));
    await requireHeld(runs, id, lock.token);
  });

  test("learns that another has taken it over, and leaves the other's lock alone", async () => {
    const runs = await temporaryFolder(onTestFinished);
    const lock = await untilHeld(seekLock(runs, id, short));
    const lost = new Promise<void>((resolve) => lock.onLost(resolve));
    await rm(join(runs, id, "lock"));
    const other = await leave(runs, { pid: 4711, ...elsewhere });
    await lost;
    expect(await refusal(requireHeld(runs, id, lock.token), runs)).toBe(
      `run ${id}: expected to be the only one that trains it, found process 4711 on host another-machine, which has taken it over while this process stood still. Repeat the command: it waits for the other process.`,
    );
    await lock.release();
    expect(await readLock(runs)).toBe(other);
  });

  test.each([
    ["the run was removed", (folder: string) => rm(folder, { recursive: true })],
    ["the run was moved", (folder: string) => rename(folder, `${folder}-moved`)],
  ])("learns that %s", async (_, change) => {
    const runs = await temporaryFolder(onTestFinished);
    const lock = await untilHeld(seekLock(runs, id, short));
    const lost = new Promise<void>((resolve) => lock.onLost(resolve));
    await change(join(runs, id));
    await lost;
    expect(await refusal(requireHeld(runs, id, lock.token), runs)).toBe(
      `run ${id}: expected its folder DIR/${id}, found none. It was removed or moved while the run trained. Repeat the command to train it again.`,
    );
    await lock.release();
    expect(await readdir(runs)).not.toContain(id);
  });

  test("clears what others that wanted it left when they were killed, if it is old", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await leave(runs, "", "lock.4711.1.2.tmp");
    await leave(runs, "", "lock.takeover");
    for (const name of await readdir(join(runs, id))) {
      await utimes(join(runs, id, name), new Date(0), new Date(0));
    }
    await leave(runs, "", "lock.new.tmp");
    await withLock(runs, id, async () => {
      expect(await filesBelow(runs)).toEqual([join(id, "lock"), join(id, "lock.new.tmp")]);
    });
  });

  test("clears at once what one left that was killed before it had written its name", async () => {
    const runs = await temporaryFolder(onTestFinished);
    await mkdir(join(runs, id));
    const script = `import { unfinishedPath } from "@mvt/common/files";
      import { writeFileSync } from "node:fs";
      writeFileSync(unfinishedPath(process.argv[1]), "");
      process.kill(process.pid, "SIGKILL");`;
    const path = join(runs, id, "lock");
    spawnSync(process.execPath, ["--input-type=module", "-e", script, path], {
      cwd: import.meta.dirname,
    });
    expect(await filesBelow(runs)).toEqual([expect.stringMatching(/lock\..*\.tmp$/)]);
    await withLock(runs, id, async () => {
      expect(await filesBelow(runs)).toEqual([join(id, "lock")]);
    });
  });
});
