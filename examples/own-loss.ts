/**
 * @file A loss of one's own, and what it does where a third of the labels are wrong: the generalised cross-entropy of Zhang
 * and Sabuncu, NeurIPS 2018, arXiv:1805.07836. Its gradient is derived from the line that computes it.
 */
import { adamw, deit, minimize, nn, onnxBackend, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { drawStripes, imageSize } from "./stripes.ts";

const config = { imageSize, patchSize: 4, width: 32, depth: 2, heads: 4, mlpRatio: 2, classes: 2 };
const n = 128;

/** Logits [n, K] and labels [n] to a loss []. */
type Loss = (logits: Tensor, labels: Tensor) => Tensor;

const losses: Readonly<Record<string, Loss>> = {
  "cross-entropy": (logits, labels) =>
    nn.crossEntropy(logits, labels, ops.constant(new Float32Array(n).fill(1), [n])),
  /** (1 - p^q) / q with the probability p of the label and q = 0.7. */
  generalised(logits, labels) {
    const q = 0.7;
    const logP = ops.sum(ops.mul(ops.logSoftmax(logits), nn.oneHot(labels, config.classes)), [1]);
    return ops.mean(ops.div(ops.sub(1, ops.exp(ops.mul(q, logP))), q));
  },
};

/** Trains on the same n images again and again; the accuracies on their labels and on new images. */
async function train(lossOf: Loss) {
  const { model, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, config));
  const images = ops.input("images", [n, imageSize, imageSize, 3], "uint8");
  const labels = ops.input("labels", [n], "int32");
  const pixels = deit.toPixels(deit.patchify(images, config.patchSize));
  const logits = deit.classify(model, deit.normalizePixels(pixels));
  const loss = lossOf(logits, labels);
  const program = { inputs: [images, labels], outputs: { probabilities: ops.softmax(logits) } };
  const training = minimize(
    { ...program, state: [] },
    { loss, parameters: parameters.map(({ tensor }) => tensor), optimizer: adamw() },
  );
  const executable = await (await onnxBackend({ threads: 1 })).compile(training);
  await executable.writeState(nn.initialWeights(parameters, 0));

  const known = drawStripes("training", n, 1 / 3);
  const unseen = drawStripes("test", n);
  const run = (set: typeof known, rate: number, step: number) => {
    const rates = { learningRate: Float32Array.of(rate), step: Float32Array.of(step) };
    return executable.run({ images: set.images, labels: set.labels, ...rates });
  };
  for (let step = 1; step <= 150; step += 1) await run(known, 2e-3, step);
  const share = async (set: typeof known) => {
    const { probabilities } = await run(set, 0, 151); // at a rate of 0 nothing is learnt
    return set.labels.filter((label, i) => probabilities![2 * i + label]! > 0.5).length / n;
  };
  const [onLabels, onNew] = [await share(known), await share(unseen)];
  await executable.dispose();
  return { onLabels, onNew };
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

for (const [name, lossOf] of Object.entries(losses)) {
  const { onLabels, onNew } = await train(lossOf);
  console.log(`${name}: ${percent(onLabels)} of the labels, ${percent(onNew)} of new images right`);
}
