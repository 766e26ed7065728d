/** @file What a model says of one picture: probabilities, mask, and what the classifier saw. */
import type { MaskDescription } from "@mvt/core/portable";
import type { Answer, Opened } from "../engine/messages.ts";
import { element } from "./element.ts";
import { duration, percent } from "./format.ts";
import { computedBy } from "./model-card.ts";
import { paintMask, paintPixels } from "./paint.ts";

export function answerCard(answer: Answer, opened: Opened): HTMLElement {
  const { name, prediction, width, height, seconds } = answer;
  const { expression, probability, probabilities } = prediction;
  const id = crypto.randomUUID();
  return element(
    "article",
    { class: "answer", "aria-labelledby": id },
    element("h3", { id }, name),
    element(
      "p",
      { class: "verdict" },
      element("strong", {}, expression),
      ` ${percent(probability)}`,
    ),
    figures(answer, opened),
    probabilityTable(probabilities, expression),
    element(
      "p",
      { class: "quiet" },
      `${width} × ${height} pixels; decoded in ${duration(seconds.decode)}, resized and answered in ${duration(seconds.predict)}; ${computedBy(opened)}`,
    ),
  );
}

function figures({ pixels, prediction, seen }: Answer, { description }: Opened): HTMLElement {
  const S = description.preprocessing.imageSize;
  const { mask } = prediction;
  const shown = [
    figure(paintPixels(pixels, S, `The picture, ${S} × ${S}`), `as the model gets it, ${S} × ${S}`),
  ];
  if (mask !== undefined && seen !== undefined && description.mask !== undefined) {
    const summary = maskSummary(mask);
    const [zero, one] = scaleEnds(description.mask);
    shown.push(
      figure(
        paintMask(mask, `Mask of ${mask.length} patches: ${summary}`),
        `mask: ${summary}`,
        element(
          "span",
          { class: "scale" },
          `0 ${zero}`,
          element("span", { class: "ramp" }),
          `1 ${one}`,
        ),
      ),
      figure(paintPixels(seen, S, "The picture under its mask"), "what the classifier saw"),
    );
  }
  return element("div", { class: "figures" }, ...shown);
}

const figure = (canvas: HTMLCanvasElement, ...caption: readonly (Node | string)[]) =>
  element("figure", {}, canvas, element("figcaption", {}, ...caption));

/** What 0 and 1 do to a patch. */
const scaleEnds = ({ polarity }: MaskDescription): readonly [string, string] =>
  polarity === "remove" ? ["kept", "removed"] : ["removed", "kept"];

function maskSummary(mask: Float32Array): string {
  const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  const [least, most] = [Math.min(...mask), Math.max(...mask)];
  return `mean ${mean.toFixed(2)}, from ${least.toFixed(2)} to ${most.toFixed(2)}`;
}

function probabilityTable(
  probabilities: Readonly<Record<string, number>>,
  first: string,
): HTMLTableElement {
  const rows = Object.entries(probabilities).map(([name, p]) => {
    const bar = element("span", { class: "bar" });
    bar.style.setProperty("--share", `${p}`);
    return element(
      "tr",
      name === first ? { class: "first" } : {},
      element("th", { scope: "row" }, name),
      element("td", { class: "track", "aria-hidden": "true" }, bar),
      element("td", { class: "number" }, percent(p)),
    );
  });
  return element(
    "table",
    { class: "probabilities" },
    element("caption", {}, "Probabilities"),
    element("tbody", {}, ...rows),
  );
}
