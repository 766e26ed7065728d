/** Where a start comes from: what is known of a file, and where a run's record, its reports and its export say it. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deit, encodeSafetensors } from "@mvt/core";
import { readMetadata } from "@mvt/core/portable";
import { runId } from "@mvt/experiments";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";
import { beforeAll, describe, expect, test } from "vitest";
import { describeWeights } from "../src/cli/describe-weights.ts";
import { lineageLine, lineageOf } from "../src/pretrained/lineage.ts";
import { publishedFiles } from "../src/pretrained/published.ts";
import { readPretrainedFile } from "../src/pretrained/weights-file.ts";
import { openRun } from "../src/runs/run-folder.ts";
import { trainedRuns } from "../src/runs/trained-runs.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { scales } from "../src/settings/scales.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { nanoWeights } from "./fixtures/nano-weights.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { trainTask } from "./fixtures/train.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

const other = "f".repeat(64);

describe("a file of weights", () => {
  test("is known by its SHA-256, whatever its name", () => {
    const found = lineageOf("/weights/mine.pth", `cd65a155${"0".repeat(56)}`);
    expect(found).toMatchObject({
      file: "mine.pth",
      published: { title: "DeiT S/16", licence: "Apache-2.0", by: "SHA-256" },
    });
  });

  test("is known by its name where no SHA-256 was published, which the words say", () => {
    const found = lineageOf("mae_pretrain_vit_base.pth", other);
    expect(found.published).toMatchObject({ by: "file name", trainedOn: expect.any(String) });
    expect(lineageLine(found)).toBe(
      "mae_pretrain_vit_base.pth (SHA-256 ffffffffffff): MAE B/16 by its file name, licence CC-BY-NC 4.0 (no commercial use), trained on ImageNet-1k, by self-supervision (https://github.com/facebookresearch/mae)",
    );
  });

  test("is not known by a name whose SHA-256 is another", () => {
    const found = lineageOf("deit_small_patch16_224-cd65a155.pth", other);
    expect(found).toEqual({ file: "deit_small_patch16_224-cd65a155.pth", sha256: other });
    expect(lineageLine(found)).toContain("licence and training data not known here");
  });

  test("is described by the user, before what is known", () => {
    const found = lineageOf("fmae.pth", other, "FMAE ViT-S, CC-BY-NC 4.0");
    expect(lineageLine(found)).toBe("fmae.pth (SHA-256 ffffffffffff): FMAE ViT-S, CC-BY-NC 4.0");
  });

  test("with every published name has a licence and a source", () => {
    expect(new Set(publishedFiles.map(({ fileName }) => fileName)).size).toBe(
      publishedFiles.length,
    );
    for (const { fileName, sha256Start, source } of publishedFiles) {
      expect(fileName).toContain(sha256Start ?? "_");
      expect(source).toMatch(/^https:\/\/github\.com\//);
    }
  });
});

test("weights show says what is known of a file, by what, and nothing of another", async ({
  onTestFinished,
}) => {
  const folder = await temporaryFolder(onTestFinished);
  const lines = async (name: string) => {
    await writeFile(join(folder, name), encodeSafetensors(nanoWeights()));
    const { stdout } = await runCommand(["weights", "show", name, "--scale", "smoke"], folder);
    return stdout.split("\n");
  };
  expect((await lines("mae_pretrain_vit_base.pth"))[2]).toMatch(
    /^MAE B\/16 by its file name, licence CC-BY-NC 4\.0/,
  );
  expect((await lines("mine.pth"))[2]).toMatch(/^ {2}cls_token/);
});

describe("--weights-about", () => {
  test("stands in the summary of the file", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    const path = join(folder, "w.safetensors");
    await writeFile(path, encodeSafetensors(nanoWeights()));
    const read = await readPretrainedFile(path, scales.smoke.model, {}, "Our MAE, MIT");
    expect(describeWeights(read)).toContain("  Our MAE, MIT");
  });

  refuses([
    {
      what: "describes a file, and is refused without one",
      args: ["train", "--scale", "smoke", "--weights-about", "Our MAE"],
      exitCode: 2,
      stderr:
        "--weights-about Our MAE: expected a file of --weights, which it describes, got none. Name one, or leave --weights-about out.",
    },
  ]);
});

describe("a run that started from a file", () => {
  const start = lineageOf("mae_pretrain_vit_base.pth", other, "from a colleague");

  test("records it in its result, and has the id of one that was not described", async ({
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const path = join(folder, "mae_pretrain_vit_base.pth");
    const bytes = encodeSafetensors(nanoWeights());
    await writeFile(path, bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const config: ClassifierConfig = {
      ...tinyConfig,
      model: { ...deit.variants.nano, classes: 7 },
      training: { ...tinyConfig.training, epochs: 1 },
      pretrained: { sha256 },
    };
    const id = runId(config);
    const failure = await trainTask({
      id,
      title: "a run",
      config,
      pretrainedFile: path,
      pretrainedAbout: "from a colleague",
      runsFolder: folder,
      data: tinyData({ imageSize: 48 }),
    });
    expect(failure).toBeUndefined();
    const result = await openRun(folder, id).result();
    expect(result).toMatchObject({ start: lineageOf(path, sha256, "from a colleague") });
  });

  describe("in reports and exports", () => {
    let folder: string;
    let id: string;

    beforeAll(async () => {
      folder = await makeFolder();
      const faces = await drawFaces(join(folder, "data"), "raf-db");
      id = await writeUntrainedRun(join(folder, "runs"), faces, false);
      const path = join(folder, "runs", id, "result.json");
      const result = JSON.parse(await readFile(path, "utf8")) as object;
      await writeFile(path, JSON.stringify({ ...result, start }));
      return () => removeFolder(folder);
    });

    test("is named by what a report knows of its runs, once", async () => {
      expect(await trainedRuns([id, id], join(folder, "runs"))).toEqual([
        { runs: 1, starts: [lineageLine(start)] },
      ]);
    });

    test("is named by the exported model, with its licence", async () => {
      const args = ["export", "--run", id, "--out", "m.onnx", "--scale", "smoke", "--data", "data"];
      await runCommand([...args, "--threads", "1"], folder);
      const about = readMetadata(await readFile(join(folder, "m.onnx")), "m.onnx");
      expect(JSON.parse(about["start"]!)).toEqual(start);
      expect(about["licence"]).toContain(
        "They start from mae_pretrain_vit_base.pth (SHA-256 ffffffffffff): from a colleague; MAE B/16 by its file name, licence CC-BY-NC 4.0",
      );
    });
  });
});
