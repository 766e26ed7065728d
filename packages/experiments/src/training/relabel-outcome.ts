/** @file What relabelling did to a training set, and how right it was where the truth is known. */
import { relabelQuality } from "@mvt/relabel";
import type { LabelLedger } from "@mvt/relabel";
import type { ClassifierResult } from "../runs/result.ts";

export function relabelOutcomeOf(
  { labels: current }: LabelLedger,
  given: Int32Array,
  truth: Int32Array | undefined,
): NonNullable<ClassifierResult["relabel"]> {
  const changed = current.reduce((n, label, i) => n + Number(label !== given[i]), 0);
  if (truth === undefined) return { changed };
  const quality = relabelQuality({ given, current, truth });
  const counts = ({ k, n }: { readonly k: number; readonly n: number }) => ({ k, n });
  return {
    changed,
    precision: counts(quality.precision),
    recall: counts(quality.recall),
    correctBefore: counts(quality.correctBefore),
    correctAfter: counts(quality.correctAfter),
  };
}
