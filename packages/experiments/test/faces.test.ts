/** @file Faces in photographs: `pnpm exp data align` and `pnpm exp predict --faces`, as a user would run them. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { drawPhotograph } from "@mvt/datasets";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { predictJson } from "../src/predict/prediction-facts.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

let folder: string;
const path = (...names: readonly string[]) => join(folder, ...names);
const run = async (...args: readonly string[]) => runCommand(args, folder);
const predict = async (...args: readonly string[]) =>
  run("predict", "--model", "masked.onnx", "--threads", "1", ...args);

async function photograph(file: string, people: number): Promise<void> {
  const { pixels, side } = drawPhotograph(0, `faces ${people}`, {
    side: 480,
    people,
    heads: [0.42, 0.5],
    rotation: 8,
    yaw: 8,
  });
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } }).toFile(path(file));
}

beforeAll(async () => {
  folder = await makeFolder();
  const faces = await drawFaces(path("data"), "raf-db");
  const masked = await writeUntrainedRun(path("runs"), faces, true);
  const data = "--scale smoke --data data --threads 1".split(" ");
  await run("export", "--run", masked, "--out", "masked.onnx", ...data);
  await mkdir(path("photos"));
  await photograph("photos/group.png", 4);
  await photograph("photos/nobody.png", 0);
});
afterAll(async () => removeFolder(folder));

describe("predict --faces", () => {
  test("predicts every face, with its box, points, probabilities and mask", async () => {
    const { exitCode, stdout, stderr } = await predict("--faces", "photos", "--json");
    expect(exitCode, stderr).toBe(0);
    const { images, withoutFace, unreadable } = predictJson.parse(JSON.parse(stdout));
    expect([withoutFace, unreadable]).toEqual([["photos/nobody.png"], []]);
    expect(images.length).toBeGreaterThanOrEqual(3);
    for (const [i, { image, face, mask, probabilities }] of images.entries()) {
      expect(image).toBe("photos/group.png");
      expect(face).toMatchObject({ number: i + 1, of: images.length });
      expect(face!.points).toHaveLength(5);
      expect(mask).toHaveLength(36);
      expect(Object.keys(probabilities)).toHaveLength(7);
    }
  });

  test('says "no face" of a photograph without one, and ends well', async () => {
    const { exitCode, stdout } = await predict("--faces", "photos/nobody.png", "--out", "none.csv");
    expect([exitCode, stdout]).toEqual([0, "photos/nobody.png  no face\n"]);
    const table = await readFile(path("none.csv"), "utf8");
    expect(table).toMatch(/^image,face,left,top,width,height,score,expression,probability,.*\n$/);
  });

  test("names the place of each face, and writes pictures and a table", async () => {
    const args = ["--faces", "photos/group.png", "--overlay", "seen", "--out", "faces.csv"];
    const { stdout } = await predict(...args);
    const lines = stdout.trimEnd().split("\n");
    for (const line of lines) {
      expect(line).toMatch(
        /^photos\/group\.png {2}face \d of \d, \d+ x \d+ pixels at -?\d+,-?\d+: \w+ [\d.]+ %$/,
      );
    }
    const names = lines.map((_, i) => `group-face${i + 1}.png`);
    expect((await readdir(path("seen"))).toSorted()).toEqual(["group.png", ...names].toSorted());
    const rows = (await readFile(path("faces.csv"), "utf8")).trimEnd().split("\n");
    expect(rows).toHaveLength(1 + lines.length);
    expect(rows[1]).toMatch(/^photos\/group\.png,1,/);
  });

  test("goes on where a photograph cannot be read, and ends with code 1", async () => {
    await writeFile(path("broken.jpg"), "no picture");
    const { exitCode, stdout, stderr } = await predict(
      "--faces",
      "broken.jpg",
      "photos/nobody.png",
    );
    expect(exitCode).toBe(1);
    expect(stdout).toBe("photos/nobody.png  no face\n");
    expect(stderr).toContain("expected 2 readable images, found 1");
  });

  test("is asked for where its options are", async () => {
    const { exitCode, stderr } = await predict("photos/nobody.png", "--margin", "0.1");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--margin: expected --faces with it");
  });
});

describe("data align", () => {
  const align = async (...args: readonly string[]) =>
    run("data", "align", "--data", "photos", "--threads", "1", ...args);

  test("writes aligned faces, a table and a contact sheet, and counts", async () => {
    const { exitCode, stdout, stderr } = await align("--out", "aligned");
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe(
      "2 images: 0 with one face, 1 with several, 1 without, 0 unreadable, 0 too large; 0 were done before\n1 aligned images in aligned\n",
    );
    expect(await readdir(path("aligned"))).toEqual([
      "contact-sheet.png",
      "faces.csv",
      "faces.json",
      "group.png",
    ]);
    const again = await align("--out", "aligned", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ several: 1, none: 1, kept: 2, written: 1 });
  });

  test("needs a folder to write to, and its options need it", async () => {
    expect((await align()).stderr).toContain("data align: expected --out");
    const { exitCode, stderr } = await run("data", "check", "--data", "data", "--margin", "0.1");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--margin: expected it with `data align`");
  });
});
