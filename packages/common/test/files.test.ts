import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  leftOverAge,
  makeWhole,
  removeLeftOvers,
  removeUnfinished,
  syncFile,
  syncFolder,
  unfinishedPath,
  writeWhole,
  writeWholeDurably,
} from "@mvt/common/files";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mvt-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("writing whole", () => {
  test("makes the folders above, and replaces a file", async () => {
    const path = join(folder, "a", "b.txt");
    await writeWhole(path, "one");
    await writeWhole(path, "two");
    expect(await readFile(path, "utf8")).toBe("two");
    expect(await readdir(join(folder, "a"))).toEqual(["b.txt"]);
  });

  test("makes a folder as well", async () => {
    await makeWhole(join(folder, "set"), async (temporary) => {
      await mkdir(temporary);
      await writeFile(join(temporary, "list.txt"), "");
    });
    expect(await readdir(join(folder, "set"))).toEqual(["list.txt"]);
  });

  test("leaves the old file and nothing else where it fails", async () => {
    const path = join(folder, "b.txt");
    await writeWhole(path, "one");
    const failing = makeWhole(path, async (temporary) => {
      await writeFile(temporary, "half");
      throw new Error("the disk is full");
    });
    await expect(failing).rejects.toThrow("the disk is full");
    expect(await readdir(folder)).toEqual(["b.txt"]);
    expect(await readFile(path, "utf8")).toBe("one");
  });
});

describe("writing durably", () => {
  test("gives the parts one after another, empty ones too, and replaces a file", async () => {
    const path = join(folder, "a", "b.bin");
    await writeWhole(path, "a longer text that was there before");
    const parts = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)];
    await writeWholeDurably(path, parts);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await readdir(join(folder, "a"))).toEqual(["b.bin"]);
  });

  test("takes more parts than one call of the system does, and none", async () => {
    const path = join(folder, "b.bin");
    const parts = Array.from({ length: 3000 }, (_, i) => Uint8Array.of(i & 255));
    await writeWholeDurably(path, parts);
    expect(await readFile(path)).toEqual(Buffer.concat(parts));
    await writeWholeDurably(path, []);
    expect(await readFile(path)).toHaveLength(0);
  });

  test("can wait for a file and a folder, and says which is not there", async () => {
    await writeWhole(join(folder, "b.txt"), "one");
    await syncFile(join(folder, "b.txt"));
    await syncFolder(folder);
    await expect(syncFolder(join(folder, "none"))).rejects.toThrow("ENOENT");
  });
});

test("what killed processes left is removed, and nothing else", async () => {
  for (const name of ["b.txt", "b.txt.1.tmp", "lock.1.tmp"])
    await writeFile(join(folder, name), "");
  await removeUnfinished(folder, (name) => name.startsWith("lock."));
  expect(await readdir(folder)).toEqual(["b.txt", "lock.1.tmp"]);
});

describe("left-overs", () => {
  const uuid = "01234567-89ab-cdef-0123-456789abcdef";
  const old = new Date(Date.now() - 2 * leftOverAge);

  /** A process that has ended, so that its number is free. */
  const goneProcess = () =>
    execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).trim();
  const nameOfGone = () =>
    basename(unfinishedPath("faces.bin")).replace(`-${process.pid}-`, `-${goneProcess()}-`);

  test("of a process that is gone are removed at once, and those of a living one stay", async () => {
    const own = basename(unfinishedPath("faces.bin"));
    await writeFile(join(folder, own), "");
    await mkdir(join(folder, nameOfGone()));
    await writeFile(join(folder, nameOfGone()), "");
    await removeLeftOvers(folder);
    expect(await readdir(folder)).toEqual([own]);
  });

  test("of an unknown process are removed when they are a day old", async () => {
    for (const name of [`a.${uuid}.tmp`, `b.${uuid}.partial`, `c.0a1b2c3d-1-${uuid}.tmp`]) {
      await writeFile(join(folder, name), "");
      await utimes(join(folder, name), old, old);
      await writeFile(join(folder, `new-${name}`), "");
    }
    await removeLeftOvers(folder);
    expect((await readdir(folder)).every((name) => name.startsWith("new-"))).toBe(true);
    expect(await readdir(folder)).toHaveLength(3);
  });

  test("are kept where something in them is new", async () => {
    const set = join(folder, `set.${uuid}.tmp`);
    await mkdir(set);
    await writeFile(join(set, "face.jpg"), "");
    await utimes(set, old, old);
    await removeLeftOvers(folder);
    expect(await readdir(folder)).toHaveLength(1);
    await utimes(join(set, "face.jpg"), old, old);
    await removeLeftOvers(folder);
    expect(await readdir(folder)).toEqual([]);
  });

  test("are told from other files, and from those of another path", async () => {
    const names = [`a.${uuid}.tmp`, "notes.tmp", `b.${uuid}.tmp`];
    for (const name of names) {
      await writeFile(join(folder, name), "");
      await utimes(join(folder, name), old, old);
    }
    await removeLeftOvers(folder, { of: join(folder, "a") });
    expect(await readdir(folder)).toEqual([`b.${uuid}.tmp`, "notes.tmp"]);
    await removeLeftOvers(folder);
    expect(await readdir(folder)).toEqual(["notes.tmp"]);
  });

  test("of a folder that is missing are none", async () => {
    await expect(removeLeftOvers(join(folder, "missing"))).resolves.toBeUndefined();
  });
});
