/**
 * @file Compares an exported model with the run's own program on the same images, before anything
 * is written.
 */
import { argmax } from "@mvt/common";
import { loadMvt } from "@mvt/core";
import type { StoragePrecision } from "@mvt/core";
import { readRows } from "@mvt/datasets";
import { type MaskFormName, maskForms } from "@mvt/mgn";
import type { Count } from "@mvt/report";
import type { Subset } from "../data/prepared.ts";
import type { Predictions } from "../runs/predictions.ts";

export interface Agreement extends Count {
  /** The largest difference of a probability. */
  readonly probabilities: number;
  /** Of a soft mask the largest difference, of a binary one the share of patches that differ. */
  readonly mask?: number;
}

/**
 * The largest differences that count as the same model. Float32 differs by the order of sums; float16 and
 * int8 by the rounding of weights, which the printed accuracies judge better than one bound.
 */
export const tolerances: Readonly<Record<StoragePrecision, number>> = {
  float32: 1e-4,
  float16: 1e-2,
  int8: 0.15,
};

/** Images that are predicted at once. */
const chunk = 256;

/** Predicts the images of `subset` with `model`, and compares with the predictions of the run's own program. */
export async function checkExport(
  model: Uint8Array,
  { images, rows, labels }: Subset,
  expected: Predictions,
  threads?: number,
): Promise<Agreement> {
  const mvt = await loadMvt(model, threads === undefined ? {} : { threads });
  const { classes, mask: maskDescription } = mvt.description;
  const isBinary =
    maskDescription !== undefined && maskForms[maskDescription.form.kind as MaskFormName].binary;
  const K = classes.length;
  const N = (expected.masks?.length ?? 0) / rows.length;
  let [k, probabilities, largest, flipped] = [0, 0, 0, 0];
  try {
    for (let start = 0; start < rows.length; start += chunk) {
      // Of the model's size already.
      const { size } = images;
      const inputs = (await readRows(images, rows.subarray(start, start + chunk))).map(
        (data) => ({ width: size, height: size, channels: 3, data }) as const,
      );
      for (const [j, prediction] of (await mvt.predictAll(inputs)).entries()) {
        const i = start + j;
        const found = Float32Array.from(Object.values(prediction.probabilities));
        if (argmax(found) === labels[i]) k += 1;
        probabilities = Math.max(probabilities, difference(found, expected.probabilities, i * K));
        if (prediction.mask && expected.masks) {
          largest = Math.max(largest, difference(prediction.mask, expected.masks, i * N));
          flipped += prediction.mask.reduce(
            (sum, value, patch) => sum + Math.abs(value - expected.masks![i * N + patch]!),
            0,
          );
        }
      }
    }
  } finally {
    await mvt.dispose();
  }
  const mask = isBinary ? flipped / (rows.length * N) : largest;
  return { k, n: rows.length, probabilities, mask: expected.masks && mask };
}

/** The largest difference; NaN where there is one, so that no tolerance takes it. */
function difference(values: Float32Array, others: Float32Array, offset: number): number {
  return values.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - others[offset + i]!)),
    0,
  );
}
