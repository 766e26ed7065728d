/** @file Hashes of files that one command keeps for the next: which files are read again. */
import { createHash } from "node:crypto";
import { readdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openFileHashes } from "@mvt/datasets";
import { temporaryFolder } from "@mvt/testing/folder";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

const sha256 = (text: string) => createHash("sha256").update(text).digest();

/** Two minutes later, when the files of a test have settled. */
function twoMinutesLater(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
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
async function command(
  options: { readonly verify?: boolean; readonly use?: string; readonly finds?: string } = {},
) {
  const { use = "image", verify, finds } = options;
  const onNotice = (line: string) => notices.push(line);
  const hashes = await openFileHashes(folder, { cacheFolder, verify, onNotice });
  let read = false;
  const path = join(folder, "a");
  const hash = await hashes.of(path, use, async () => {
    read = true;
    return sha256(finds ?? (await readFile(path, "utf8")));
  });
  await hashes.keep();
  return { hash: hash.toString("hex"), read };
}

const of = (text: string, read: boolean) => ({ hash: sha256(text).toString("hex"), read });

describe("a file that was hashed", () => {
  test("is not read again while it is as it was", async () => {
    twoMinutesLater();
    expect(await command()).toEqual(of("first", true));
    expect(await command()).toEqual(of("first", false));
    expect(await command()).toEqual(of("first", false));
  });

  test("is read again if its content changes, even if size and time of modification are set back", async () => {
    twoMinutesLater();
    await command();
    const path = join(folder, "a");
    const { atime, mtime } = await stat(path);
    await writeFile(path, "other");
    await utimes(path, atime, mtime);
    expect(await command()).toEqual(of("other", true));
  });

  test("is read again if another file has taken its name", async () => {
    twoMinutesLater();
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
    twoMinutesLater();
    await command();
    expect(await command({ verify: true })).toEqual(of("first", true));
    expect(await command()).toEqual(of("first", false));
  });

  test("is read again for another use, such as another crop", async () => {
    twoMinutesLater();
    await command();
    expect(await command({ use: "image crop 0 0 2 2 " })).toEqual(of("first", true));
  });
});

describe("a file that gives back another content than before, at the same size and times", () => {
  test("is named if all files are to be read, and what is there now counts", async () => {
    twoMinutesLater();
    await command();
    expect(await command({ verify: true, finds: "a bit of the disk" })).toEqual(
      of("a bit of the disk", true),
    );
    expect(notices).toEqual([
      `1 file has another content than when an earlier command read it, with the same size and times: ${join(folder, "a")}; what is there now is used. Check the disk`,
    ]);
    expect(await command()).toEqual(of("a bit of the disk", false));
  });

  test("is not named if its time of change says so", async () => {
    twoMinutesLater();
    await command();
    await writeFile(join(folder, "a"), "other");
    expect(await command({ verify: true })).toEqual(of("other", true));
    expect(notices).toEqual([]);
  });
});

describe("commands that run at once", () => {
  test("keep what each of them found", async () => {
    twoMinutesLater();
    await writeFile(join(folder, "b"), "second");
    const [one, other] = await Promise.all([
      openFileHashes(folder, { cacheFolder }),
      openFileHashes(folder, { cacheFolder }),
    ]);
    await one.of(join(folder, "a"), "image", async () => sha256("first"));
    await other.of(join(folder, "b"), "image", async () => sha256("second"));
    await one.keep();
    await other.keep();
    const third = await openFileHashes(folder, { cacheFolder });
    expect((await third.look(join(folder, "a"), "image")).known).toEqual(sha256("first"));
    expect((await third.look(join(folder, "b"), "image")).known).toEqual(sha256("second"));
  });

  test("do not keep what is known of a file that is gone", async () => {
    twoMinutesLater();
    await command();
    await writeFile(join(folder, "b"), "second");
    await rename(join(folder, "a"), join(folder, "elsewhere"));
    const hashes = await openFileHashes(folder, { cacheFolder });
    await hashes.of(join(folder, "b"), "image", async () => sha256("second"));
    await hashes.keep();
    const [name = ""] = await readdir(cacheFolder);
    const table = await readFile(join(cacheFolder, name), "utf8");
    expect(table.match(/\["image","\w+"\]/g)).toEqual(['["image","b"]']);
  });
});

describe("the table of hashes", () => {
  const tableOf = async () => join(cacheFolder, (await readdir(cacheFolder))[0]!);

  test("is not believed once a bit of it has changed", async () => {
    twoMinutesLater();
    await command();
    const table = await tableOf();
    const whole = await readFile(table);
    for (const at of [3, 20, whole.length >> 1, whole.length - 3]) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      await writeFile(table, damaged);
      expect(await command()).toEqual(of("first", true));
    }
    expect(notices).toEqual(
      Array(4).fill(
        `${table}: the hashes of files are damaged (their checksum differs); all files are read`,
      ),
    );
    await writeFile(table, whole.subarray(0, -10));
    expect(await command()).toEqual(of("first", true));
    await writeFile(table, "");
    expect(await command()).toEqual(of("first", true));
  });

  test("is done without where it cannot be written, which is said", async () => {
    await writeFile(cacheFolder, "a file in the place of the folder");
    twoMinutesLater();
    expect(await command()).toEqual(of("first", true));
    expect(notices).toEqual([
      expect.stringMatching(/hashes-\w{16}\.txt: the hashes of files cannot be kept there \(E\w+/),
    ]);
  });
});
