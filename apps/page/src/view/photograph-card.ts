/** @file A photograph with the boxes of its faces. */
import type { PhotographPrediction } from "../engine/messages.ts";
import { element } from "./element.ts";
import { duration } from "./format.ts";

/** "no face", "1 face", "3 faces". */
export function countFaces(count: number): string {
  return count === 0 ? "no face" : count === 1 ? "1 face" : `${count} faces`;
}

export function photographCard(photograph: PhotographPrediction): HTMLElement {
  const { name, width, height, faces, seconds } = photograph;
  const id = crypto.randomUUID();
  return element(
    "article",
    { class: "photograph", "aria-labelledby": id },
    element("h3", { id }, name),
    element("p", { class: "verdict" }, element("strong", {}, countFaces(faces.length))),
    paintPhotograph(photograph),
    element(
      "p",
      { class: "quiet" },
      `${width} × ${height} pixels; decoded in ${duration(seconds.decode)}, searched in ${duration(seconds.find)}, predicted in ${duration(seconds.predict)}`,
    ),
  );
}

/** The small copy with a numbered box around each face. */
function paintPhotograph({ preview, faces }: PhotographPrediction): HTMLCanvasElement {
  const { image, factor } = preview;
  const canvas = element("canvas", {
    width: `${image.width}`,
    height: `${image.height}`,
    role: "img",
    "aria-label": `The photograph, with boxes around ${countFaces(faces.length)}`,
  });
  const context = canvas.getContext("2d")!;
  const { data, channels } = image;
  const pixels = context.createImageData(image.width, image.height);
  for (let at = 0, to = 0; at < data.length; at += channels, to += 4) {
    pixels.data.set([data[at]!, data[at + 1]!, data[at + 2]!, 255], to);
  }
  context.putImageData(pixels, 0, 0);
  context.lineWidth = 2;
  context.font = "bold 16px system-ui, sans-serif";
  for (const { face } of faces) {
    const [x, y] = [face.box.left / factor, face.box.top / factor];
    context.strokeStyle = "#ffe27a";
    context.strokeRect(x, y, face.box.width / factor, face.box.height / factor);
    context.fillStyle = "#122047";
    context.fillRect(x, y, 22, 20);
    context.fillStyle = "#ffe27a";
    context.fillText(`${face.number}`, x + 5, y + 16);
  }
  return canvas;
}
