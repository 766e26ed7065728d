/** @file A small vision transformer that trains, and what it trains on. */
import {
  adamw,
  clipByGlobalNorm,
  deit,
  inHalfPrecision,
  minimize,
  nn,
  ops,
  random,
} from "@mvt/core";
import type { Backend, LossScaling, Optimizer, Program, Tensor, Weights } from "@mvt/core";

const config = {
  imageSize: 16,
  patchSize: 8,
  width: 16,
  depth: 2,
  heads: 2,
  mlpRatio: 2,
  classes: 3,
};
export const { model, parameters } = nn.declareParameters((scope) =>
  deit.declareVit(scope, config),
);
const batch = 4;
const images = ops.input("images", [batch, 16, 16, 3], "uint8");
const labels = ops.input("labels", [batch], "int32");
const weights = ops.input("weights", [batch]);
const logits = deit.classify(model, deit.normalizePixels(deit.toPixels(deit.patchify(images, 8))));
/** The same with matrix products in float16. */
export const [halfLogits] = inHalfPrecision([logits]) as readonly [Tensor];

// The gradient of a key's bias is rounding alone, and with a smaller ε AdamW would scale it up to a step.
const usual = clipByGlobalNorm(adamw({ weightDecay: 0.05, epsilon: 1e-4 }), 1);

function stepFor(
  y: Tensor,
  options: { readonly optimizer?: Optimizer; readonly lossScaling?: LossScaling } = {},
): Program {
  const loss = nn.crossEntropy(y, labels, weights);
  const program = {
    inputs: [images, labels, weights],
    outputs: { loss, probabilities: ops.softmax(y) },
    state: [],
  };
  const tensors = parameters.map(({ tensor }) => tensor);
  return minimize(program, { loss, parameters: tensors, optimizer: usual, ...options });
}

/** One training step. Feeds: images, labels, weights, learningRate, step. Results: loss, probabilities. */
export const trainingStep = stepFor(logits);

/** The same with another optimiser. */
export const trainingStepWith = (optimizer: Optimizer) => stepFor(logits, { optimizer });

/** The same in half precision. */
export const halfStep = (lossScaling: LossScaling = {}) => stepFor(halfLogits, { lossScaling });

/** The program without its hint for backends on where gradients end: everything is computed in one graph. */
export const inOneGraph = (program: Program): Program => ({ ...program, update: undefined });

/** Four images with labels, for one step; other ones for every name. */
export function drawBatch(name = "images") {
  const stream = random.stream(2, name);
  return {
    images: Uint8Array.from({ length: batch * 16 * 16 * 3 }, () => stream.integer(256)),
    labels: Int32Array.of(0, 1, 2, 0),
    weights: Float32Array.of(1, 1, 1, 1),
    learningRate: Float32Array.of(3e-3),
  };
}

export interface Trained {
  readonly losses: readonly number[];
  readonly state: Weights;
}

/** Trains for as many steps as there are batches, from the initial weights or from a state. */
export async function train(
  backend: Backend,
  program: Program,
  batches: readonly ReturnType<typeof drawBatch>[],
  from?: { readonly state: Weights; readonly steps: number },
): Promise<Trained> {
  const executable = await backend.compile(program);
  await executable.writeState(from?.state ?? nn.initialWeights(parameters, 3));
  const losses: number[] = [];
  for (const [i, given] of batches.entries()) {
    const step = Float32Array.of((from?.steps ?? 0) + i + 1);
    const results = await executable.run({ ...given, step });
    losses.push(results["loss"]![0]!);
  }
  const state = await executable.readState();
  await executable.dispose();
  return { losses, state };
}

/** Six steps in one go, and the same in two, the second from the state that was read after three. */
export async function trainWholeAndHalved(
  backend: Backend,
  program: Program,
  batches: readonly ReturnType<typeof drawBatch>[],
): Promise<{ readonly whole: Trained; readonly halved: Trained }> {
  const whole = await train(backend, program, batches.slice(0, 6));
  const first = await train(backend, program, batches.slice(0, 3));
  const from = { state: first.state, steps: 3 };
  const rest = await train(backend, program, batches.slice(3, 6), from);
  return { whole, halved: { losses: [...first.losses, ...rest.losses], state: rest.state } };
}
