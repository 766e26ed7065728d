/** @file The test images of one data set with the classes of a run that was trained on another. */
import { UserError } from "@mvt/common";
import type { PreparedData, Subset } from "../data/prepared.ts";

export interface SharedClasses {
  /** The images whose expression the run knows, with the run's class indices as labels. */
  readonly subset: Subset;
  /** What was left out, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Classes are matched by their expressions. Throws a UserError if the run knows none of the images' expressions.
 *
 * @param known the classes of the run, in its order
 */
export function sharedClasses(
  subset: Subset,
  { classes, dataset: { title } }: Pick<PreparedData, "classes" | "dataset">,
  known: readonly string[],
): SharedClasses {
  const indices = classes.map((expression) => known.indexOf(expression));
  const kept = Array.from(subset.rows.keys()).filter((i) => indices[subset.labels[i]!] !== -1);
  if (kept.length === 0) {
    throw new UserError(
      `--on ${title}: expected images of the run's classes (${known.join(", ")}), found only ${classes.join(", ")}. Choose another data set.`,
    );
  }
  const unknown = classes.flatMap((expression, c) => {
    const images = subset.labels.filter((label) => label === c).length;
    return indices[c] === -1 ? [`${expression} (${images})`] : [];
  });
  const absent = known.filter((expression) => !classes.some((one) => one === expression));
  return {
    subset: {
      images: subset.images,
      rows: Int32Array.from(kept, (i) => subset.rows[i]!),
      ids: kept.map((i) => subset.ids[i]!),
      labels: Int32Array.from(kept, (i) => indices[subset.labels[i]!]!),
    },
    notes: [
      ...(unknown.length > 0
        ? [
            `${title}: ${subset.rows.length - kept.length} of ${subset.rows.length} images are left out, since the run has no class for them: ${unknown.join(", ")}.`,
          ]
        : []),
      ...(absent.length > 0
        ? [
            `${title} has no images of ${absent.join(", ")}, which the run may still predict: such predictions are errors.`,
          ]
        : []),
    ],
  };
}
