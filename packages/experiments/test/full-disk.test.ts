/** @file A disk that is full: the run that could not write fails with the file's name, and goes on once there is room. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryFolder } from "@mvt/testing/folder";
import { expect, onTestFinished, test } from "vitest";
import { drawFaces } from "./fixtures/faces.ts";

const main = resolve(import.meta.dirname, "../../../apps/exp/src/main.js");

/** Starts a shell that may mount file systems which only it sees. */
const unshare = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"] as const;
const canMount = spawnSync(unshare[0], [...unshare.slice(1), "mount -t tmpfs x /mnt"]).status === 0;

test.skipIf(!canMount)(
  "a run on a full disk fails with the path (needs unshare)",
  { tags: ["slow"] },
  async () => {
    const folder = await temporaryFolder(onTestFinished);
    await drawFaces(join(folder, "data"), "raf-db");
    await mkdir(join(folder, "runs"));
    const train = `"${process.execPath}" "${main}" train --scale smoke --data data --weights none --set epochs=2`;
    // Too small for a checkpoint; the second command finds room.
    const script = `mount -t tmpfs -o size=64k x runs && { ${train}; echo "exit code $?" >&2; mount -o remount,size=64m runs; ${train}; }`;
    const shell = spawn(unshare[0], [...unshare.slice(1), script], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stderr, [exitCode]] = await Promise.all([text(shell.stderr), once(shell, "close")]);
    const [first, second] = stderr.replaceAll(folder, "DIR").split("exit code 1\n");
    expect(first).toMatch(
      /\nerror: RAF-DB, no relabelling, epochs=2, seed 0 \(run \w{12}\): DIR\/runs\/\w{12}\/[-.\w]+\.safetensors: writing it failed: the disk is full \(ENOSPC\)\. Make room, or choose another folder\.\n$/,
    );
    expect({ exitCode: exitCode as number, errors: second!.match(/error/g) }).toEqual({
      exitCode: 0,
      errors: null,
    });
  },
);
