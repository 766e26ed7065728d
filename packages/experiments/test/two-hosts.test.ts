/**
 * @file Two machines that share a folder of runs: two network, UTS, PID and mount namespaces, with host names of their own,
 * over one folder, which each has at its own path. Neither sees a process of the other.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { filesBelow, makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { listCheckpoints } from "../src/runs/checkpoint-files.ts";
import { readLock } from "../src/runs/lock-file.ts";
import { listRuns, openRun } from "../src/runs/run-folder.ts";
import { remains } from "./fixtures/train.ts";

const unshare = ["--user", "--map-root-user", "--net", "--uts", "--pid", "--mount"] as const;
const inNamespaces = [...unshare, "--fork", "--mount-proc", "--kill-child", "sh", "-c"];
const canUnshare =
  spawnSync("unshare", [...inNamespaces, "hostname x && mount --bind /tmp /mnt"]).status === 0;

const script = resolve(import.meta.dirname, "fixtures/train-on-host.ts");
/** In milliseconds. */
const lease = 3000;

/** Less than a minute in all; not on a machine that does other things as well. */
const busy = { timeout: 300_000 };

/** A command that runs on one of the machines. */
interface Command {
  readonly output: () => string;
  /** The exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** Sends a signal to the process itself, from outside of its namespace. */
  readonly send: (signal: NodeJS.Signals) => Promise<void>;
  /** Waits until the output matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
}

/** Starts Node on a machine of this name, where the folder `shared` is at `<folder>/<host>`. */
async function startOn(host: string, folder: string, args: readonly string[]): Promise<Command> {
  const own = join(folder, host);
  await mkdir(own, { recursive: true });
  const enter = 'hostname "$0" && mount --bind "$1" "$2" && shift 2 && cd "$OWN" && exec "$@"';
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    "unshare",
    [...inNamespaces, enter, host, join(folder, "shared"), own, process.execPath, ...args],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, OWN: own } },
  );
  onTestFinished(() => void child.kill("SIGKILL")); // with all of its namespace
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      output += String(bytes);
    });
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    output: () => output,
    ended,
    async send(signal) {
      const path = `/proc/${child.pid!}/task/${child.pid!}/children`;
      process.kill(Number(await readFile(path, "utf8")), signal);
    },
    async says(pattern) {
      while (!pattern.test(output)) {
        if (child.exitCode !== null) throw new Error(`expected ${String(pattern)}, got ${output}`);
        await setTimeout(20);
      }
    },
  };
}

/** Every file below a folder, with what any change of it would change. */
async function stateOf(folder: string): Promise<readonly string[]> {
  return Promise.all(
    (await filesBelow(folder)).map(async (name) => {
      const { ino, ctimeMs, size } = await stat(join(folder, name));
      const hash = createHash("sha256").update(await readFile(join(folder, name)));
      return [name, ino, ctimeMs, size, hash.digest("hex")].join(" ");
    }),
  );
}

/** What all runs of a folder leave behind. */
async function allRemains(runs: string): Promise<Readonly<Record<string, unknown>>> {
  const ids = await listRuns(runs);
  return Object.fromEntries(
    await Promise.all(
      ids.map(async (id) => {
        const files = await remains(join(runs, id));
        return [id, { ...files, names: await readdir(join(runs, id)) }] as const;
      }),
    ),
  );
}

describe.skipIf(!canUnshare)("two machines (needs unshare)", { tags: ["slow"] }, () => {
  test("share twelve runs, and train each once", busy, async () => {
    const folder = await temporaryFolder(onTestFinished);
    const shared = join(folder, "shared");
    await mkdir(shared);
    const train = (host: string, runs: string) =>
      startOn(host, folder, [script, runs, "12", "10", String(lease)]);
    const both = await Promise.all([train("gpu-1", "runs"), train("gpu-2", "runs")]);
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
    const linesOf = (word: string) =>
      both.map(({ output }) =>
        [...output().matchAll(new RegExp(`^${word} (seed \\d+)$`, "gm"))].map(([, seed]) => seed!),
      );
    const seeds = Array.from({ length: 12 }, (_, seed) => `seed ${seed}`).toSorted();
    const trained = linesOf("training");
    expect(trained.flat().toSorted()).toEqual(seeds); // each once
    expect(linesOf("done:")).toEqual(trained);
    expect(trained.map((own) => own.length > 0)).toEqual([true, true]);
    const ids = await listRuns(join(shared, "runs"));
    expect(ids).toHaveLength(12);
    for (const id of ids) {
      const text = await readFile(join(shared, "runs", id, "metrics.jsonl"), "utf8");
      expect(text.trimEnd().split("\n")).toHaveLength(10); // a line per epoch
    }
    const alone = await train("gpu-1", "alone");
    expect(await alone.ended).toBe(0);
    expect(await allRemains(join(shared, "runs"))).toEqual(await allRemains(join(shared, "alone")));
    console.log(`of 12 runs, gpu-1 trained ${trained[0]!.length} and gpu-2 ${trained[1]!.length}`);
  });

  describe("of which one stops without a trace", () => {
    const options = ["1", "300", String(lease)] as const;
    /** The run as one machine trains it that nothing stops. */
    let whole: Readonly<Record<string, unknown>>;

    beforeAll(async () => {
      if (!canUnshare) return undefined;
      const folder = await makeFolder();
      const args = [script, folder, ...options];
      execFileSync(process.execPath, args);
      whole = await allRemains(folder);
      return () => removeFolder(folder);
    }, 120_000);

    /** The first machine stands still after its first checkpoint; the second one waits for it. */
    async function bothStarted() {
      const folder = await temporaryFolder(onTestFinished);
      const runs = join(folder, "shared", "runs");
      await mkdir(runs, { recursive: true });
      const args = [script, "runs", ...options];
      const first = await startOn("gpu-1", folder, args);
      await first.says(/^training/m);
      const [id] = await listRuns(runs);
      const run = openRun(runs, id!);
      while ((await listCheckpoints(run.folder)).length === 0) await setTimeout(5);
      await first.send("SIGSTOP");
      expect(await run.result()).toBeUndefined();
      const second = await startOn("gpu-2", folder, args);
      await second.says(/^waiting for process 1 on host gpu-1$/m);
      return { first, second, runs, lock: join(run.folder, "lock") };
    }

    /** Waits until the second machine has the lock; says how long that took. */
    async function takenOver(path: string): Promise<void> {
      const since = performance.now();
      while ((await readLock(path))?.holder?.host !== "gpu-2") await setTimeout(20);
      const seconds = (performance.now() - since) / 1000;
      console.log(`taken over after ${seconds.toFixed(1)} s, with a lease of ${lease / 1000} s`);
    }

    test("the other takes its run over within the lease, to the same bytes", busy, async () => {
      const { first, second, runs, lock } = await bothStarted();
      await first.send("SIGKILL");
      await first.ended;
      await takenOver(lock);
      expect(await second.ended).toBe(0);
      expect(second.output()).toMatch(/^done/m);
      expect(await allRemains(runs)).toEqual(whole);
    });

    test(
      "and goes on when the other has its run: it changes no file, and says who has it",
      busy,
      async () => {
        const { first, second, runs, lock } = await bothStarted();
        await takenOver(lock);
        await second.send("SIGSTOP"); // so that whatever changes is of the first
        const before = await stateOf(runs);
        await first.send("SIGCONT");
        expect(await first.ended).toBe(1);
        expect(first.output()).toContain(
          "expected to be the only one that trains it, found process 1 on host gpu-2, which has taken it over while this process stood still. Repeat the command: it waits for the other process.",
        );
        expect(await stateOf(runs)).toEqual(before);
        await second.send("SIGCONT");
        expect(await second.ended).toBe(0);
        expect(await allRemains(runs)).toEqual(whole);
      },
    );
  });
});
