/** `--pooling` and `--size`: what they change in a run's configuration, the files that ask for them, and exports. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { deit, encodeSafetensors, loadMvt, nn, printProgram } from "@mvt/core";
import { encodePortable } from "@mvt/core/portable";
import type { ExplanationName } from "@mvt/core";
import { runId } from "@mvt/experiments";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { beforeAll, describe, expect, test } from "vitest";
import { describeWeights } from "../src/cli/describe-weights.ts";
import { scaleOf } from "../src/cli/request.ts";
import { readPretrainedFile } from "../src/pretrained/weights-file.ts";
import { scaleNames, scales } from "../src/settings/scales.ts";
import { startingWeights } from "../src/training/starting-weights.ts";
import { exportProgram } from "../src/export/export-program.ts";
import { declareClassifier, evaluationProgram, trainingProgram } from "../src/training/programs.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { nanoWeights } from "./fixtures/nano-weights.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

/** The usual weights of the small scales as average pooling has them. */
const averaged = () =>
  encodeSafetensors(
    new Map(
      [...nanoWeights()].map(([name, array]) => [name.replace(/^norm\./, "fc_norm."), array]),
    ),
  );

const average = { ...deit.variants.nano, pooling: "average" } as const;

describe("--pooling", () => {
  test.each(scaleNames)("class leaves the configuration of scale %s as it is", (scale) => {
    expect(scaleOf({ scale, pooling: "class" }).model).toBe(scales[scale].model);
  });

  test("average adds a key to the configuration, and gives the run another id", () => {
    const { model } = scaleOf({ scale: "smoke", pooling: "average" });
    expect(model).toEqual({ ...scales.smoke.model, pooling: "average" });
    const other = { ...tinyConfig, model: { ...tinyConfig.model, pooling: "average" } } as const;
    expect(runId(other)).not.toBe(runId(tinyConfig));
  });

  test("average takes a file that was trained so, but for its head", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    await file("averaged.safetensors", averaged())(folder);
    const read = await readPretrainedFile(join(folder, "averaged.safetensors"), average);
    expect(read.weights.get("fc_norm.weight")).toEqual(nanoWeights().get("norm.weight"));
    expect(describeWeights(read)[0]).toContain("1000 classes, average pooling)");
  });

  test("average starts its norm anew where a file has the class token's", async ({
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    await file("class.safetensors", encodeSafetensors(nanoWeights()))(folder);
    const path = join(folder, "class.safetensors");
    const read = await readPretrainedFile(path, average);
    const lines = describeWeights(read);
    expect(lines).toContain(
      "  skipped norm.weight, norm.bias: the norm of the class token, which average pooling replaces",
    );
    expect(lines[1]).toContain("new from the seed: fc_norm.weight, fc_norm.bias, head.weight");
    const { parameters } = declareClassifier({ ...average, classes: 7 });
    const start = startingWeights(parameters, 0, { weights: read.weights, source: path });
    expect(start.get("fc_norm.weight")!.data.every((value) => value === 1)).toBe(true);
    expect(start.get("blocks.0.mlp.fc1.weight")).toEqual(
      nanoWeights().get("blocks.0.mlp.fc1.weight"),
    );
  });

  test("leaves a file of MAE's pre-training, as PyTorch wrote it, to the choice of the user", async () => {
    const path = fileURLToPath(new URL("../../core/test/golden/starts/mae.pth", import.meta.url));
    const size = { imageSize: 16, patchSize: 4, width: 12, depth: 2, heads: 3, mlpRatio: 2 };
    const { report: ofClass } = await readPretrainedFile(path, size);
    expect(ofClass.startsAnew).toEqual(["head.weight", "head.bias"]);
    const { report, weights } = await readPretrainedFile(path, { ...size, pooling: "average" });
    expect(report.startsAnew.slice(0, 2)).toEqual(["fc_norm.weight", "fc_norm.bias"]);
    expect([...weights.keys()].some((name) => name.includes("decoder"))).toBe(false);
  });

  refuses([
    {
      what: "is named where the weights were trained with average pooling",
      given: file("averaged.safetensors", averaged()),
      args: "train --scale smoke --weights averaged.safetensors",
      exitCode: 1,
      stderr:
        "--weights DIR/averaged.safetensors: expected all parameters of the network, got none for norm.weight, norm.bias. The file was trained with average pooling of the patches, not with the class token: choose that with --pooling average.",
    },
  ]);
});

describe("a classifier without the options", () => {
  const plain = { ...deit.variants.nano, classes: 7 };
  const classifier = declareClassifier(plain);
  const weights = nn.initialWeights(classifier.parameters, 1);
  const exported = (explain?: readonly ExplanationName[]) =>
    encodePortable({
      program: (batchSize) => exportProgram(classifier, "bytes", batchSize, explain),
      weights,
    });

  test("has the graph of one whose class token is asked for, byte for byte", () => {
    const named = declareClassifier({ ...plain, pooling: "class" });
    const trained = (one: typeof classifier) =>
      printProgram(trainingProgram(one, { batchSize: 8, adamw: {} }));
    expect(trained(named)).toBe(trained(classifier));
    const ofNamed = encodePortable({
      program: (batchSize) => exportProgram(named, "bytes", batchSize),
      weights,
    });
    expect(ofNamed).toEqual(exported());
  });

  test("is exported without what explains it, unless that is asked for", () => {
    const explained = exported(["rollout"]);
    expect(explained.length).toBeGreaterThan(exported().length);
    expect(Buffer.from(exported()).includes("rollout")).toBe(false);
    expect(Buffer.from(explained).includes("rollout")).toBe(true);
  });

  test("computes all rows of the last block only with average pooling", () => {
    const of = (model: Parameters<typeof declareClassifier>[0]) =>
      printProgram(evaluationProgram(declareClassifier(model), 8));
    expect(of(plain)).not.toBe(of({ ...plain, pooling: "average" }));
  });
});

describe("--size", () => {
  test("gives the network a published size, at the scale's settings", () => {
    const { model, training } = scaleOf({ scale: "paper", size: "B/16", backbone: "dinov2" });
    expect(model).toMatchObject({ width: 768, heads: 12, patchSize: 14, imageSize: 224 });
    expect(training).toEqual(scales.paper.training);
  });
});

describe("an exported model with average pooling", () => {
  const data = "--scale smoke --data data --threads 1".split(" ");
  let folder: string;
  let id: string;

  beforeAll(async () => {
    folder = await makeFolder();
    const faces = await drawFaces(join(folder, "data"), "raf-db");
    const changes = { pooling: "average" } as const;
    id = await writeUntrainedRun(join(folder, "runs"), faces, true, {}, changes);
    await runCommand(["export", "--run", id, "--out", "a.onnx", ...data], folder);
    return () => removeFolder(folder);
  }, 60_000);

  test("has the predictions of its run, which export compares, and says its pooling", async () => {
    const mvt = await loadMvt(join(folder, "a.onnx"));
    expect(mvt.description.about["model"]).toMatchObject({ pooling: "average" });
    expect(mvt.description.mask).toMatchObject({ m: 0.2 });
    await mvt.dispose();
  });

  test("is a start for other runs with average pooling", async () => {
    const read = await readPretrainedFile(join(folder, "a.onnx"), average);
    const { parameters } = declareClassifier({ ...average, classes: 7 });
    const own = nn.initialWeights(parameters, 1); // the run's
    for (const [name, { data: values }] of read.weights) {
      expect(values, name).toEqual(own.get(name)!.data);
    }
    expect(read.weights.size).toBe(own.size - 2); // but the head
  });

  test("as safetensors is shown with the option that it asks for", async () => {
    const args = ["export", "--run", id, "--format", "safetensors", "--out", "a.safetensors"];
    await runCommand([...args, ...data], folder);
    const shown = ["weights", "show", "a.safetensors", "--scale", "smoke"];
    const { stdout } = await runCommand(shown, folder);
    expect(stdout).toContain(
      "usable as --weights at scale smoke with --pooling average: 54 parameters are loaded, head.weight and head.bias start anew",
    );
    const json = await runCommand([...shown, "--json"], folder);
    expect(JSON.parse(json.stdout)).toMatchObject({ network: { pooling: "average" } });
    expect((await readFile(join(folder, "a.safetensors"))).length).toBeGreaterThan(1000);
  });
});
