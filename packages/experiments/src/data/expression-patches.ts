/** @file Ground truth of synthetic faces: which patches carry the expression. */
import { sum } from "@mvt/common";
import { decodeImages } from "@mvt/datasets";
import type { GroundTruth, Sample } from "@mvt/datasets";

/** Of n images, N patches each. */
export interface ExpressionPatches {
  /** [n, N] the sum over the patch's pixels of how much they change with the expression. */
  readonly energy: Float32Array;
  /** [n, N] 1 where a patch has more than the average patch of its image. */
  readonly carries: Uint8Array;
}

/** Reads the energy images of `samples`, resized to the model's input, and sums them per patch. */
export async function readExpressionPatches(
  samples: readonly Sample[],
  truth: GroundTruth,
  { imageSize: S, patchSize: P }: { readonly imageSize: number; readonly patchSize: number },
): Promise<ExpressionPatches> {
  const energies = samples.map((sample) => ({
    ...sample,
    image: { kind: "file", path: truth.expressionEnergy(sample.id) } as const,
  }));
  const { pixels } = await decodeImages(energies, { size: S });
  const g = S / P;
  const N = g * g;
  const energy = new Float32Array(samples.length * N);
  const carries = new Uint8Array(samples.length * N);
  for (let image = 0; image < samples.length; image += 1) {
    const patches = energy.subarray(image * N, (image + 1) * N);
    for (let y = 0; y < S; y += 1) {
      for (let x = 0; x < S; x += 1) {
        const patch = Math.floor(y / P) * g + Math.floor(x / P);
        patches[patch]! += pixels[((image * S + y) * S + x) * 3]!; // grey: any channel
      }
    }
    const average = sum(patches) / N;
    for (const [i, e] of patches.entries()) carries[image * N + i] = Number(e > average);
  }
  return { energy, carries };
}
