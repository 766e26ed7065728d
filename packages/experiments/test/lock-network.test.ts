/**
 * @file The lock of a run under the rules of NFS. What a server answers is injected; machines are simulated by what they
 * leave in the folder.
 */
import type * as promises from "node:fs/promises";
import { link, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { getSystemErrorMap } from "node:util";
import { UserError } from "@mvt/common";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { encodeHolder, parseHolder, thisProcess } from "../src/runs/lock-holder.ts";
import { seekLock, takeLock, withLock } from "../src/runs/lock.ts";
import type { LockTimes } from "../src/runs/lock.ts";
import { checkpointFile } from "../src/runs/checkpoint-files.ts";
import { openRun, removeRun } from "../src/runs/run-folder.ts";

vi.mock("node:fs/promises", { spy: true });
const real = await vi.importActual<typeof promises>("node:fs/promises");

const id = "0123456789ab";
const short: LockTimes = { beat: 20, lease: 200, poll: 10 };

let runs = "";
let path = "";
beforeEach(async () => {
  runs = await temporaryFolder(onTestFinished);
  path = join(runs, id, "lock");
});

/** An error as Node makes it of the system's; it has no names for all of them. */
function failure(name: keyof typeof constants.errno): NodeJS.ErrnoException {
  const errno = -constants.errno[name];
  const code = getSystemErrorMap().has(errno) ? name : `Unknown system error ${errno}`;
  return Object.assign(new Error(`${code}: injected`), { code, errno });
}

/** The lock of a process on another machine. */
async function elsewhere(beat = 0): Promise<string> {
  const holder = { ...(await thisProcess()), host: "gpu-2", boot: "another", pid: 4711 };
  return encodeHolder(holder, beat);
}

/** Takes the lock; `file` is what its renewals go to. */
async function held(times = short) {
  const files: FileHandle[] = [];
  vi.mocked(open).mockImplementation(async (...args) => {
    const file = await real.open(...args);
    if (args[0] === path) files.push(file);
    return file;
  });
  const lock = await takeLock(runs, id, times);
  vi.mocked(open).mockReset();
  vi.mocked(open).mockImplementation(real.open);
  onTestFinished(() => lock.release());
  expect(files).toHaveLength(1);
  return { lock, file: files[0]! };
}

describe("taking a lock", () => {
  test("has taken it where only the answer was lost, and EEXIST came back", async () => {
    vi.mocked(link).mockImplementationOnce(async (a, b) => {
      await real.link(a, b);
      throw failure("EEXIST");
    });
    await withLock(runs, id, async ({ token }) => {
      expect(parseHolder(await readFile(path, "utf8"))!.token).toBe(token);
    });
    expect(await filesBelow(runs)).toEqual([]);
  });

  test.each(["EPERM", "ENOTSUP"] as const)(
    "says that the file system has no hard links (%s), and leaves nothing",
    async (code) => {
      vi.mocked(link).mockRejectedValueOnce(failure(code));
      const refused = takeLock(runs, id);
      await expect(refused).rejects.toThrow(UserError);
      await expect(refused).rejects.toThrow(
        `${join(runs, id)}: expected a file system with hard links, found one without (${code}). Choose a folder on another file system.`,
      );
      expect(await filesBelow(runs)).toEqual([]);
    },
  );

  test("reads a lock again that was replaced while it was read (ESTALE)", async () => {
    await withLock(runs, id, async () => {
      vi.mocked(readFile).mockRejectedValueOnce(failure("ESTALE"));
      expect(await seekLock(runs, id)()).toMatchObject({ state: "alive" });
    });
  });

  // Linux tells which files a process has open.
  test.runIf(process.platform === "linux")(
    "leaves no file open while it is removed, which NFS would keep as .nfs...",
    async () => {
      const removed: string[] = [];
      vi.mocked(rm).mockImplementation(async (...args) => {
        const numbers = await real.readdir("/proc/self/fd").catch(() => []);
        const files = await Promise.all(
          numbers.map((number) => real.readlink(`/proc/self/fd/${number}`).catch(() => "")),
        );
        if (files.includes(String(args[0]))) removed.push(String(args[0]));
        return real.rm(...args);
      });
      onTestFinished(() => void vi.mocked(rm).mockImplementation(real.rm));
      await (await takeLock(runs, id)).release();
      expect(removed).toEqual([]);
    },
  );

  test("clears what a process that stood still has not finished, and keeps the rest", async () => {
    await mkdir(join(runs, id));
    const unfinished = "metrics.jsonl.0815.tmp";
    for (const name of [unfinished, checkpointFile(8), ".nfs00000000004c00370000000f"]) {
      await writeFile(join(runs, id, name), "");
    }
    const { lock } = await held();
    expect(lock.cleared).toEqual([unfinished]);
    expect(await readdir(join(runs, id))).toEqual([
      ".nfs00000000004c00370000000f",
      checkpointFile(8),
      "lock",
    ]);
  });
});

describe("a lock that another machine has taken over", () => {
  test("is noticed although the renewal fails, since the file is gone (ESTALE)", async () => {
    const { lock, file } = await held();
    const lost = new Promise<void>((resolve) => lock.onLost(resolve));
    file.write = () => Promise.reject(failure("ESTALE"));
    await rm(path);
    const other = await elsewhere();
    await writeFile(path, other);
    await lost;
    await expect(lock.require()).rejects.toThrow(
      `run ${id}: expected to be the only one that trains it, found process 4711 on host gpu-2, which has taken it over while this process stood still. Repeat the command: it waits for the other process.`,
    );
    await lock.release();
    expect(await readFile(path, "utf8")).toBe(other);
  });

  test("and released says whether that machine has finished the run", async () => {
    const { lock } = await held();
    await rm(path);
    await writeFile(join(runs, id, "result.json"), "{}");
    await expect(lock.require()).rejects.toThrow(
      `run ${id}: expected to be the only one that trains it, found that another process has finished it while this one stood still. Repeat the command: it uses that result.`,
    );
  });

  test("lets nothing of the run be changed", async () => {
    const { lock } = await held();
    const run = openRun(runs, id, lock.require);
    await run.write("config.json", "{}");
    await run.write(checkpointFile(8), "8");
    await rm(path);
    await writeFile(path, await elsewhere());
    const before = await filesBelow(runs);
    const result = { kind: "classifier" } as never;
    for (const change of [
      () => run.write("config.json", "[]"),
      () => run.writeDurably(checkpointFile(16), [Buffer.from("16")]),
      () => run.remove("config.json"),
      () => run.removeCheckpoints(0),
      () => run.make(checkpointFile(16), (temporary) => writeFile(temporary, "")),
      () => run.finish(result),
      () => removeRun(runs, id, lock),
    ]) {
      await expect(change()).rejects.toThrow("found process 4711 on host gpu-2");
    }
    expect(await filesBelow(runs)).toEqual(before);
    expect(await readFile(run.path("config.json"), "utf8")).toBe("{}");
  });
});

test("a renewal that fails for a while is made up for, through the file that has the lock's name", async () => {
  const { lock, file } = await held();
  let failed = 0;
  file.write = () => {
    failed += 1;
    return Promise.reject(failure("EIO")); // as NFS 4 does once it has lost what was open
  };
  const before = await readFile(path, "utf8");
  while ((await readFile(path, "utf8")) === before) await setTimeout(short.beat);
  expect(failed).toBeGreaterThan(0);
  await lock.require();
});

test("a server that was away for longer than a lease costs no holder its lock", async () => {
  await mkdir(join(runs, id));
  await writeFile(path, await elsewhere(1));
  const attempt = seekLock(runs, id, short);
  expect(await attempt()).toMatchObject({ state: "unknown" });
  vi.mocked(readFile).mockImplementationOnce(async (...args) => {
    await setTimeout(2 * short.lease); // nobody could renew anything either
    return real.readFile(...args);
  });
  expect(await attempt()).toMatchObject({ state: "unknown" });
  expect(await attempt()).toMatchObject({ state: "unknown" });
});

test("a removed run's folder goes once its last file is no longer open", async () => {
  const { lock } = await held();
  await writeFile(join(runs, id, "config.json"), "{}");
  const removed = join(runs, id, ".nfs00000000004c00370000000f");
  await writeFile(removed, "");
  const closed = setTimeout(150).then(() => real.rm(removed));
  await removeRun(runs, id, lock);
  await closed;
  expect(await readdir(runs)).toEqual([]);
});
