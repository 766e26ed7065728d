import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeWhole, removeUnfinished, writeWhole } from "@mvt/common/files";

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

test("what killed processes left is removed, and nothing else", async () => {
  for (const name of ["b.txt", "b.txt.1.tmp", "lock.1.tmp"])
    await writeFile(join(folder, name), "");
  await removeUnfinished(folder, (name) => name.startsWith("lock."));
  expect(await readdir(folder)).toEqual(["b.txt", "lock.1.tmp"]);
});
