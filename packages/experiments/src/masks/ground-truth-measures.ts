/** @file How well masks find the patches that do not matter, against the ground truth. */
import { sum } from "@mvt/common";
import { maskedPatchCount, topKMask } from "@mvt/mgn";
import { rankingQuality } from "@mvt/report";
import type { MaskMetrics } from "@mvt/report/tables/masks-table";
import type { ExpressionPatches } from "../data/expression-patches.ts";

/** Masks of n images, N patches each; high where a patch is removed. */
export interface MaskSet {
  /** [n, N] by how much a patch is removed, 0 to 1. */
  readonly removal: Float32Array;
  /** [n, N] what patches are ranked by, where that is finer than the removal. */
  readonly score?: Float32Array;
}

/** The columns of the table of masks. `m` is the share to be removed. */
export function measureMasks(
  { removal, score = removal }: MaskSet,
  { energy, carries }: ExpressionPatches,
  { patches: N, m }: { readonly patches: number; readonly m: number },
): MaskMetrics {
  const n = removal.length / N;
  const of = <T extends Float32Array | Uint8Array>(values: T, image: number) =>
    values.subarray(image * N, (image + 1) * N) as T;
  let [removed, expressionless, share] = [0, 0, 0];
  for (let image = 0; image < n; image += 1) {
    const mask = of(removal, image);
    const chosen = isBinary(mask) ? mask : topKMask(mask, maskedPatchCount(m, N));
    const truth = of(carries, image);
    for (const [i, value] of chosen.entries()) {
      removed += value;
      expressionless += value * (1 - truth[i]!);
    }
    const total = sum(of(energy, image));
    share += total === 0 ? 0 : dot(mask, of(energy, image)) / total;
  }
  const kept = score.map((value) => -value); // high where a patch stays
  const meanKept = meanOverImages(kept, N);
  const position = Float32Array.from({ length: kept.length }, (_, i) => meanKept[i % N]!);
  return {
    expressionless: removed === 0 ? undefined : expressionless / removed,
    energyOverM: share / n / m,
    auc: rankingQuality(kept, carries).auroc,
    positionAuc: rankingQuality(position, carries).auroc,
    withinPositionAuc: withinPositionAuc(kept, carries, N),
  };
}

/** AUC at each position across images, weighted by its pairs of a positive and a negative. */
function withinPositionAuc(kept: Float32Array, carries: Uint8Array, N: number): number | undefined {
  let [weighted, pairs] = [0, 0];
  for (let position = 0; position < N; position += 1) {
    const truth = carries.filter((_, i) => i % N === position);
    const scores = kept.filter((_, i) => i % N === position);
    const area = rankingQuality(scores, truth).auroc;
    const positives = sum(truth);
    const weight = positives * (truth.length - positives);
    if (area !== undefined) weighted += area * weight;
    pairs += weight;
  }
  return pairs === 0 ? undefined : weighted / pairs;
}

function meanOverImages(values: Float32Array, N: number): Float64Array {
  const means = new Float64Array(N);
  for (const [i, value] of values.entries()) means[i % N]! += value / (values.length / N);
  return means;
}

function isBinary(mask: Float32Array): boolean {
  return mask.every((value) => value === 0 || value === 1);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((total, value, i) => total + value * b[i]!, 0);
}
