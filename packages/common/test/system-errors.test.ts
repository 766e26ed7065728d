/** @file What the system refuses, as the user reads it. */
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { getSystemErrorMap } from "node:util";
import { UserError } from "@mvt/common";
import { namePath, systemRefusalOf, systemRefusals, writeWhole } from "@mvt/common/files";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mvt-system-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** What `attempt` is rejected with. */
const failure = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("what the system refuses", () => {
  test("is a UserError with the path, what was being done, the meaning, and what to do", async () => {
    await writeFile(join(folder, "taken"), "");
    const refusal = systemRefusalOf(await failure(mkdir(join(folder, "taken", "below"))));
    expect(refusal).toBeInstanceOf(UserError);
    expect(refusal!.message.replaceAll(folder, "DIR")).toBe(
      "DIR/taken/below: making this folder failed: a part of the path is not a folder (ENOTDIR). Choose another folder, or move what is in the way.",
    );
  });

  const codes = Object.keys(systemRefusals) as (keyof typeof systemRefusals)[];
  test.each(codes)("is one for %s, and ends with an advice", (code) => {
    // Node has no names for ESTALE and EDQUOT.
    const errno = -constants.errno[code];
    const named = getSystemErrorMap().has(errno) ? code : `Unknown system error ${errno}`;
    const about = { code: named, errno, path: "a/b", syscall: "write" };
    const error = Object.assign(new Error(named), about);
    expect(systemRefusalOf(error)!.message).toMatch(
      new RegExp(`^a/b: writing it failed: .+ \\(${code}\\)\\. [A-Z].+\\.$`),
    );
  });

  test("is nothing else: a missing file, a defect, what is thrown without being an error", async () => {
    const missing = await failure(readFile("there is no such file"));
    for (const error of [missing, new TypeError("x"), new UserError("x"), "EIO", undefined]) {
      expect(systemRefusalOf(error)).toBeUndefined();
    }
  });
});

describe("the path of what the system refuses", () => {
  test("is that of the file, not its temporary name, where a file is written whole", async () => {
    const path = join(folder, "file");
    await mkdir(path);
    const error = await failure(writeWhole(path, "content"));
    expect((error as NodeJS.ErrnoException).path).toBe(path);
  });

  // Only Linux has a device that is always full.
  test.runIf(process.platform === "linux")(
    "is added where the error has none, as from writing to an open file",
    async () => {
      const full = await open("/dev/full", "w");
      const error = await failure(full.write("x"));
      await full.close();
      expect((error as NodeJS.ErrnoException).path).toBeUndefined();
      expect(systemRefusalOf(namePath(error, "runs/a"))!.message).toBe(
        "runs/a: writing it failed: the disk is full (ENOSPC). Make room, or choose another folder.",
      );
    },
  );

  test("is not added to errors of the program", () => {
    const error = new TypeError("x is undefined");
    expect(namePath(error, "runs/a")).not.toHaveProperty("path");
  });
});
