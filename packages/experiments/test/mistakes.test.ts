/** The wrong predictions that a run is surest of: `pnpm exp evaluate --hardest N`. */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { mistakesCsv, mistakesOf } from "../src/evaluation/mistakes.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

describe("wrong predictions", () => {
  const { test: subset } = tinyData({ imageSize: 16 });
  const classes = ["calm", "glad"];
  const two = { ...subset, ids: ["a", "b", "c"], rows: Int32Array.of(4, 5, 6) };

  test("are ordered by the probability of what is predicted", () => {
    const found = mistakesOf(
      classes,
      { ...two, labels: Int32Array.of(1, 0, 0) },
      { probabilities: Float32Array.of(0.75, 0.25, 0.875, 0.125, 0, 1) },
    );
    expect(found).toEqual([
      { image: "c", label: "calm", predicted: "glad", confidence: 1, ofLabel: 0, row: 6 },
      { image: "a", label: "glad", predicted: "calm", confidence: 0.75, ofLabel: 0.25, row: 4 },
    ]);
    expect(mistakesCsv(found)).toBe(
      "image,label,predicted,confidence,of_label\nc,calm,glad,1.000000,0.000000\na,glad,calm,0.750000,0.250000\n",
    );
  });

  test("are none where all is right", () => {
    const right = { ...two, labels: Int32Array.of(0, 0, 0) };
    const probabilities = Float32Array.of(1, 0, 1, 0, 1, 0);
    expect(mistakesOf(classes, right, { probabilities })).toEqual([]);
  });
});

describe("evaluate --hardest", () => {
  const data = "--scale smoke --data data --threads 1 --resamples 50".split(" ");
  let folder: string;
  let id: string;
  const run = (...args: readonly string[]) =>
    runCommand(["evaluate", "--run", id, ...args], folder);

  beforeAll(async () => {
    folder = await makeFolder();
    const faces = await drawFaces(join(folder, "data"), "raf-db");
    id = await writeUntrainedRun(join(folder, "runs"), faces, false);
    return () => removeFolder(folder);
  });

  test("writes them as rows and as a sheet, and into JSON", async () => {
    const { stdout } = await run("--hardest", "5", "--report", "out", "--json", ...data);
    const { hardest } = JSON.parse(stdout) as {
      readonly hardest: { readonly confidence: number }[];
    };
    expect(hardest).toHaveLength(5);
    const confidences = hardest.map(({ confidence }) => confidence);
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
    const csv = await readFile(join(folder, "out/hardest.csv"), "utf8");
    expect(csv.trimEnd().split("\n")).toHaveLength(6);
    const { width, format } = await sharp(join(folder, "out/hardest.png")).metadata();
    expect([width, format]).toEqual([2 * 20 + 5 * 160 + 4 * 16, "png"]);
  });

  test("shows them on the page of the run, of the predictions that it stored", async () => {
    const stored = join(folder, "runs", id);
    const { stdout } = await run("--out", join(stored, "predictions.csv"), "--json", ...data);
    const { right } = JSON.parse(stdout) as { readonly right: { readonly k: number } };
    const result = JSON.parse(await readFile(join(stored, "result.json"), "utf8")) as object;
    const tested = { validation: { ...right, epoch: 2 } };
    await writeFile(join(stored, "result.json"), JSON.stringify({ ...result, ...tested }));
    const pages = ["report", "--pictures", "3", "--out", "pages", "--scale", "smoke"];
    const { exitCode } = await runCommand([...pages, "--data", "data"], folder);
    expect(exitCode).toBe(0);
    const page = await readFile(join(folder, "pages/runs", `${id}.html`), "utf8");
    expect(page).toContain("The most confident mistakes");
    expect(page.match(/alt="Test image [^"]+: predicted \w+, labelled \w+"/g)).toHaveLength(3);
  });

  test("changes nothing where it is not asked for", async () => {
    const { stdout } = await run("--report", "plain", "--json", ...data);
    expect(JSON.parse(stdout)).not.toHaveProperty("hardest");
    expect(await readdir(join(folder, "plain"))).not.toContain("hardest.csv");
  });

  test.each([
    [
      ["--stored"],
      "--hardest 5: expected new predictions, since it shows the images, got --stored",
    ],
    [[], "--hardest 5: expected --report or --json, which show them, got neither"],
  ])("refuses %j with it", async (args, message) => {
    const { exitCode, stderr } = await run("--hardest", "5", ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
