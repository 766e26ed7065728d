/** @file The summary of several predictions as a table. */
import { percent } from "@mvt/common";
import type { ImagePrediction, OpenedModel } from "../engine/messages.ts";
import { element } from "./element.ts";
import { summarise } from "./summarise.ts";
import type { Share } from "./summarise.ts";

export function summaryTable(
  images: readonly ImagePrediction[],
  { name, description }: OpenedModel,
): HTMLTableElement {
  const { byClass, all } = summarise(
    images.map(({ prediction }) => prediction),
    description.classes,
  );
  return element(
    "table",
    { class: "summary" },
    element("caption", {}, `${images.length} images, predicted by ${name}`),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col" }, "Predicted class"),
        element("th", { scope: "col", class: "number" }, "Images"),
        element("th", { scope: "col", class: "number" }, "Mean confidence"),
      ),
    ),
    element("tbody", {}, ...byClass.map(([expression, share]) => row(expression, share))),
    element("tfoot", {}, row("all", all)),
  );
}

const row = (heading: string, { images, meanConfidence }: Share) =>
  element(
    "tr",
    {},
    element("th", { scope: "row" }, heading),
    element("td", { class: "number" }, `${images}`),
    element(
      "td",
      { class: "number" },
      meanConfidence === undefined ? "–" : `${percent(meanConfidence)} %`,
    ),
  );
