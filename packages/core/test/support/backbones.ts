/** @file Small DeiT III and DINOv2 networks of timm with their weights, made by golden/backbones.py. */
import { readFileSync } from "node:fs";
import {
  type BackboneName,
  backbones,
  declareNetwork,
  deit,
  type NetworkConfig,
  nn,
  openWeights,
  ops,
  traceNetwork,
  withBackbone,
} from "@mvt/core";
import type { Tensor, Weights, WeightsFile } from "@mvt/core";
import { golden } from "./golden.ts";

/** What golden/backbones.py calls SIZE. */
const size = { imageSize: 16, patchSize: 4, width: 12, depth: 2, heads: 3, mlpRatio: 2 };

/** The backbones that have golden files. */
export const forms = ["deit3", "dinov2", "dinov2-reg"] as const satisfies readonly BackboneName[];
export type Form = (typeof forms)[number];

export const smallConfig = (form: BackboneName, imageSize = 16): NetworkConfig => ({
  ...withBackbone({ ...size, imageSize }, form),
  classes: 5,
});

/** A file of timm's, or with `own` one with its authors' names, opened. */
export function openForm(form: Form, own = false): Promise<WeightsFile> {
  const name = `${form}${own ? ".own" : ""}.pth`;
  return openWeights(readFileSync(new URL(`../golden/backbones/${name}`, import.meta.url)), name);
}

/** The weights of a file for a network that has the same head. */
export function loadForm(form: Form, file: WeightsFile, imageSize = 16): Weights {
  return backbones[form].load(backbones[form].match(file, smallConfig(form, imageSize)));
}

/** Images, logits, loss and gradients of timm. */
export const goldenForm = (form: Form) => golden(`backbones/${form}`);

/** A network, and its trace of image bytes [B, S, S, 3]. */
export function networkOn(images: Tensor, config: NetworkConfig) {
  const { model, parameters } = nn.declareParameters((scope) => declareNetwork(scope, config));
  const patches = deit.normalizePixels(deit.toPixels(deit.patchify(images, config.patchSize)));
  const tensors = parameters.map(({ tensor }) => tensor);
  return { model, parameters, tensors, patches, ...traceNetwork(model, patches) };
}

/** A network on the images of its golden file, with the cross-entropy of their labels. */
export function goldenNetwork(form: Form) {
  const file = goldenForm(form);
  const images = ops.constant(Uint8Array.from(file.data("images")), [3, 16, 16, 3]);
  const network = networkOn(images, smallConfig(form));
  const labels = ops.constant(Int32Array.from(file.data("labels")), [3]);
  const ones = ops.constant(new Float32Array(3).fill(1), [3]);
  return { ...network, loss: nn.crossEntropy(network.logits, labels, ones) };
}

/** Weights as the feeds of their parameters. */
export const feedsOf = (weights: Weights) =>
  Object.fromEntries([...weights].map(([name, { data }]) => [name, data]));
