/** @file The options of the network that trains and of the weights that it starts from. */
import { backboneNames, backbones, defaultBackbone, deit, inputNormalizations } from "@mvt/core";
import type { InputNormalizationName } from "@mvt/core";
import { wholeFrom } from "./command.ts";

/** The heading of options of training in help. */
export const training = "Training:";

/** How a file of pre-trained weights is read. */
export const weightsFileOptions = {
  "weights-key": {
    type: "string",
    group: training,
    describe:
      "which of several networks in the file of --weights, by the keys or the beginning of names that lead to it, such as model_ema [default: the usual one]",
  },
  "weights-about": {
    type: "string",
    group: training,
    describe:
      'what the file of --weights is and under which licence, such as "FMAE ViT-S, CC-BY-NC 4.0": it stands in the run\'s record, its reports and its export',
  },
  "weights-normalization": {
    choices: Object.keys(inputNormalizations) as InputNormalizationName[],
    group: training,
    describe: `what the pixels were normalised with that the file of --weights was trained on [default: imagenet]; ${Object.entries(
      inputNormalizations,
    )
      .map(([name, { about }]) => `${name}: ${about}`)
      .join("; ")}`,
  },
} as const;

/** Which of the published sizes a network has. */
export const sizeOption = {
  choices: Object.keys(deit.variants) as readonly deit.Variant[],
  group: training,
  describe: "size of the network, such as B/16 for weights of a ViT-B [default: the scale's]",
} as const;

/** The network, and what it starts from. */
export const networkOptions = {
  backbone: {
    choices: backboneNames,
    default: defaultBackbone,
    group: training,
    describe: `network of classifiers and mask generators: ${backboneNames.map((name) => `${name}, ${backbones[name].about}`).join("; ")}`,
  },
  size: sizeOption,
  pooling: {
    choices: deit.poolingNames,
    default: "class" as deit.Pooling,
    group: training,
    describe: `what goes into the head of classifiers; ${deit.poolingNames.map((name) => `${name}: ${deit.poolings[name].about}`).join("; ")}`,
  },
  weights: {
    type: "string",
    group: training,
    describe:
      "pre-trained weights of the backbone: .pth, .safetensors or .onnx; or none to train from scratch [default at scale paper: the file of `weights fetch`]",
  },
  ...weightsFileOptions,
  heads: {
    type: "number",
    check: wholeFrom(1),
    group: training,
    describe:
      "attention heads of the network, which no file of weights tells, such as 12 for MoCo v3's ViT-S [default: the scale's]",
  },
  "image-size": {
    type: "number",
    check: wholeFrom(1),
    group: training,
    describe: "height and width of the images, a multiple of the patch size [default: the scale's]",
  },
} as const;
