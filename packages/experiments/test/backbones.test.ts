/** @file `--backbone`: what it changes in a run's configuration and id, and the weights that it asks for. */
import { backboneNames, declareNetwork, encodeSafetensors, nn, withBackbone } from "@mvt/core";
import { runId } from "@mvt/experiments";
import { describe, expect, test } from "vitest";
import { scaleOf } from "../src/cli/request.ts";
import { networkLine } from "../src/cli/describe-weights.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { scaleNames, scales } from "../src/settings/scales.ts";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { tinyConfig } from "./fixtures/run-config.ts";

const withModel = (model: ClassifierConfig["model"]) => runId({ ...tinyConfig, model });
const { classes, ...tiny } = tinyConfig.model;

/** Weights of the small scales' network with registers. */
const registersFile = () => {
  const config = { ...withBackbone(scales.smoke.model, "dinov2-reg"), classes: 7 };
  const { parameters } = nn.declareParameters((scope) => declareNetwork(scope, config));
  return encodeSafetensors(nn.initialWeights(parameters, 1));
};

describe("--backbone", () => {
  test.each(scaleNames)("leaves the configuration of scale %s as it is if it is deit", (scale) => {
    expect(scaleOf({ scale, backbone: "deit" }).model).toBe(scales[scale].model);
    expect(scaleOf({ scale }).model).toBe(scales[scale].model);
  });

  test("adds keys to the configuration only for another backbone, and gives the run another id", () => {
    expect(Object.keys(withBackbone(tiny, "deit"))).toEqual(Object.keys(tiny));
    const { registers, layerScale, classPosition, backbone, ...rest } = withBackbone(
      tiny,
      "dinov2-reg",
    );
    expect({ registers, layerScale, classPosition, backbone }).toEqual({
      registers: 4,
      layerScale: 1e-5,
      classPosition: false,
      backbone: "dinov2-reg",
    });
    expect(rest).toEqual(tiny);
    const ids = backboneNames.map((name) => withModel({ ...withBackbone(tiny, name), classes }));
    expect(ids[0]).toBe(runId(tinyConfig));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("gives DINOv2 without registers the class token's position, LayerScale and its patches", () => {
    const { model } = scaleOf({ scale: "paper", backbone: "dinov2" });
    expect(model).toMatchObject({ patchSize: 14, layerScale: 1e-5, backbone: "dinov2" });
    expect("classPosition" in model || "registers" in model).toBe(false);
  });

  test("takes DINOv2's patches of 14 x 14 pixels at scale paper", () => {
    expect(scaleOf({ scale: "paper", backbone: "dinov2-reg" }).model).toMatchObject({
      imageSize: 224,
      patchSize: 14,
      width: 384,
    });
    expect(scaleOf({ scale: "paper", backbone: "deit3" }).model.patchSize).toBe(16);
  });

  refuses([
    {
      what: "names the networks there are",
      args: "train --backbone resnet",
      exitCode: 2,
      stderr:
        "--backbone resnet: expected one of deit, deit3, dinov2, dinov2-reg. `pnpm exp train --help` lists the options.",
    },
    {
      what: "asks for weights at scale paper, since the official file is a DeiT",
      args: "train --scale paper --backbone deit3",
      exitCode: 2,
      stderr:
        "--weights: expected a file of pre-trained DeiT III weights for --backbone deit3 at scale paper, got none. Pass one, or `--weights none` to train from scratch.",
    },
    {
      what: "is named where the weights are another network's",
      given: file("registers.safetensors", registersFile()),
      args: "train --scale smoke --weights registers.safetensors",
      exitCode: 1,
      stderr:
        "--weights DIR/registers.safetensors: expected pos_embed of shape [1, 37, 64], got pos_embed of shape [1, 36, 64], float32. The file holds a DINOv2 with registers: choose that network with --backbone dinov2-reg, or use weights of a DeiT.",
    },
  ]);
});

describe("weights show", () => {
  test.concurrent("says which backbone a file holds, and with which --backbone it is of use", async ({
    expect: expectHere,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    await file("registers.safetensors", registersFile())(folder);
    const { stdout } = await runCommand(
      ["weights", "show", "registers.safetensors", "--scale", "smoke"],
      folder,
    );
    const lines = stdout.trimEnd().split("\n");
    expectHere([lines[1], lines[3], lines.at(-1)]).toEqual([
      "DINOv2 with registers nano (width 64, 4 blocks, patches of 8 x 8, 4 registers, 7 classes)",
      "  reg_token                  float32     [1, 4, 64]          loaded",
      "usable as --weights at scale smoke with --backbone dinov2-reg: 63 parameters are loaded, head.weight and head.bias start anew",
    ]);
  });

  test("names the form of a network whose size has no name", () => {
    const sizes = { width: 8, depth: 2, patchSize: 4, distilled: false, layerScale: true };
    expect(networkLine({ ...sizes, backbone: "deit3", registers: 0 })).toBe(
      "ViT in the form of DeiT III (width 8, 2 blocks, patches of 4 x 4, no head)",
    );
  });
});
