/** @file A confusion matrix, and what it says of each class. */
import { sum } from "@mvt/common";
import type { Element } from "hast";
import { h } from "hastscript";
import { countPercent } from "../accuracy.ts";
import { classificationMetrics } from "../evaluation/metrics.ts";
import { confusionMatrix, type LabelledPredictions } from "../evaluation/predictions.ts";
import { grid, number, scrollRegion, text } from "./elements.ts";

/** Rows are true classes, columns predicted ones. Throws a RangeError if there is no image. */
export function confusion(predictions: LabelledPredictions): readonly Element[] {
  const { classes } = predictions;
  const counts = confusionMatrix(predictions);
  const { accuracy, meanClassAccuracy, macroF1, f1 } = classificationMetrics(
    Int32Array.from(counts.flat()),
    classes.length,
  );
  const percents = [accuracy, meanClassAccuracy, macroF1].map((value) => (100 * value).toFixed(1));
  return [
    h(
      "p",
      `Accuracy ${percents[0]} %, mean recall of the classes ${percents[1]} %, mean F1 ${percents[2]} %. Rows are true classes, columns predicted ones; percentages are shares of a row.`,
    ),
    scrollRegion("Confusion matrix", matrix(classes, counts)),
    grid({
      caption: "By class",
      columns: [
        { title: "Class", heads: true },
        ...["Images", "Recall (%)", "Precision (%)", "F1 (%)"].map((title) => ({
          title,
          numeric: true,
        })),
      ],
      rows: classes.map((name, i) => {
        const right = counts[i]![i]!;
        const [images, predicted] = [sum(counts[i]!), sum(counts.map((row) => row[i]!))];
        const share = (n: number) =>
          n === 0
            ? undefined
            : number(right / n, `${countPercent({ k: right, n })} (${right}/${n})`);
        const own = f1[i]!;
        return [
          text(name),
          number(images),
          share(images),
          share(predicted),
          Number.isNaN(own) ? undefined : number(own, (100 * own).toFixed(1)),
        ];
      }),
    }),
  ];
}

function matrix(classes: readonly string[], counts: readonly (readonly number[])[]): Element {
  const head = h("tr", [h("td"), ...classes.map((name) => h("th", { scope: "col" }, name))]);
  const rows = counts.map((row, i) => {
    const n = sum(row);
    const cells = row.map((k, j) => {
      const tenth = n === 0 ? 0 : Math.round((10 * k) / n);
      return h("td", { class: [`share-${tenth}`, ...(i === j ? ["same"] : [])] }, [
        k === 0 ? h("span.quiet", "0") : String(k),
        ...(k === 0 ? [] : [h("small", `${countPercent({ k, n })} %`)]),
      ]);
    });
    return h("tr", [h("th", { scope: "row" }, classes[i]), ...cells]);
  });
  return h("table.matrix", [
    h("caption.unseen", "Images by true and predicted class"),
    h("thead", [head]),
    h("tbody", rows),
  ]);
}
