/**
 * @file What the command line answers to mistakes in the files that options name, and to folders that it cannot write.
 *
 * Every case runs in a folder of its own, shown as DIR.
 */
import { cp, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors } from "@mvt/core";
import { runId } from "@mvt/experiments";
import { beforeAll, describe, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { drawFaces } from "./fixtures/faces.ts";
import { filesButHashes, makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { tinyConfig } from "./fixtures/run-config.ts";

/** Holds raf-db/. */
let faces: string;

beforeAll(async () => {
  faces = await makeFolder();
  await drawFaces(faces, "raf-db");
  return () => removeFolder(faces);
});

const dataFolder = (folder: string) => cp(faces, join(folder, "data"), { recursive: true });

describe("--data refuses", () => {
  const args = "table2 --scale smoke --datasets raf-db --data data --runs runs --out out";
  const list = "data/raf-db/EmoLabel/list_patition_label.txt";
  refuses([
    {
      what: "a folder that is not there",
      args,
      exitCode: 1,
      stderr:
        "--data data: expected a folder that holds raf-db/, found none. Check the path, or leave --data out to use synthetic faces.",
    },
    {
      what: "a file",
      given: file("data", ""),
      args,
      exitCode: 1,
      stderr:
        "--data data: expected a folder that holds raf-db/, found none. Check the path, or leave --data out to use synthetic faces.",
    },
    {
      what: "a folder without the data set",
      given: file("data/affectnet/labels.csv", ""),
      args,
      exitCode: 1,
      stderr:
        "RAF-DB: expected the folder data/raf-db, found nothing there. Unpack RAF-DB there, or name the folder that holds it.",
    },
    {
      what: "a line of the label file that gives no label, by path and line",
      given: async (folder) => {
        await dataFolder(folder);
        const lines = (await readFile(join(folder, list), "utf8")).split("\n");
        await writeFile(join(folder, list), lines.with(4, "train_00005.jpg 9").join("\n"));
      },
      args,
      exitCode: 1,
      stderr: `${list}:5: expected a label from 1 (surprise) to 7 (neutral), found "9". Use the label file as RAF-DB publishes it, whose labels start at 1.`,
    },
    {
      what: "a label whose image is missing",
      given: async (folder) => {
        await dataFolder(folder);
        const text = await readFile(join(folder, list), "utf8");
        await writeFile(join(folder, list), `${text.trimEnd()}\ntest_9999.jpg 4\n`);
      },
      args,
      exitCode: 1,
      stderr: `RAF-DB: expected an image file for each of the 91 labels in ${list}; 1 missing: test_9999_aligned.jpg. Unpack all images of the data set, or see all that is missing with \`pnpm exp data check\`.`,
    },
    {
      what: "an image that is cut short, before anything is trained",
      given: async (folder) => {
        await dataFolder(folder);
        await truncate(join(folder, "data/raf-db/Image/aligned/train_00007_aligned.jpg"), 700);
      },
      args,
      exitCode: 1,
      stderr:
        "data/raf-db/Image/aligned/train_00007_aligned.jpg: expected a readable image, found none (VipsJpeg: premature end of JPEG image); 1 of 60 images cannot be read. Put intact files in their place, for example by unpacking the data set again; nothing was cached.",
    },
  ]);
});

describe("--weights refuses", () => {
  const args = "table2 --scale smoke --datasets raf-db --data data --weights deit.safetensors";
  const ending = encodeSafetensors(
    new Map([["head.bias", { shape: [7], data: new Float32Array(7) }]]),
  );
  refuses([
    {
      what: "to be left out at scale paper",
      given: dataFolder,
      args: "table2 --scale paper --datasets raf-db --data data",
      exitCode: 2,
      stderr:
        "--weights: expected a file of pre-trained DeiT-S weights at scale paper, got none. Get the official one with `pnpm exp weights fetch`, pass one of your own, or `--weights none` to train from scratch.",
    },
    {
      what: "a file that is not there",
      given: dataFolder,
      args,
      exitCode: 1,
      stderr:
        "--weights DIR/deit.safetensors: expected a file, found none that can be read (ENOENT). Check the path.",
    },
    {
      what: "a file that is cut short",
      given: file("deit.safetensors", ending.subarray(0, ending.length - 4)),
      args,
      exitCode: 1,
      stderr:
        "--weights DIR/deit.safetensors: expected 28 bytes inside the file for head.bias, got bytes 0 to 28. Pass an intact file, for example by copying it again.",
    },
    {
      what: "a file that is something else",
      given: file("deit.safetensors", new Uint8Array(100)),
      args,
      exitCode: 1,
      stderr:
        "--weights DIR/deit.safetensors: expected a header of JSON, got something else. Pass an intact file, for example by copying it again.",
    },
  ]);
});

describe("folders to write to", () => {
  // Rights cannot be tested: root may write everywhere. Nobody can write below a file.
  const args = "table2 --scale smoke --datasets raf-db --data data";
  const given = async (folder: string) => {
    await dataFolder(folder);
    await file("taken", "")(folder);
  };
  test.concurrent.for(["out", "runs"])(
    "are tried before training: --%s below a file",
    { timeout: 60_000 },
    async (flag, { expect, onTestFinished }) => {
      const folder = await temporaryFolder(onTestFinished);
      await given(folder);
      const before = await filesButHashes(folder);
      const answer = await runCommand([...args.split(" "), `--${flag}`, "taken/below"], folder);
      expect(answer).toMatchObject({ exitCode: 1, stdout: "" });
      expect(answer.stderr).toMatch(
        new RegExp(
          `^error: --${flag} taken/below: expected a folder that can be written to, but .+ Choose another folder, or change its rights.\n$`,
        ),
      );
      expect(await filesButHashes(folder)).toEqual(before);
    },
  );

  const config = file(`runs/${runId(tinyConfig)}/config.json`, JSON.stringify(tinyConfig));
  const evaluate = `evaluate --run ${runId(tinyConfig)} --scale smoke --out`;
  refuses([
    {
      what: "are tried before training: a table that is a folder",
      given: async (folder) => {
        await given(folder);
        await file("out/table2.csv/taken", "")(folder);
      },
      args: `${args} --out out`,
      exitCode: 1,
      stderr:
        "--out out: expected a file or nothing at DIR/out/table2.csv, found a folder. Choose another folder, or remove that one.",
    },
    {
      what: "are tried before a run is evaluated: predictions below a file",
      given: async (folder) => {
        await config(folder);
        await file("taken", "")(folder);
      },
      args: `${evaluate} taken/predictions.csv`,
      exitCode: 1,
      stderr:
        "--out taken/predictions.csv: expected a folder that can be written to, but writing into DIR/taken failed (ENOTDIR). Choose another folder, or change its rights.",
    },
    {
      what: "are tried before a run is evaluated: predictions that are a folder",
      given: async (folder) => {
        await config(folder);
        await file("taken/file", "")(folder);
      },
      args: `${evaluate} taken`,
      exitCode: 1,
      stderr:
        "--out taken: expected a file to write, but DIR/taken is a folder. Choose another name.",
    },
  ]);
});
