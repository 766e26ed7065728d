/** @file Files of weights made by golden/weights.py, and the tiny DeiT that is in most of them. */
import { backbones, decodeSafetensors, deit, nn, openWeights, ops } from "@mvt/core";
import type { VitMatch, Weights } from "@mvt/core";
import { evaluate } from "./evaluate.ts";
import { bytesOf } from "./weights-files.ts";

export { bytesOf };

/** What golden/weights.py calls SHAPE. */
export const tiny: deit.VitConfig = {
  imageSize: 12,
  patchSize: 4,
  width: 8,
  depth: 2,
  heads: 2,
  mlpRatio: 2,
  classes: 5,
};

export async function match(name: string, model = tiny): Promise<VitMatch> {
  return backbones.deit.match(await openWeights(bytesOf(name), name), model);
}

export async function load(name: string): Promise<Weights> {
  return backbones.deit.load(await match(name));
}

/** PyTorch's: the images and the logits that belong to them. */
export const reference = decodeSafetensors(bytesOf("logits.safetensors"), "logits").weights;

/** The logits of the reference images. */
export async function logitsOf(weights: Weights): Promise<Float32Array> {
  const images = reference.get("images")!;
  const { model, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, tiny));
  const input = ops.input("images", images.shape, "uint8");
  const pixels = deit.toPixels(deit.patchify(input, tiny.patchSize));
  const logits = deit.classify(model, deit.normalizePixels(pixels));
  const feeds = Object.fromEntries([...weights].map(([name, { data }]) => [name, data]));
  const { answer } = await evaluate(
    { answer: logits },
    [input, ...parameters.map(({ tensor }) => tensor)],
    { images: Uint8Array.from(images.data), ...feeds },
  );
  return answer;
}
