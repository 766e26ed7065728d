/** @file Targets that are files in a folder of other files. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FuzzTarget } from "./target.ts";

/** Files by their path below a folder. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A parser that has `read` read a folder of `files`, in which the input is the file at `path`. */
export function inFolder(
  files: Files,
  path: string,
  read: (folder: string) => unknown,
): FuzzTarget["parse"] {
  let made: Promise<string> | undefined;
  const make = async () => {
    const folder = await mkdtemp(join(tmpdir(), "data-"));
    for (const [name, content] of Object.entries({ [path]: "", ...files })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    return folder;
  };
  return async (input) => {
    made ??= make();
    const folder = await made;
    await writeFile(join(folder, path), input);
    return read(folder);
  };
}
