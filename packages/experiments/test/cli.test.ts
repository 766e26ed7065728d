/**
 * @file What the command line answers to mistakes: one message, an exit code, and no file left behind.
 *
 * Every case runs in a folder of its own, shown as DIR.
 */
import { cp, mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors } from "@mvt/core";
import { runId } from "@mvt/experiments";
import { beforeAll, describe, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { drawFaces } from "./fixtures/faces.ts";
import { filesBelow, makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { file, help, refuses } from "@mvt/testing/mistakes";
import { tinyConfig } from "./fixtures/run-config.ts";

/** Holds raf-db/. */
let faces: string;

beforeAll(async () => {
  faces = await makeFolder();
  await drawFaces(faces, "raf-db");
  return () => removeFolder(faces);
});

const dataFolder = (folder: string) => cp(faces, join(folder, "data"), { recursive: true });

describe("the command line refuses", () => {
  refuses([
    { what: "no command", args: "", exitCode: 2, stderr: `expected a command, got none. ${help}` },
    {
      what: "an unknown command",
      args: "frobnicate",
      exitCode: 2,
      stderr: `frobnicate: there is no such command. ${help}`,
    },
    {
      what: "a mistyped command, naming the nearest one",
      args: "tabel2",
      exitCode: 2,
      stderr: `Did you mean table2? ${help}`,
    },
    {
      what: "an unknown option, naming the nearest one",
      args: "table2 --scales smoke",
      exitCode: 2,
      stderr:
        '--scales: there is no such option. Did you mean "scale"? `pnpm exp table2 --help` lists the options.',
    },
    {
      what: "an unknown option of several words, once",
      args: "train --frobnicate-all=yes",
      exitCode: 2,
      stderr:
        "--frobnicate-all: there is no such option. `pnpm exp train --help` lists the options.",
    },
    {
      what: "an argument too many",
      args: "train raf-db",
      exitCode: 2,
      stderr:
        "raf-db: expected no further argument. Options begin with --. `pnpm exp train --help` lists the options.",
    },
    {
      what: "an argument too few",
      args: "runs",
      exitCode: 2,
      stderr: "runs: expected <action>, got none. `pnpm exp runs --help` lists the options.",
    },
    {
      what: "an action that there is not, naming the nearest one",
      args: "runs lst",
      exitCode: 2,
      stderr:
        'runs lst: expected one of list, show, plot, verify, repair, remove. Did you mean "list"? `pnpm exp runs --help` lists the options.',
    },
    {
      what: "an unknown scale, naming those there are",
      args: "table2 --scale tiny",
      exitCode: 2,
      stderr:
        "--scale tiny: expected one of smoke, quick, paper. `pnpm exp table2 --help` lists the options.",
    },
    {
      what: "an unknown data set, naming those there are",
      args: "table2 --scale smoke --datasets raf-db,affectnet",
      exitCode: 2,
      stderr:
        "--datasets raf-db,affectnet: expected names out of raf-db, ferplus, affectnet-7, affectnet-8, custom, got affectnet. Separate them by commas.",
    },
    {
      what: "an unknown format of tables, naming those there are",
      args: "table2 --scale smoke --format csv,pdf",
      exitCode: 2,
      stderr:
        "--format csv,pdf: expected names out of markdown, csv, latex, got pdf. Separate them by commas.",
    },
    {
      what: "a number of seeds that is none",
      args: "table2 --scale smoke --seeds 0",
      exitCode: 2,
      stderr:
        "--seeds 0: expected a whole number of at least 1, a range such as 5-9, or a list such as 0,5.",
    },
  ]);
});

describe("--threshold refuses", () => {
  const plugin = (f: string, before = "") =>
    file(
      "mine.ts",
      `${before}\nexport default { name: "mine", about: "", parameters: {}, f: ${f} };\n`,
    );
  const args = "table2 --scale smoke --datasets raf-db --threshold ./mine.ts";
  refuses([
    {
      what: "a name that is not known, suggesting the nearest one",
      args: "table2 --scale smoke --threshold quadratik",
      exitCode: 2,
      stderr:
        '--threshold quadratik: expected a built-in name (constant, linear, quadratic, sigmoid), a path that starts with "./", or a package; no package of this name is installed for DIR. Did you mean "quadratic"?',
    },
    {
      what: "a parameter that is not known",
      args: "train --scale smoke --threshold sigmoid:steepness=20",
      exitCode: 2,
      stderr: 'threshold "sigmoid": there is no parameter "steepness"; it has scale, k, x0.',
    },
    {
      what: "a plugin that is not there",
      args,
      exitCode: 2,
      stderr:
        '--threshold ./mine.ts: expected a file at DIR/mine.ts, found none. Check the path, or "exports" in package.json.',
    },
    {
      what: "a plugin that throws when it is loaded, naming the line",
      given: plugin("(p: number) => p", 'throw new Error("no licence");'),
      args,
      exitCode: 2,
      stderr: "--threshold ./mine.ts: loading DIR/mine.ts failed at line 1: no licence.",
    },
    {
      what: "a plugin whose f throws",
      given: plugin('() => { throw new Error("no table for this P_gt"); }'),
      args,
      exitCode: 2,
      stderr:
        'threshold "mine": f must be a function that never throws, but at P_gt = 0 it threw: no table for this P_gt.',
    },
    {
      what: "a plugin whose f is negative",
      given: plugin("(p: number) => p - 0.5"),
      args,
      exitCode: 2,
      stderr:
        'threshold "mine": f must be nonnegative, but at P_gt = 0 it is -0.5. Clip it at 0: delta is the lower limit of the threshold.',
    },
    {
      what: "a plugin whose f falls",
      given: plugin("(p: number) => (p < 0.5 ? 1 : 0.25)"),
      args,
      exitCode: 2,
      stderr:
        'threshold "mine": f must be non-decreasing, but at P_gt = 0.5 it falls to 0.25, from 1 at P_gt = 0.499755859375. Make it rise or stay level from 0 to 1.',
    },
    {
      what: "a plugin whose f is not a number",
      given: plugin("(p: number) => (p < 0.25 ? p : NaN)"),
      args,
      exitCode: 2,
      stderr:
        'threshold "mine": f must be finite, but at P_gt = 0.25 it is NaN. Return a finite number for every P_gt in [0, 1].',
    },
    {
      what: "a plugin that exports nothing by default",
      given: file("mine.ts", "export const f = (p: number) => p;\n"),
      args,
      exitCode: 2,
      stderr:
        "--threshold ./mine.ts: expected the default export of DIR/mine.ts to be a threshold, { name, about, parameters, f }, but it has only f. Write export default defineThreshold({ ... }).",
    },
  ]);
});

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
    { timeout: 30_000 },
    async (flag, { expect, onTestFinished }) => {
      const folder = await temporaryFolder(onTestFinished);
      await given(folder);
      const before = await filesBelow(folder);
      const answer = await runCommand([...args.split(" "), `--${flag}`, "taken/below"], folder);
      expect(answer).toMatchObject({ exitCode: 1, stdout: "" });
      expect(answer.stderr).toMatch(
        new RegExp(
          `^error: --${flag} taken/below: expected a folder that can be written to, but .+ Choose another folder, or change its rights.\n$`,
        ),
      );
      expect(await filesBelow(folder)).toEqual(before);
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

describe("runs", () => {
  test.concurrent("lists none in an empty folder, which is no mistake", async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    await mkdir(join(folder, "runs"));
    expect(await runCommand(["runs", "list"], folder)).toEqual({
      exitCode: 0,
      stdout: "no runs in runs\n",
      stderr: "",
    });
  });

  test.concurrent("lists a damaged one as such, beside the others", async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    await file("runs/0123456789ab/result.json", "{")(folder);
    await file("runs/0123fedcba98/config.json", "{}")(folder);
    expect(await runCommand(["runs", "list"], folder)).toEqual({
      exitCode: 0,
      stdout: [
        "0123456789ab  damaged: `pnpm exp runs verify 0123456789ab` says which file, `pnpm exp runs repair 0123456789ab` mends it or sets it aside\n",
        "0123fedcba98  not finished\n",
      ].join(""),
      stderr: "",
    });
  });

  const none = "expected one run in runs whose id begins so, found none.";
  refuses([
    {
      what: "shows no run that is not there",
      args: "runs show 3f2a",
      exitCode: 1,
      stderr: `run 3f2a: ${none} \`pnpm exp runs list\` shows all.`,
    },
    {
      what: "removes nothing when it is not told what",
      given: file("runs/0123456789ab/config.json", "{}"),
      args: "runs remove",
      exitCode: 2,
      stderr:
        "runs remove: expected the beginning of a run's id, got none. `pnpm exp runs list` shows all.",
    },
    {
      what: "removes nothing by a few characters",
      given: async (folder) => {
        await file("runs/0123456789ab/config.json", "{}")(folder);
        await file("runs/0123fedcba98/config.json", "{}")(folder);
      },
      args: "runs remove 0123",
      exitCode: 2,
      stderr:
        "runs remove 0123: expected at least 6 characters of a run's id, got 4. `pnpm exp runs list` shows all.",
    },
    {
      what: "are not evaluated when none begins so",
      args: "evaluate --run 3f2a --scale smoke",
      exitCode: 1,
      stderr: `run 3f2a: ${none} \`pnpm exp runs list\` shows all.`,
    },
  ]);
});
