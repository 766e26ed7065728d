/** @file Sine-cosine position embeddings of a square grid. */
import type { Initializer } from "../nn/parameters.ts";

/** Amplitude of the waves: small compared with a patch embedding of unit variance. */
const amplitude = 0.5;

/**
 * Initial position embeddings of g² patches [1, g², D], or [1, g² + 1, D] with a first row of zeros for the
 * class token. A quarter of the width each holds sin and cos of row and column, at wavelengths from 2π to
 * 2π · 10⁴: Vaswani et al., arXiv:1706.03762, section 3.5, along both axes. They are trained like any other
 * parameter.
 */
export function sinCosPositions(g: number): Initializer {
  return ([, rows, D]) => {
    const quarter = D! / 4;
    const data = new Float32Array(rows! * D!);
    const first = rows! - g * g;
    for (let patch = 0; patch < g * g; patch += 1) {
      for (let i = 0; i < D!; i += 1) {
        const frequency = 10_000 ** -((i % quarter) / quarter);
        const position = i < D! / 2 ? Math.floor(patch / g) : patch % g;
        const wave = Math.floor(i / quarter) % 2 === 0 ? Math.sin : Math.cos;
        data[(first + patch) * D! + i] = amplitude * wave(position * frequency);
      }
    }
    return data;
  };
}
