import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  mostBytes,
  readRegular,
  readRegularText,
  requireRegularFile,
  chunksOfRegular,
  UnreadableFileError,
} from "@mvt/common/files";

let folder = "";
const at = (name: string) => join(folder, name);
const posix = process.platform !== "win32";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mvt-regular-"));
  await writeFile(at("list.txt"), "1 anger\n");
  await symlink(at("list.txt"), at("link.txt"));
  await writeFile(at("empty"), "");
  await writeFile(at("huge"), "");
  await truncate(at("huge"), mostBytes + 1); // takes no space on the disk
  await mkdir(at("folder"));
  if (!posix) return;
  execFileSync("mkfifo", [at("pipe")]);
  await symlink(at("pipe"), at("link to a pipe"));
  await symlink("/dev/zero", at("link to a device"));
});
afterAll(() => rm(folder, { recursive: true }));

/** All ways of reading. */
const readers = {
  readRegular: (path: string) => readRegular(path).then(String),
  readRegularText: (path: string) => readRegularText(path),
  chunksOfRegular: async (path: string) => {
    let text = "";
    for await (const chunk of chunksOfRegular(path, 5)) text += String(chunk);
    return text;
  },
};

describe.for(Object.entries(readers))("%s", ([, read]) => {
  test("reads a file, and a link to one", async () => {
    expect(await read(at("list.txt"))).toBe("1 anger\n");
    expect(await read(at("link.txt"))).toBe("1 anger\n");
    expect(await read(at("empty"))).toBe("");
  });

  test("refuses a folder", async () => {
    await expect(read(at("folder"))).rejects.toThrow(
      `${at("folder")}: expected a regular file, found a folder. Name a file, or put one in its place.`,
    );
  });

  test.runIf(posix).for([
    ["pipe", "a named pipe"],
    ["link to a pipe", "a named pipe"],
    ["link to a device", "a device"],
  ] as const)("refuses a %s at once", async ([name, found]) => {
    await expect(read(at(name))).rejects.toMatchObject({ name: "UnreadableFileError", found });
  });

  test.runIf(posix)("refuses a socket", async () => {
    const server = createServer();
    await new Promise<void>((listening) => void server.listen(at("socket"), listening));
    await expect(read(at("socket"))).rejects.toMatchObject({ found: "a socket" });
    await new Promise((closed) => void server.close(closed));
  });

  test("passes on Node's error for a file that is missing", async () => {
    await expect(read(at("none"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("requireRegularFile", () => {
  test("refuses a folder and leaves a missing file to its reader", async () => {
    await expect(requireRegularFile(at("folder"))).rejects.toThrow("found a folder");
    await expect(requireRegularFile(at("list.txt"))).resolves.toBeUndefined();
    await expect(requireRegularFile(at("none"))).resolves.toBeUndefined();
  });
});

describe("a file's size", () => {
  test("is limited, by default to what Node can read", async () => {
    await expect(readRegular(at("huge"))).rejects.toThrow(
      `${at("huge")}: expected a file of at most 2 GiB, found one of 2147483648 bytes. Check that this is the file you mean.`,
    );
    await expect(readRegularText(at("huge"))).rejects.toThrow("of at most 256 MiB, found one of");
    await expect(readRegular(at("list.txt"), { maximumBytes: 7 })).rejects.toThrow(
      UnreadableFileError,
    );
    expect(await readRegular(at("list.txt"), { maximumBytes: 8 })).toHaveLength(8);
  });
});
