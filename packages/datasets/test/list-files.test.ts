/** @file Lists and tables are regular files: a pipe in place of one is refused at once, whichever it is. */
import { execFileSync } from "node:child_process";
import { rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint, loadDataset, readClasses, readLabelList, readSubsets } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { readCsv } from "../src/csv.ts";
import { codePoints, npy, writeNpy } from "./fixtures/affectnet.ts";
import { writeTables } from "./fixtures/ferplus.ts";
import { temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { writeOfficial } from "./fixtures/raf-db.ts";

/** A reader of a file that users have: where the file is, and how it is read. */
interface Reader {
  readonly what: string;
  /** Writes what the reader needs and returns the folder. */
  readonly write: () => Promise<string>;
  readonly path: string;
  readonly read: (folder: string) => Promise<unknown>;
}

const npyLabel = "train_set/annotations/0_exp.npy";
const subsetList = "challenge/RAF_DB_dir/rafdb_occlusion_list.txt";

const readers: readonly Reader[] = [
  {
    what: "RAF-DB's list of labels",
    write: writeOfficial,
    path: "EmoLabel/list_patition_label.txt",
    read: (folder) => loadDataset("raf-db", folder),
  },
  {
    what: "FERPlus's table of votes",
    write: writeTables,
    path: "fer2013new.csv",
    read: (folder) => loadDataset("ferplus", folder),
  },
  {
    what: "AffectNet's annotation",
    write: () => writeNpy({ [npyLabel]: npy(codePoints("1")) }),
    path: npyLabel,
    read: (folder) => loadDataset("affectnet-8", folder),
  },
  {
    what: "a list of a subset",
    write: async () => {
      const folder = await writeOfficial();
      await writeFiles(folder, { [subsetList]: "test_0001_aligned 2 4" });
      return folder;
    },
    path: subsetList,
    read: async (folder) => readSubsets(await loadDataset("raf-db", folder)),
  },
  {
    what: "a list of noisy labels",
    write: async () => {
      const folder = await temporaryFolder();
      await writeFiles(folder, { "noisy.txt": "train_00001.jpg 5" });
      return folder;
    },
    path: "noisy.txt",
    read: (folder) => readLabelList(join(folder, "noisy.txt")),
  },
  {
    what: "a mapping of classes",
    write: async () => {
      const folder = await temporaryFolder();
      await writeFiles(folder, { "classes.json": `{"angry": "anger"}` });
      return folder;
    },
    path: "classes.json",
    read: (folder) => readClasses(join(folder, "classes.json")),
  },
  {
    what: "an image whose content is hashed",
    write: writeOfficial,
    path: "Image/aligned/train_00001_aligned.jpg",
    read: async (folder) => fingerprint(await loadDataset("raf-db", folder)),
  },
];

describe.runIf(process.platform !== "win32").for(readers)("$what", ({ write, path, read }) => {
  test("is not waited for where it is a pipe", async () => {
    const folder = await write();
    await rm(join(folder, path));
    execFileSync("mkfifo", [join(folder, path)]);
    await expect(read(folder)).rejects.toThrow(
      `${join(folder, path)}: expected a regular file, found a named pipe. Name a file, or put one in its place.`,
    );
  });

  test("may be a link to a file", async () => {
    const folder = await write();
    await rename(join(folder, path), join(folder, "elsewhere"));
    await symlink(join(folder, "elsewhere"), join(folder, path));
    await expect(read(folder)).resolves.toBeDefined();
  });
});

test("a row of a table has at most a million characters", async () => {
  const path = join(await temporaryFolder(), "labels.csv");
  await writeFile(path, `id,label\n1,"${"x".repeat(2 ** 21)}`); // a quotation mark that is never closed
  const rows = readCsv(path);
  await expect(rows.next()).resolves.toMatchObject({ value: { line: 1 } });
  await expect(rows.next()).rejects.toThrow(
    /labels.csv: expected comma-separated values, found something else \(.*1048576.*\)/,
  );
});
