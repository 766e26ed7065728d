/** @file Right answers on a part of the test set, out of the answers for all of it. */
import { UserError } from "@mvt/common";
import type { Subset } from "@mvt/datasets";
import type { NamedPredictions } from "../runs/predictions.ts";
import type { Count } from "../runs/predictions.ts";

/** A list of test images; an image that it names twice is there twice. */
export type TestSubset = Pick<Subset, "name" | "title" | "ids" | "notes">;

export interface SubsetCounts {
  /** Lines of the list, an image as often as it is there. */
  readonly listed: Count;
  /** Each image once. */
  readonly unique: Count;
}

/** Throws a UserError where the list is empty, or names an image that was not answered. */
export function countSubset(
  { ids, labels, predicted }: NamedPredictions,
  subset: TestSubset,
): SubsetCounts {
  const places = new Map(ids.map((id, i) => [id, i]));
  const unknown = subset.ids.filter((id) => !places.has(id));
  if (subset.ids.length === 0 || unknown.length > 0) {
    const found =
      subset.ids.length === 0
        ? "an empty list"
        : `${unknown.length} that are not, such as ${unknown[0]}`;
    throw new UserError(
      `${subset.title}: expected a list of test images, found ${found}. Use the list that belongs to this data set.`,
    );
  }
  const isRight = (id: string) => predicted[places.get(id)!] === labels[places.get(id)!];
  const count = (lines: readonly string[]) => ({
    k: lines.filter(isRight).length,
    n: lines.length,
  });
  return { listed: count(subset.ids), unique: count([...new Set(subset.ids)]) };
}
