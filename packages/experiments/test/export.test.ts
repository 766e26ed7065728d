/** @file `pnpm exp export` and `pnpm exp predict`, as a user would run them. */
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeSafetensors, loadMvt } from "@mvt/core";
import { readMetadata } from "@mvt/core/portable";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { sourceVersion } from "@mvt/experiments";
import { runCommand } from "@mvt/testing/command-line";
import { drawFaces } from "./fixtures/faces.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

const data = "--scale smoke --data data --threads 1".split(" ");

/** A folder with data/raf-db, two runs, masked.onnx, masked.int8.onnx and plain.onnx (of pixels). */
let folder: string;
let masked: string;
let plain: string;
let printed: string;

const run = (...args: readonly string[]) => runCommand(args, folder);
const metadataOf = async (file: string) => readMetadata(await readFile(join(folder, file)), file);

beforeAll(async () => {
  folder = await makeFolder();
  const faces = await drawFaces(join(folder, "data"), "raf-db");
  const runs = join(folder, "runs");
  masked = await writeUntrainedRun(runs, faces, true);
  plain = await writeUntrainedRun(runs, faces, false);
  const both = ["export", "--run", masked, "--out", "masked.onnx"];
  printed = (await run(...both, "--precision", "float32", "int8", ...data)).stdout;
  await run("export", "--run", plain, "--out", "plain.onnx", "--input", "pixels", ...data);
  return () => removeFolder(folder);
}, 60_000);

const face = "data/raf-db/Image/aligned/test_0001_aligned.jpg";
const other = "data/raf-db/Image/aligned/test_0002_aligned.jpg";

describe("export", () => {
  test("prints size, accuracy and largest difference of every file beside the run's own", () => {
    const lines = printed.split("\n");
    expect(lines[1]).toMatch(/size +test accuracy +largest difference +of masks +file/);
    expect(lines[2]).toMatch(/^the run's own +9\d\d kB +\d+\.\d\d % \(\d+\/30\)$/);
    expect(lines[3]).toMatch(
      /^float32 +9\d\d kB +.*\/30\) +(\d\.\de-\d+|0\.0e\+0) +(\d\.\de-\d+|0\.0e\+0) +masked.onnx$/,
    );
    expect(lines[4]).toMatch(/^int8 +\d\d\d kB +.*masked.int8.onnx$/);
  });

  test("writes classes, preprocessing, mask, data, metrics and licence into the file", async () => {
    const about = await metadataOf("masked.onnx");
    expect(about).toMatchObject({
      format: "mvt-model/1",
      input: "bytes",
      precision: "float32",
      opset: "17",
      run: masked,
      weights: "validation-best",
    });
    const json = (key: string): unknown => JSON.parse(about[key]!);
    expect(json("classes")).toHaveLength(7);
    expect(json("preprocessing")).toMatchObject({ imageSize: 48, patchSize: 8, colours: "RGB" });
    expect(json("mask")).toEqual({
      form: { kind: "soft" },
      polarity: "remove",
      space: "pixel",
      m: 0.2,
    });
    expect(json("data")).toMatchObject({
      dataset: "raf-db",
      kind: "synthetic",
      counts: { test: 30 },
      fingerprint: expect.stringMatching(/^[0-9a-f]+$/),
    });
    expect(json("metrics")).toMatchObject({ test: { n: 30 } });
    expect(json("measured")).toMatchObject({ n: 30 });
    expect(about["licence"]).toContain("trained on synthetic faces");
  });

  test("names what trained the run, not what exports it", async () => {
    const json = async (file: string, key: string): Promise<unknown> =>
      JSON.parse((await metadataOf(file))[key]!);
    expect(await json("masked.onnx", "source")).toEqual({
      commit: "not recorded by the version that trained",
    });
    const path = join(folder, "runs", plain, "result.json");
    const before = await readFile(path, "utf8");
    const madeBy = {
      commit: "49230b3",
      dirty: false,
      lockfile: "unknown",
      scale: "smoke",
      machine: { cpu: "Some CPU", cores: 2, memory: 2 ** 33, os: "Linux 6", node: "26.0.0" },
      date: "2026-01-02T03:04:05.000Z",
    };
    await writeFile(path, JSON.stringify({ ...JSON.parse(before), madeBy }));
    await run("export", "--run", plain, "--out", "recorded.onnx", "--input", "pixels", ...data);
    await writeFile(path, before);
    expect(await json("recorded.onnx", "source")).toEqual(madeBy);
    expect(await json("recorded.onnx", "exported")).toEqual(sourceVersion());
  });

  test("answers with or without masks as the run does, from bytes and from pixels", async () => {
    // The command compares all test images and writes nothing unless they agree.
    expect(await readdir(folder)).toEqual(
      expect.arrayContaining(["masked.onnx", "masked.int8.onnx", "plain.onnx"]),
    );
    const mvt = await loadMvt(join(folder, "plain.onnx"));
    expect(mvt.description).toMatchObject({ input: "pixels" });
    expect(mvt.description.mask).toBeUndefined();
    await mvt.dispose();
  });

  test("writes nothing where the answers differ by more than the tolerance", async () => {
    const args = ["export", "--run", masked, "--out", "strict.onnx", "--precision", "int8"];
    const { exitCode, stderr } = await run(...args, "--tolerance", "1e-9", ...data);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /error: export in int8: expected probabilities within 1e-9 of the run's own on 30 test images, got a difference of /,
    );
    expect(await readdir(folder)).not.toContain("strict.onnx");
  });

  test("writes weights for timm, and the mask generator beside them", async () => {
    const args = ["export", "--run", masked, "--format", "safetensors", "--out", "w.safetensors"];
    expect((await run(...args, ...data)).stdout).toContain("timm's names");
    const bytes = await readFile(join(folder, "w.safetensors"));
    const { weights, metadata } = decodeSafetensors(bytes, "w.safetensors");
    expect(weights.get("blocks.0.attn.qkv.weight")?.shape).toEqual([192, 64]);
    expect(metadata).toMatchObject({ format: "mvt-model/1", run: masked });
    const generator = await readFile(join(folder, "w.mgn.safetensors"));
    expect(decodeSafetensors(generator, "mgn").metadata["format"]).toBe("mvt-mgn/1");
  });
});

describe("predict", () => {
  test("prints the most probable expression, or all of them, per picture", async () => {
    const { stdout } = await run("predict", "--model", "masked.onnx", face, other);
    expect(stdout).toMatch(
      /^\S+test_0001_aligned.jpg {2}\w+ \d+\.\d %\n\S+test_0002\S+ {2}\w+ .*\n$/,
    );
    const all = await run("predict", "--model", "plain.onnx", face, "--all");
    expect(all.stdout.match(/ %/g)).toHaveLength(7);
  });

  test("writes JSON lines with masks, and CSV", async () => {
    await run("predict", "--model", "masked.onnx", "data/raf-db/Image/aligned", "--out", "p.jsonl");
    const lines = (await readFile(join(folder, "p.jsonl"), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(90);
    const { image, mask, probabilities } = JSON.parse(lines[0]!);
    expect(image).toBe(face);
    expect(mask).toHaveLength(36);
    await run("predict", "--model", "masked.onnx", face, "--out", "p.csv");
    const [header, row] = (await readFile(join(folder, "p.csv"), "utf8")).split("\n");
    expect(header).toBe(["image,expression,probability", ...Object.keys(probabilities)].join());
    expect(row!.split(",").slice(3).map(Number)).toBeAllClose(
      Object.values(probabilities as Record<string, number>),
      { atol: 2e-6 },
    );
  });

  test("answers for all images that it can read, names the others, and fails", async () => {
    await mkdir(join(folder, "mixed"));
    const sound = await readFile(join(folder, face));
    await writeFile(join(folder, "mixed/a.jpg"), sound);
    await writeFile(join(folder, "mixed/b.jpg"), sound.subarray(0, sound.length / 2));
    await writeFile(join(folder, "mixed/c.jpg"), "no picture");
    await writeFile(join(folder, "mixed/d.jpg"), sound);
    const args = ["--model", "masked.onnx", "mixed", "--out", "mixed.csv"];
    const { exitCode, stdout, stderr } = await run("predict", ...args);
    expect(exitCode).toBe(1);
    expect(stdout.split("\n").map((line) => line.split("  ")[0])).toEqual([
      "mixed/a.jpg",
      "mixed/d.jpg",
      "",
    ]);
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^mixed\/b\.jpg: expected a readable image, found none \(.*end.*\)$/),
      expect.stringMatching(/^mixed\/c\.jpg: expected a readable image, found none \(.*not JPEG/),
      "wrote mixed.csv",
      expect.stringMatching(
        /^error: predict: expected 4 readable images, found 2; the others are named/,
      ),
      "",
    ]);
    const rows = (await readFile(join(folder, "mixed.csv"), "utf8")).trimEnd().split("\n");
    expect(rows.map((row) => row.split(",")[0])).toEqual(["image", "mixed/a.jpg", "mixed/d.jpg"]);
  });

  test("writes the picture beside what its mask leaves", async () => {
    await run("predict", "--model", "masked.onnx", face, "--overlay", "seen");
    const { data: pixels, info } = await sharp(join(folder, "seen/test_0001_aligned.png"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const middle = info.width / 2;
    const brightness = (from: number, to: number) => {
      let [sum, count] = [0, 0];
      for (let y = 6; y < info.height - 6; y += 1) {
        for (let x = from; x < to; x += 1, count += 1) {
          sum += pixels[(y * info.width + x) * info.channels]!;
        }
      }
      return sum / count;
    };
    // A generator that nothing has trained hides m = 20 % of every patch.
    const ratio = brightness(middle + 3, info.width - 6) / brightness(6, middle - 3);
    expect(ratio).toBeCloseTo(0.8, 1);
  });

  test.each([
    [
      ["--model", "none.onnx", face],
      "--model none.onnx: expected a file that `pnpm exp export` wrote, found nothing",
    ],
    [["--model", face, face], "expected an ONNX model, got something else"],
    [
      ["--model", "masked.onnx", "none.jpg"],
      "none.jpg: expected an image or a folder, found nothing",
    ],
    [["--model", "masked.onnx", "text.jpg"], "text.jpg: expected a readable image, found none ("],
    [["--model", "masked.onnx", "runs"], "runs: expected a folder with images, found no file"],
    [
      ["--model", "masked.onnx", face, "--out", "p.txt"],
      "expected a name that ends in .jsonl or .csv",
    ],
    [["--model", "plain.onnx", face, "--overlay", "x"], "expected a model with a mask generator"],
  ])("refuses %j", async (args, message) => {
    await writeFile(join(folder, "text.jpg"), "no picture");
    const { exitCode, stdout, stderr } = await run("predict", ...args);
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("bench predict", () => {
  test("times one picture and many", async () => {
    const { stdout } = await run("bench", "predict", "--model", "masked.onnx", "--images", "8");
    expect(stdout).toMatch(
      /^masked.onnx: 48 x 48, float32, with masks, CPU, \d+ threads\none image +[\d.]+ ms median .*\n8 images +[\d.]+ images\/s\n$/,
    );
  });
});
