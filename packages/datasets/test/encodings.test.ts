/** @file Label files in UTF-8 are read with any line ends; those in another encoding are named. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DatasetError,
  loadDataset,
  readClasses,
  readLabelList,
  readNoiseMatrix,
  readSubsets,
} from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { trainingTable, writeCsv } from "./fixtures/affectnet.ts";
import { trainLabels, votesTable, writeFolders, writeTables } from "./fixtures/ferplus.ts";
import { temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { list, trainTable, writeKaggle, writeOfficial } from "./fixtures/raf-db.ts";

/** A text file of the user's, and what reads it. */
interface Reader {
  readonly what: string;
  readonly path: string;
  readonly text: string;
  /** Writes all other files and returns the folder. */
  readonly write: () => Promise<string>;
  readonly read: (folder: string) => Promise<unknown>;
}

const custom = { classes: { a: "anger", h: "happiness" } } as const;
const loadCustom = (folder: string) => loadDataset("custom", folder, { custom });

const readers: readonly Reader[] = [
  {
    what: "RAF-DB's list",
    path: "EmoLabel/list_patition_label.txt",
    text: list,
    write: writeOfficial,
    read: (folder) => loadDataset("raf-db", folder),
  },
  {
    what: "a table of RAF-DB's",
    path: "train_labels.csv",
    text: trainTable,
    write: writeKaggle,
    read: (folder) => loadDataset("raf-db", folder),
  },
  {
    what: "FERPlus' votes",
    path: "fer2013new.csv",
    text: votesTable,
    write: writeTables,
    read: (folder) => loadDataset("ferplus", folder),
  },
  {
    what: "FERPlus' labels of a folder",
    path: "FER2013Train/label.csv",
    text: trainLabels,
    write: writeFolders,
    read: (folder) => loadDataset("ferplus", folder),
  },
  {
    what: "a table of AffectNet's",
    path: "training.csv",
    text: trainingTable,
    write: writeCsv,
    read: (folder) => loadDataset("affectnet-8", folder),
  },
  {
    what: "a table of one's own",
    path: "labels.csv",
    text: "path,label,split\n1.jpg,a,train\n2.jpg,h,train\n3.jpg,h,test\n",
    write: async () => {
      const folder = await temporaryFolder();
      await writeFiles(folder, { "1.jpg": "", "2.jpg": "", "3.jpg": "" });
      return folder;
    },
    read: loadCustom,
  },
  {
    what: "a list of a subset",
    path: "challenge/RAF_DB_dir/rafdb_occlusion_list.txt",
    text: "test_0001_aligned 2 4\ntest_0002_aligned 6 4",
    write: writeOfficial,
    read: async (folder) => readSubsets(await loadDataset("raf-db", folder)),
  },
  {
    what: "a list of noisy labels",
    path: "noisy.txt",
    text: "train_00001.jpg 5\ntrain_00002.jpg 4\n",
    write: temporaryFolder,
    read: (folder) => readLabelList(join(folder, "noisy.txt")),
  },
  {
    what: "a matrix of noise",
    path: "matrix.csv",
    text: "label,anger,fear\nanger,8,2\nfear,1,9\n",
    write: temporaryFolder,
    read: (folder) => readNoiseMatrix(join(folder, "matrix.csv")),
  },
  {
    what: "the meaning of classes",
    path: "classes.json",
    text: '{"angry":\n"anger"}',
    write: temporaryFolder,
    read: (folder) => readClasses(join(folder, "classes.json")),
  },
];

async function reading({ path, write, read }: Reader, bytes: string | Uint8Array) {
  const folder = await write();
  await writeFiles(folder, { [path]: bytes });
  const result = await read(folder).catch((error: unknown) => error);
  const shown = result instanceof DatasetError ? String(result) : JSON.stringify(result);
  return { result, text: shown.replaceAll(folder, "DIR") };
}

describe.for(readers)("$what", (reader) => {
  const lf = reader.text.replaceAll("\r\n", "\n");

  test.for([
    ["Windows' line ends", lf.replaceAll("\n", "\r\n")],
    ["the line ends of old Macs", lf.replaceAll("\n", "\r")],
    ["a byte order mark", `\uFEFF${lf}`],
    ["no last newline", lf.trimEnd()],
  ] as const)("is read with %s", async ([, text]) => {
    const published = await reading(reader, lf);
    const read = await reading(reader, text);
    expect(read.result).not.toBeInstanceOf(Error);
    expect(read.text).toBe(published.text);
  });

  test.for([
    ["little endian, with a mark", Buffer.from(`\uFEFF${lf}`, "utf16le")],
    ["big endian, with a mark", Buffer.from(`\uFEFF${lf}`, "utf16le").swap16()],
    ["little endian, without", Buffer.from(lf, "utf16le")],
    ["big endian, without", Buffer.from(lf, "utf16le").swap16()],
  ] as const)("is named as UTF-16, %s", async ([, bytes]) => {
    const { text } = await reading(reader, bytes);
    expect(text).toMatch(/expected text in UTF-8, found UTF-16/);
    expect(text).toContain("Save the file as UTF-8");
  });
});

describe("a label in Latin-1", () => {
  test("is named in a list", async () => {
    const folder = await writeOfficial();
    const path = join(folder, "EmoLabel/list_patition_label.txt");
    await writeFile(path, Buffer.from("tr\xe4in_00001.jpg 4", "latin1"));
    await expect(loadDataset("raf-db", folder)).rejects.toThrow(
      "list_patition_label.txt: expected text in UTF-8, found bytes of another encoding, such as Latin-1",
    );
  });

  test("is named in a table, with its line, and matters in the columns that are read only", async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { "1.jpg": "", "2.jpg": "" });
    const table = (path: string, note: string) =>
      Buffer.from(`path,label,split,note\n1.jpg,a,train,${note}\n${path},h,test,\n`, "latin1");
    await writeFiles(folder, { "labels.csv": table("f\xfcr.jpg", "") });
    await expect(loadCustom(folder)).rejects.toThrow("labels.csv:3: expected text in UTF-8");
    await writeFiles(folder, { "labels.csv": table("2.jpg", "f\xfcr") });
    expect((await loadCustom(folder)).splits.train).toHaveLength(1);
  });
});
