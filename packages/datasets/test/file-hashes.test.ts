/** @file Hashes of files that one command keeps for the next: which files are read again. */
import { createHash } from "node:crypto";
import { readdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openFileHashes } from "@mvt/datasets";
import { temporaryFolder } from "@mvt/testing/folder";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

const sha256 = (text: string) => createHash("sha256").update(text).digest();

/** A minute later, when the files of a test have settled. */
function aMinuteLater(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
}

let [folder, cacheFolder] = ["", ""];
const notices: string[] = [];

beforeEach(async () => {
  folder = await temporaryFolder(onTestFinished);
  cacheFolder = join(folder, "cache");
  await writeFile(join(folder, "a"), "first");
  notices.length = 0;
});

/** A command that hashes the file: what it finds, and whether it read the file. */
async function command(options: { readonly verify?: boolean; readonly use?: string } = {}) {
  const { use = "image", verify } = options;
  const onNotice = (line: string) => notices.push(line);
  const hashes = await openFileHashes(folder, { cacheFolder, verify, onNotice });
  let read = false;
  const path = join(folder, "a");
  const hash = await hashes.of(path, use, async () => {
    read = true;
    return sha256(await readFile(path, "utf8"));
  });
  await hashes.keep();
  return { hash: hash.toString("hex"), read };
}

const of = (text: string, read: boolean) => ({ hash: sha256(text).toString("hex"), read });

describe("a file that was hashed", () => {
  test("is not read again while it is as it was", async () => {
    aMinuteLater();
    expect(await command()).toEqual(of("first", true));
    expect(await command()).toEqual(of("first", false));
    expect(await command()).toEqual(of("first", false));
  });

  test("is read again if its content changes, even if size and time of modification are set back", async () => {
    aMinuteLater();
    await command();
    const path = join(folder, "a");
    const { atime, mtime } = await stat(path);
    await writeFile(path, "other");
    await utimes(path, atime, mtime);
    expect(await command()).toEqual(of("other", true));
  });

  test("is read again if another file has taken its name", async () => {
    aMinuteLater();
    await command();
    await writeFile(join(folder, "b"), "other");
    await rename(join(folder, "b"), join(folder, "a"));
    expect(await command()).toEqual(of("other", true));
  });

  test("is read again if it had changed just before: a later write could have the same time", async () => {
    await command();
    expect(await command()).toEqual(of("first", true));
  });

  test("is read again if that is asked for", async () => {
    aMinuteLater();
    await command();
    expect(await command({ verify: true })).toEqual(of("first", true));
    expect(await command()).toEqual(of("first", false));
  });

  test("is read again for another use, such as another crop", async () => {
    aMinuteLater();
    await command();
    expect(await command({ use: "image crop 0 0 2 2 " })).toEqual(of("first", true));
  });
});

describe("the table of hashes", () => {
  const tableOf = async () => join(cacheFolder, (await readdir(cacheFolder))[0]!);

  test("is not believed once a bit of it has changed", async () => {
    aMinuteLater();
    await command();
    const table = await tableOf();
    const whole = await readFile(table);
    for (const at of [3, 20, whole.length >> 1, whole.length - 3]) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      await writeFile(table, damaged);
      expect(await command()).toEqual(of("first", true));
    }
    await writeFile(table, whole.subarray(0, -10));
    expect(await command()).toEqual(of("first", true));
    await writeFile(table, "");
    expect(await command()).toEqual(of("first", true));
  });

  test("is done without where it cannot be written, which is said", async () => {
    await writeFile(cacheFolder, "a file in the place of the folder");
    aMinuteLater();
    expect(await command()).toEqual(of("first", true));
    expect(notices).toEqual([
      expect.stringMatching(/hashes-\w{16}\.txt: the hashes of files cannot be kept there \(E\w+/),
    ]);
  });
});
