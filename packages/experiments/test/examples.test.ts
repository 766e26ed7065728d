/**
 * @file The programs of the export guide read a picture as `pnpm exp predict` does. The one in Python runs where
 * `python3`, or the Python that MVT_PYTHON names, has Pillow and NumPy (and for answers onnxruntime), else it is skipped.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { resizeImage } from "@mvt/core";
import type { DecodedImage } from "@mvt/core";
import { decodeImageFile } from "@mvt/datasets";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { beforeAll, describe, expect, test } from "vitest";
import { drawFaces } from "./fixtures/faces.ts";
import { unusualPictures } from "./fixtures/unusual-pictures.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

const execute = promisify(execFile);
const names = Object.keys(unusualPictures);
const examples = fileURLToPath(new URL("../../../examples", import.meta.url));
const size = 24;

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await makeFolder();
  for (const [name, make] of Object.entries(unusualPictures)) {
    await writeFile(at(name), await make().toBuffer());
  }
  return () => removeFolder(folder);
});

/** Whether python3, or the Python of MVT_PYTHON, can import these. */
const python = process.env["MVT_PYTHON"] ?? "python3";
const canImport = (modules: string) =>
  execute(python, ["-c", `import ${modules}`]).then(
    () => true,
    () => false,
  );
const hasPillow = await canImport("PIL.Image, numpy");
const hasRuntime = hasPillow && (await canImport("onnxruntime"));

const hash = (pixels: Uint8Array) => createHash("sha256").update(pixels).digest("hex");
/** What predict gives to the model. */
const expected = async (name: string) => hash(resizeImage(await decodeImageFile(at(name)), size));

describe("the pictures of this test", () => {
  test("show the same upright picture, whatever their EXIF orientation is", async () => {
    const turned = names.filter((name) => /^exif-.*\.(?:png|webp|tif)$/.test(name));
    const pixels = await Promise.all(turned.map(expected));
    // What is stored is the same for all; so turned upright, they are eight different pictures.
    expect(new Set(pixels).size).toBe(8);
  });
});

test("the export guide shows the programs as they are", async () => {
  const guide = await readFile(new URL("../../../docs/guides/export.md", import.meta.url), "utf8");
  for (const [name, language] of [
    ["predict.mjs", "js"],
    ["predict.py", "python"],
  ] as const) {
    const program = await readFile(join(examples, name), "utf8");
    expect(guide).toContain(`\`\`\`${language}\n${program}\`\`\`\n`);
  }
});

describe("the guide's program in JavaScript", () => {
  test.for(names)("reads %s as predict does", async (name) => {
    const { readFace } = (await import(join(examples, "predict.mjs"))) as {
      readFace: (path: string) => Promise<DecodedImage>;
    };
    expect(hash(resizeImage(await readFace(at(name)), size))).toBe(await expected(name));
  });
});

describe.skipIf(!hasPillow)("the guide's program in Python", () => {
  test("reads all pictures as predict does", async () => {
    const script =
      "import hashlib, sys, predict\n" +
      "for path in sys.argv[2:]:\n" +
      "  print(hashlib.sha256(predict.read_face(path, int(sys.argv[1])).tobytes()).hexdigest())";
    const { stdout } = await execute(python, ["-c", script, String(size), ...names.map(at)], {
      env: { ...process.env, PYTHONPATH: examples, PYTHONDONTWRITEBYTECODE: "1" },
    });
    const wanted = await Promise.all(names.map(expected));
    const read = stdout.trim().split("\n");
    const both = (hashes: readonly string[]) =>
      Object.fromEntries(names.map((name, i) => [name, hashes[i]]));
    expect(both(read)).toEqual(both(wanted));
  });
});

describe("the answers of the guide's programs", { tags: ["slow"] }, () => {
  let answers: readonly Answer[];
  beforeAll(async () => {
    const faces = await drawFaces(at("data"), "raf-db");
    const run = await writeUntrainedRun(at("runs"), faces, true);
    const data = "--scale smoke --data data --threads 1".split(" ");
    await runCommand(["export", "--run", run, "--out", "m.onnx", ...data], folder);
    await runCommand(["predict", "--model", "m.onnx", ...names, "--out", "p.jsonl"], folder);
    answers = parse(await readFile(at("p.jsonl"), "utf8"));
  }, 60_000);

  test("are those of predict in JavaScript", async () => {
    const { stdout } = await execute(process.execPath, [
      join(examples, "predict.mjs"),
      at("m.onnx"),
      ...names.map(at),
    ]);
    expectSame(parse(stdout), answers);
  });

  test.skipIf(!hasRuntime)("are those of predict in Python", async () => {
    const { stdout } = await execute(python, [
      join(examples, "predict.py"),
      at("m.onnx"),
      ...names.map(at),
    ]);
    expectSame(parse(stdout), answers);
  });
});

interface Answer {
  readonly image: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

const parse = (lines: string) =>
  lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);

function expectSame(found: readonly Answer[], wanted: readonly Answer[]): void {
  expect(found.map(({ image }) => basename(image))).toEqual(wanted.map(({ image }) => image));
  for (const [i, { probabilities }] of found.entries()) {
    expect(Object.keys(probabilities)).toEqual(Object.keys(wanted[i]!.probabilities));
    const values = Object.values(probabilities);
    expect(values).toBeAllClose(Object.values(wanted[i]!.probabilities), { atol: 2e-6 });
  }
}
