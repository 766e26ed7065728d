/** @file Images and masks on canvases, one canvas pixel per value; the style sheet enlarges them. */
import { heatColour } from "@mvt/core/portable";
import { element } from "./element.ts";
import type { MaskScale } from "./mask-scale.ts";

/** An image of [S, S, 3] bytes. */
export function paintPixels(pixels: Uint8Array, S: number, label: string): HTMLCanvasElement {
  return paint(S, label, (i) => [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!]);
}

/** A mask [N], from dark at its least value to bright at its largest. */
export function paintMask(
  mask: Float32Array,
  { position }: MaskScale,
  label: string,
): HTMLCanvasElement {
  return paint(Math.sqrt(mask.length), label, (i) => maskColour(position(mask[i]!)));
}

type Rgb = ReturnType<typeof heatColour>;

/** From dark blue at 0 to bright yellow at 1; --mask-0 and --mask-1 of the style sheet are these ends. */
export function maskColour(position: number): Rgb {
  return heatColour(Math.min(1, Math.max(0, position)));
}

function paint(side: number, label: string, colour: (i: number) => Rgb): HTMLCanvasElement {
  const canvas = element("canvas", {
    width: `${side}`,
    height: `${side}`,
    role: "img",
    "aria-label": label,
  });
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(side, side);
  for (let i = 0; i < side * side; i += 1) image.data.set([...colour(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
  return canvas;
}
