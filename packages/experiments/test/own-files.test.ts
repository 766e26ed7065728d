/** @file Files as people have them, on the command line: what is left out or missing is said, and paths are quoted safely. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Dataset } from "@mvt/datasets";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { withoutSeparator } from "../src/cli/cli.ts";
import { startWarnings } from "../src/cli/relabel-warning.ts";
import { openDataset } from "../src/data/source.ts";
import { findImages, readInParts } from "../src/predict/images.ts";
import { planRun } from "../src/runs/planned-run.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

let folder: string;
let faces: Dataset;

beforeAll(async () => {
  folder = await makeFolder();
  faces = await drawFaces(join(folder, "data"), "raf-db");
  return () => removeFolder(folder);
});

async function write(root: string, files: Readonly<Record<string, string | Uint8Array>>) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** The bytes of one of the drawn faces. */
async function face(i: number): Promise<Uint8Array> {
  const { image } = faces.splits.train[i]!;
  return readFile(image.kind === "file" ? image.path : "");
}

/** Custom data of four faces, and what lies beside them. */
async function writeCustom(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const data = await temporaryFolder(onTestFinished);
  await write(join(data, "custom"), {
    "train/a/1": await face(0),
    "train/b/2.jfif": await face(1),
    "test/a/3.jpg ": await face(2),
    "test/b/deeper/4.jpg": await face(3),
    ...files,
  });
  return data;
}

const classes = ["--classes", "a=anger,b=fear"];

describe("data check", () => {
  test("goes on past missing images, a damaged one, and a data set that has no layout", async () => {
    const data = await writeCustom();
    await write(data, {
      "ferplus/notes.txt": "",
      "custom/labels.csv": [
        "path,label,split",
        ...["1", "2", "3", "4", "5", "6", "7"].map((n) => `${n}.jpg,a,train`),
        "train/b/2.jfif,b,train",
        "broken.jpg,b,test",
      ].join("\n"),
      "custom/broken.jpg": "no picture",
    });
    const { stdout, exitCode, stderr } = await runCommand(
      ["data", "check", "--data", data, ...classes],
      folder,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("data check: expected no difference, found those marked above.");
    expect(stdout).toContain("FERPlus: expected one of its known layouts");
    expect(stdout).toMatch(/train +8 +not applicable/);
    expect(stdout).toMatch(
      /missing images +7 +expected 0 +differs +\(1.jpg, 2.jpg, 3.jpg, 4.jpg, 5.jpg, 6.jpg, 7.jpg\)/,
    );
    expect(stdout).toMatch(/unreadable images +1 +expected 0 +differs +\(broken.jpg \(a file that/);
    expect(stdout).not.toContain("published 0");
  });

  test("counts what is left out by its reason, without what would steer a terminal", async () => {
    const data = await writeCustom({
      "train/a/._1": "",
      "train/a/notes\u001B[31m.txt": "",
      "dev/a/1.jpg": "",
    });
    const { stdout, exitCode } = await runCommand(
      ["data", "check", "--data", data, ...classes],
      folder,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/left by systems and programs +1 +not applicable/);
    expect(stdout).toMatch(/no pictures, by their content +1 +not applicable +\(train\/a\/notes/);
    expect(stdout).toMatch(/folders that are no split +1 +not applicable +\(dev\)/);
    expect(stdout).not.toContain("\u001B");
  });
});

test("loading says what it left out, but for junk, and which classes are never trained on", async () => {
  const data = await writeCustom({
    "train/a/notes.txt": "",
    "train/a/.DS_Store": "",
    "test/c/1.jpg": "",
  });
  const lines: string[] = [];
  const request = { data, classes: "a=anger,b=fear,c=sadness" };
  await openDataset("custom", {} as never, request as never, {
    syntheticFolder: "",
    onNote: (line) => lines.push(line),
  });
  expect(lines).toEqual([
    "Custom data: left out: no pictures, by their content: 1 (train/a/notes.txt)",
    "Custom data: note: no training image has the class sadness, and test images have: all of these will count as errors",
  ]);
});

describe("relabelling that begins after the last epoch", () => {
  const planned = (startEpoch: number, epochs: number) =>
    planRun({
      title: "tiny",
      config: {
        ...tinyConfig,
        training: { ...tinyConfig.training, epochs },
        relabel: {
          threshold: { name: "constant", parameters: {}, fingerprint: "" },
          delta: 0.2,
          reference: "current",
          startEpoch,
        },
      } as never,
      data: { dataset: { title: "RAF-DB" } } as never,
      after: [],
    });

  test("is warned of once per data set", () => {
    expect(startWarnings([planned(8, 2), planned(8, 2), planned(2, 2)])).toEqual([
      "warning: RAF-DB: relabelling begins in epoch 8, and training ends after 2: 2 runs train on the labels as given. Pass --relabel-start 1 or so, or more epochs.",
    ]);
  });

  test("is not, where it begins in the last epoch or there is none", () => {
    expect(startWarnings([planned(2, 2)])).toEqual([]);
    const { relabel: _, ...plain } = planned(8, 2).config as ClassifierConfig;
    expect(startWarnings([{ ...planned(8, 2), config: plain }])).toEqual([]);
  });
});

describe("words behind --", () => {
  test.each([
    ["predict --model M -- /abs/a.jpg", "predict --model M /abs/a.jpg"],
    ["predict a.jpg -- b.jpg", "predict a.jpg b.jpg"],
    ["predict --model M -- -a.jpg --b.jpg", "predict --model M ./-a.jpg ./--b.jpg"],
    ["predict --all -- a.jpg", "predict a.jpg --all"],
    ["predict --model -- a.jpg", "predict a.jpg --model"],
    ["predict --model=M -- a.jpg -- b.jpg", "predict --model=M a.jpg ./-- b.jpg"],
    ["table2 --", "table2"],
  ])("count as the command's own: %s", (typed, meant) => {
    expect(withoutSeparator(typed.split(" "))).toEqual(meant.split(" "));
  });

  test("are refused where the command takes none", async () => {
    const { stderr, exitCode } = await runCommand(["table2", "--plan", "--", "x"], folder);
    expect({ stderr, exitCode }).toEqual({
      exitCode: 2,
      stderr:
        "error: x: expected no further argument. Options begin with --. `pnpm exp table2 --help` lists the options.\n",
    });
  });
});

describe("the pictures that predict finds in a folder", () => {
  test("are those by content, in folders as well, and no junk", async () => {
    const data = await writeCustom({ "train/a/notes.txt": "", "__MACOSX/._1.jpg": "" });
    const leftOut: unknown[] = [];
    const found = await findImages([join(data, "custom")], (...what) => leftOut.push(what));
    expect(leftOut).toEqual([[join(data, "custom"), ["train/a/notes.txt"]]]);
    expect(found.map(({ stem }) => stem)).toEqual([
      "test/a/3",
      "test/b/deeper/4",
      "train/a/1",
      "train/b/2",
    ]);
  });

  test("are named with their format where it cannot be decoded", async () => {
    const data = await writeCustom({ "x/5.heic": "\0\0\0\x18ftypheic\0\0\0\0mif1heic" });
    await rm(join(data, "custom/test"), { recursive: true });
    const found = await findImages([join(data, "custom/x")]);
    const unreadable: string[] = [];
    await Array.fromAsync(readInParts(found, (_, reason) => unreadable.push(reason)));
    expect(unreadable).toEqual(["HEIC, not JPEG, PNG, WebP, GIF, TIFF or AVIF"]);
  });
});
