/** @file A model's prediction for one image: probabilities, mask, and the masked input of the classifier. */
import { percent } from "@mvt/common";
import { explanationAbouts, heatPixels } from "@mvt/core/portable";
import type { ExplanationName, MaskDescription } from "@mvt/core/portable";
import type { ImagePrediction, OpenedModel } from "../engine/messages.ts";
import { element } from "./element.ts";
import { duration } from "./format.ts";
import { maskScale } from "./mask-scale.ts";
import type { MaskScale } from "./mask-scale.ts";
import { computedBy } from "./model-card.ts";
import { paintMask, paintPixels } from "./paint.ts";

export function predictionCard(image: ImagePrediction, opened: OpenedModel): HTMLElement {
  const { name, face, prediction, width, height, seconds } = image;
  const { expression, probability, probabilities } = prediction;
  const id = crypto.randomUUID();
  return element(
    "article",
    { class: "prediction", "aria-labelledby": id },
    element("h3", { id }, face ? `${name}, face ${face.number} of ${face.of}` : name),
    element("p", { class: "quiet" }, `predicted by ${opened.name}`),
    element(
      "p",
      { class: "verdict" },
      element("strong", {}, expression),
      ` ${percent(probability)} %`,
    ),
    figures(image, opened),
    probabilityTable(probabilities, expression),
    element(
      "p",
      { class: "quiet" },
      face
        ? `aligned from ${Math.round(face.box.width)} × ${Math.round(face.box.height)} pixels, score ${face.score.toFixed(2)}; predicted in ${duration(seconds.predict)}; ${computedBy(opened)}`
        : `${width} × ${height} pixels; decoded in ${duration(seconds.decode)}, predicted in ${duration(seconds.predict)}; ${computedBy(opened)}`,
    ),
  );
}

function figures(
  { pixels, prediction, masked }: ImagePrediction,
  { description }: OpenedModel,
): HTMLElement {
  const S = description.preprocessing.imageSize;
  const { mask } = prediction;
  const shown = [
    figure(paintPixels(pixels, S, `The image, ${S} × ${S}`), `input of the model, ${S} × ${S}`),
  ];
  if (mask !== undefined && masked !== undefined && description.mask !== undefined) {
    const scale = maskScale(mask);
    shown.push(
      figure(
        paintMask(mask, scale, `Mask of ${mask.length} patches: ${scale.summary}`),
        `mask: ${scale.summary}`,
        ...(scale.flat ? [] : [colourScale(scale)]),
        element("span", { class: "meaning" }, meaningOf(description.mask)),
      ),
      figure(paintPixels(masked, S, "The masked image"), "input of the classifier"),
    );
  }
  for (const [name, values] of Object.entries(prediction.explanations ?? {})) {
    const most = Math.max(...values);
    const heat = heatPixels(masked ?? pixels, values, most, description.preprocessing);
    const label = `Relevance of ${values.length} patches by ${name}, from 0 to ${most.toPrecision(3)}`;
    shown.push(
      figure(
        paintPixels(heat, S, label),
        `${name}: relevance of a patch`,
        element(
          "span",
          { class: "scale" },
          "0",
          element("span", { class: "ramp" }),
          most.toPrecision(3),
        ),
        element("span", { class: "meaning" }, explanationAbouts[name as ExplanationName]),
      ),
    );
  }
  return element("div", { class: "figures" }, ...shown);
}

const figure = (canvas: HTMLCanvasElement, ...caption: readonly (Node | string)[]) =>
  element("figure", {}, canvas, element("figcaption", {}, ...caption));

const colourScale = ({ least, most, text }: MaskScale) =>
  element("span", { class: "scale" }, text(least), element("span", { class: "ramp" }), text(most));

/** What mask values do to a patch. */
const meaningOf = ({ polarity }: MaskDescription) =>
  polarity === "remove" ? "0 keeps a patch, 1 removes it" : "0 removes a patch, 1 keeps it";

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
      element("td", { class: "number" }, `${percent(p)} %`),
    );
  });
  return element(
    "table",
    { class: "probabilities" },
    element("caption", {}, "Probabilities"),
    element("tbody", {}, ...rows),
  );
}
