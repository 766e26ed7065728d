/** @file One process per run: a lock file that names its holder. */
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { UsageError } from "../usage-error.ts";

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

async function acquire(path: string, id: string): Promise<void> {
  const holder = `${process.pid} ${hostname()}\n`;
  const claim = async () => {
    const file = await open(path, "wx");
    await file.writeFile(holder);
    await file.close();
  };
  try {
    await claim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const [pid, host] = (await readFile(path, "utf8")).trim().split(" ");
    if (host !== hostname() || isAlive(Number(pid))) {
      throw new UsageError(
        `run ${id}: expected no other process to train it, found process ${pid} on ${host}. Wait for it, or remove ${path} if it is gone.`,
      );
    }
    await rm(path);
    await claim();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
