/** @file Trains a small vision transformer with @mvt/core alone: which way do the stripes of an image run? */
import { adamw, deit, minimize, nn, onnxBackend, ops } from "@mvt/core";
import { drawStripes, imageSize } from "./stripes.ts";

const config = { imageSize, patchSize: 4, width: 32, depth: 2, heads: 4, mlpRatio: 2, classes: 2 };
const batch = 32;

// The network, from the bytes of images to logits [batch, 2], and the loss.
const { model, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, config));
const images = ops.input("images", [batch, imageSize, imageSize, 3], "uint8");
const labels = ops.input("labels", [batch], "int32");
const pixels = deit.toPixels(deit.patchify(images, config.patchSize));
const logits = deit.classify(model, deit.normalizePixels(pixels));
const loss = nn.crossEntropy(
  logits,
  labels,
  ops.constant(new Float32Array(batch).fill(1), [batch]),
);

// One step of training: forward, backward, AdamW.
const training = minimize(
  { inputs: [images, labels], outputs: { loss, probabilities: ops.softmax(logits) }, state: [] },
  { loss, parameters: parameters.map(({ tensor }) => tensor), optimizer: adamw() },
);
const executable = await (await onnxBackend({ threads: 1 })).compile(training);
await executable.writeState(nn.initialWeights(parameters, 0));

for (let step = 1; step <= 40; step += 1) {
  const drawn = drawStripes(`step ${step}`, batch);
  const rates = { learningRate: Float32Array.of(5e-4), step: Float32Array.of(step) };
  const results = await executable.run({ images: drawn.images, labels: drawn.labels, ...rates });
  if (step % 10 !== 0) continue;
  const right = drawn.labels.filter((label, i) => results["probabilities"]![2 * i + label]! > 0.5);
  console.log(
    `step ${step}: loss ${results["loss"]![0]!.toFixed(2)}, ${right.length} of ${batch} right`,
  );
}
await executable.dispose();
