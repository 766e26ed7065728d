/**
 * @file Files in a folder that several machines share over NFS. What a server and its clients answer is injected: the
 * system call is carried out, or not, and then fails as it does there.
 */
import type * as promises from "node:fs/promises";
import { link, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { getSystemErrorMap } from "node:util";
import { UserError } from "@mvt/common";
import {
  isHeldOpen,
  leftOverAge,
  linkOnce,
  makeWhole,
  namesIn,
  readRegularText,
  removeLeftOvers,
  removeUnfinished,
  renameOnce,
  syncFolder,
  systemRefusalOf,
  writeWhole,
} from "@mvt/common/files";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

vi.mock("node:fs/promises", { spy: true });
const real = await vi.importActual<typeof promises>("node:fs/promises");

let folder = "";
let [from, to] = ["", ""];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mvt-files-"));
  [from, to] = [join(folder, "from"), join(folder, "to")];
});
afterEach(() => rm(folder, { recursive: true }));

/** An error as Node makes it of the system's; it has no names for all of them. */
function failure(name: keyof typeof constants.errno): NodeJS.ErrnoException {
  const errno = -constants.errno[name];
  const code = getSystemErrorMap().has(errno) ? name : `Unknown system error ${errno}`;
  return Object.assign(new Error(`${code}: injected`), { code, errno });
}

/** The next call does its work, and then fails: the answer was lost, and that to the second request is this one. */
function loseAnswer(
  call: typeof rename | typeof link,
  code: "ENOENT" | "EIO" | "ETIMEDOUT" | "EEXIST",
): void {
  const work = call === rename ? real.rename : real.link;
  vi.mocked(call).mockImplementationOnce(async (a, b) => {
    await work(a, b);
    throw failure(code);
  });
}

describe("a rename", () => {
  test.each(["ENOENT", "EIO", "ETIMEDOUT"] as const)(
    "that was carried out, though %s came back, is done",
    async (code) => {
      await writeFile(from, "new");
      await writeFile(to, "old");
      loseAnswer(rename, code);
      await renameOnce(from, to);
      expect(await readFile(to, "utf8")).toBe("new");
      expect(await readdir(folder)).toEqual(["to"]);
    },
  );

  test("of a folder that was carried out is done", async () => {
    loseAnswer(rename, "ENOENT");
    await makeWhole(join(folder, "set"), async (temporary) => {
      await real.mkdir(temporary);
      await writeFile(join(temporary, "list.txt"), "");
    });
    expect(await readdir(join(folder, "set"))).toEqual(["list.txt"]);
  });

  test("that was not carried out fails, whatever file has the number on the disk now", async () => {
    await writeFile(from, "ours");
    vi.mocked(rename).mockImplementationOnce(async (a, b) => {
      await rm(a);
      await writeFile(b, "another"); // many file systems give it the same inode
      throw failure("ENOENT");
    });
    await expect(renameOnce(from, to)).rejects.toThrow("ENOENT");
    expect(await readFile(to, "utf8")).toBe("another");
  });
});

describe("a link", () => {
  test.each(["EEXIST", "EIO"] as const)(
    "that was made, though %s came back, is made",
    async (code) => {
      await writeFile(from, "ours");
      loseAnswer(link, code);
      expect(await linkOnce(from, to)).toBe("linked");
    },
  );

  test("is not made where another file is, or where a folder has vanished", async () => {
    await writeFile(from, "ours");
    await writeFile(to, "ours"); // the same content is not the same file
    expect(await linkOnce(from, to)).toBe("taken");
    expect(await linkOnce(from, join(folder, "none", "to"))).toBe("vanished");
  });

  test.each(["EPERM", "ENOTSUP", "ENOSYS"] as const)(
    "is refused with advice where there are none (%s)",
    async (code) => {
      await writeFile(from, "ours");
      vi.mocked(link).mockRejectedValueOnce(failure(code));
      const refused = linkOnce(from, to);
      await expect(refused).rejects.toThrow(UserError);
      await expect(refused).rejects.toThrow(
        `${folder}: expected a file system with hard links, found one without (${code}). Choose a folder on another file system.`,
      );
    },
  );

  test("that fails for another reason throws it", async () => {
    await writeFile(from, "ours");
    vi.mocked(link).mockRejectedValueOnce(failure("EIO"));
    await expect(linkOnce(from, to)).rejects.toThrow("EIO");
  });
});

describe("a file that another machine replaces while it is read", () => {
  /** Opens the file, whose content is then gone for this machine. */
  const goneOnce = (code: "ESTALE" | "EIO") =>
    vi.mocked(open).mockImplementationOnce(async (...args) => {
      const file = await real.open(...args);
      file.read = () => Promise.reject(failure(code));
      return file;
    });

  test.each(["ESTALE", "EIO"] as const)("is read again (%s)", async (code) => {
    await writeFile(from, "whole");
    goneOnce(code);
    goneOnce(code);
    expect(await readRegularText(from)).toBe("whole");
  });

  test("again and again is given up, with what it means", async () => {
    await writeFile(from, "whole");
    for (let i = 0; i < 4; i += 1) goneOnce("ESTALE");
    const error: unknown = await readRegularText(from).catch((reason: unknown) => reason);
    expect(systemRefusalOf(Object.assign(error as Error, { path: "DIR/from" }))?.message).toBe(
      "DIR/from: another machine has replaced or removed it (ESTALE). Repeat the command.",
    );
  });
});

describe("a removed file that is still open", () => {
  const held = [".nfs00000000004c00370000000f", ".fuse_hidden0000000a00000001"];

  test("is told by its name", () => {
    expect(held.map(isHeldOpen)).toEqual([true, true]);
    expect([".nfs", "lock", ".nfsmount.conf", "a.nfs00000000004c0037"].map(isHeldOpen)).toEqual(
      Array.from({ length: 4 }, () => false),
    );
  });

  test("is not among the names of a folder, and is no left-over", async () => {
    for (const name of [...held, "b", "a"]) await writeFile(join(folder, name), "");
    expect(await namesIn(folder)).toEqual(["a", "b"]);
    expect(await removeUnfinished(folder)).toEqual([]);
    await removeLeftOvers(folder);
    expect(await readdir(folder)).toHaveLength(4);
  });

  test("hides no other failure of a write that has to be undone", async () => {
    vi.mocked(rm).mockRejectedValueOnce(failure("EBUSY"));
    const full = makeWhole(to, () => Promise.reject(failure("ENOSPC")));
    await expect(full).rejects.toThrow("ENOSPC");
  });
});

describe("writing while nobody else may", () => {
  test("asks before anything is written, and right before the file gets its name", async () => {
    const seen: (readonly string[])[] = [];
    await writeWhole(to, "new", { may: async () => void seen.push(await readdir(folder)) });
    expect(seen).toEqual([[], [expect.stringMatching(/^to\..*\.tmp$/)]]);
  });

  test("changes nothing once it may no more", async () => {
    await writeWhole(to, "old");
    let asked = 0;
    const may = async () => {
      if ((asked += 1) === 2) throw new Error("taken over");
    };
    await expect(writeWhole(to, "new", { may })).rejects.toThrow("taken over");
    const never = () => Promise.reject(new Error("taken over"));
    await expect(writeWhole(join(folder, "a", "b"), "", { may: never })).rejects.toThrow("taken");
    expect(await readFile(to, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["to"]);
  });

  test("changes nothing if another takes over between the last look and the rename", async () => {
    vi.mocked(rename).mockImplementationOnce(async (a, b) => {
      // This process stands still. The other one clears what is unfinished, and writes the same file.
      await removeUnfinished(folder);
      await writeWhole(to, "the other's");
      await real.rename(a, b);
    });
    await expect(writeWhole(to, "ours")).rejects.toThrow("ENOENT");
    expect(await readFile(to, "utf8")).toBe("the other's");
    expect(await readdir(folder)).toEqual(["to"]);
  });
});

test.each(["EINVAL", "ENOTSUP", "EISDIR", "EACCES"] as const)(
  "a folder that cannot be synchronised (%s) is done without",
  async (code) => {
    vi.mocked(open).mockImplementationOnce(async (...args) => {
      const file = await real.open(...args);
      file.sync = () => Promise.reject(failure(code));
      return file;
    });
    await expect(syncFolder(folder)).resolves.toBeUndefined();
  },
);

describe("what a process of another machine left", () => {
  const leftOver = `set.0a1b2c3d-1-01234567-89ab-cdef-0123-456789abcdef.tmp`;

  test("stays however far the clock of this machine is ahead of the file server's", async () => {
    await writeFile(join(folder, leftOver), "");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * leftOverAge });
    onTestFinished(() => void vi.useRealTimers());
    await removeLeftOvers(folder);
    expect(await readdir(folder)).toEqual([leftOver]);
  });

  test("goes after a day by the file server's clock, however far behind this machine's is", async () => {
    await writeFile(join(folder, leftOver), "");
    const old = new Date(Date.now() - 2 * leftOverAge);
    await real.utimes(join(folder, leftOver), old, old);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3 * leftOverAge });
    onTestFinished(() => void vi.useRealTimers());
    await removeLeftOvers(folder);
    expect(await readdir(folder)).toEqual([]);
  });
});
