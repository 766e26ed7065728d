/** @file Sine-cosine position embeddings of a square grid. */
import type { Initializer } from "../nn/parameters.ts";

/** Amplitude of the waves: small beside a patch embedding of unit variance. */
const amplitude = 0.5;

/**
 * Initial position embeddings [1, g² + 1, D]: a quarter of the width each for sin and cos of row and
 * column, at wavelengths from 2π to 2π · 10⁴; zero for the class token. Vaswani et al.,
 * arXiv:1706.03762, section 3.5, along both axes. They are trained like any other parameter.
 */
export function sinCosPositions(g: number): Initializer {
  return ([, , D]) => {
    const quarter = D! / 4;
    const data = new Float32Array((g * g + 1) * D!);
    for (let patch = 0; patch < g * g; patch += 1) {
      for (let i = 0; i < D!; i += 1) {
        const frequency = 10_000 ** -((i % quarter) / quarter);
        const position = i < D! / 2 ? Math.floor(patch / g) : patch % g;
        const wave = Math.floor(i / quarter) % 2 === 0 ? Math.sin : Math.cos;
        data[(patch + 1) * D! + i] = amplitude * wave(position * frequency);
      }
    }
    return data;
  };
}
