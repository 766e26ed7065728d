/**
 * @file Factors of stochastic depth and of dropout. They are drawn outside the graph, which multiplies by them: a
 * program has no random numbers of its own.
 *
 * Huang et al., "Deep Networks with Stochastic Depth", ECCV 2016, arXiv:1603.09382; timm's DropPath.
 * Srivastava et al., "Dropout", JMLR 2014; torch.nn.Dropout.
 */
import type { Stream } from "../random.ts";

/** The rate of each block: from 0 in the first, in equal steps, to `rate` in the last, as timm's `drop_path_rate`. */
export function dropPathRates(rate: number, depth: number): readonly number[] {
  return Array.from({ length: depth }, (_, i) => (depth === 1 ? 0 : (rate * i) / (depth - 1)));
}

/**
 * [samples, 2 depth] what attention and MLP of each block are multiplied by, for each sample: 0 with the rate of the
 * block, else 1 / (1 - rate).
 *
 * @param rate of the last block, in [0, 1)
 */
export function drawPathFactors(
  { rate, depth, samples }: Record<"rate" | "depth" | "samples", number>,
  stream: Stream,
): Float32Array<ArrayBuffer> {
  const rates = dropPathRates(rate, depth).flatMap((of) => [of, of]);
  return Float32Array.from({ length: samples * rates.length }, (_, i) =>
    drawFactor(rates[i % rates.length]!, stream),
  );
}

/** [count] the factors of dropout: 0 with the rate, in [0, 1), else 1 / (1 - rate). */
export function drawDropoutFactors(
  { rate, count }: Record<"rate" | "count", number>,
  stream: Stream,
): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, () => drawFactor(rate, stream));
}

function drawFactor(rate: number, stream: Stream): number {
  return stream.bernoulli(rate) ? 0 : 1 / (1 - rate);
}
