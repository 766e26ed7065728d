/** @file Renders a scene with an expression, and measures how much each pixel changes with the expression. */
import type { Expression } from "../../expression.ts";
import { paintWall } from "./background.ts";
import { developer, photograph } from "./develop.ts";
import { express } from "./expression-vector.ts";
import { features } from "./features.ts";
import { behindHead, head, nose } from "./head.ts";
import { type Canvas, createCanvas, paint, pixelBounds, scan } from "./raster.ts";
import type { Scene } from "./scene.ts";

/** The value 255 of an energy image is a mean absolute difference of this share of the full range. */
export const energyUnit = 0.5;

/** Encloses everything that an expression moves, in head coordinates, for every look. */
const featureBox = [-0.95, -1.1, 0.95, 1.35] as const;

/** The background, and a person without features. */
function paintBase(scene: Scene, person = true): Canvas {
  const { background, body, bystanders, face, look } = scene;
  const canvas = createCanvas(scene.size);
  paintWall(canvas, background);
  for (const { frame, layers } of [...background.shapes, ...bystanders]) {
    paint(canvas, frame, layers);
  }
  if (person) paint(canvas, body, behindHead(look));
  for (const { frame, layers } of background.distractors) paint(canvas, frame, layers);
  if (person) paint(canvas, body, head(look));
  if (person) paint(canvas, face, nose(look));
  return canvas;
}

function paintFeatures(canvas: Canvas, scene: Scene, expression: Expression): void {
  const { face, intensity, jitter, jitterScale, look } = scene;
  paint(canvas, face, features(look, express(expression, intensity, jitter, jitterScale)));
}

/** The share of every pixel that the occluder hides: [size * size]. */
function hidden({ face, occluder, size }: Scene): Float32Array {
  const cover = new Float32Array(size * size);
  for (const { shape } of occluder?.layers ?? []) {
    scan(size, face, shape, (pixel, share) => {
      cover[pixel] = Math.max(cover[pixel]!, share);
    });
  }
  return cover;
}

/**
 * Per pixel, the mean over `others` of |this face - the same face with another expression|,
 * averaged over the channels, before pixel noise; times the share that no occluder hides.
 */
function expressionEnergy(
  scene: Scene,
  base: Canvas,
  drawn: Canvas,
  others: readonly Expression[],
): Uint8Array {
  const { size } = scene;
  const bounds = pixelBounds(scene.face, featureBox, size);
  const develop = developer(scene);
  const here = develop(drawn, bounds);
  const there = new Float32Array(here.length);
  const sum = new Float32Array(size * size);
  const canvas = createCanvas(size);
  for (const expression of others) {
    canvas.pixels.set(base.pixels);
    paintFeatures(canvas, scene, expression);
    develop(canvas, bounds, there);
    for (let y = bounds.top; y < bounds.bottom; y += 1) {
      for (let pixel = y * size + bounds.left; pixel < y * size + bounds.right; pixel += 1) {
        for (let i = 3 * pixel; i < 3 * pixel + 3; i += 1) {
          sum[pixel] = sum[pixel]! + Math.abs(here[i]! - there[i]!);
        }
      }
    }
  }
  const cover = hidden(scene);
  const unit = 255 / (energyUnit * 3 * others.length);
  return Uint8Array.from(sum, (value, i) =>
    Math.min(255, Math.round(value * (1 - cover[i]!) * unit)),
  );
}

export interface Rendering {
  /** [size * size * 3] */
  readonly pixels: Uint8Array;
  /** [size * size]; 255 is a mean absolute difference of `energyUnit`. Absent without `others`. */
  readonly energy?: Uint8Array;
}

/**
 * Renders `expression` in `scene`. Call it once per scene, because it uses up the stream of the scene's noise.
 * With `others`, it measures the energy against these expressions too.
 */
export function render(
  scene: Scene,
  expression: Expression,
  others?: readonly Expression[],
): Rendering {
  const { face, occluder, size } = scene;
  const base = paintBase(scene);
  const canvas: Canvas = { size, pixels: base.pixels.slice() };
  paintFeatures(canvas, scene, expression);
  const energy = others && expressionEnergy(scene, base, canvas, others);
  if (occluder) paint(canvas, face, occluder.layers);
  const pixels = photograph(scene, canvas);
  return energy ? { pixels, energy } : { pixels };
}

/** The background alone. */
export function renderWithoutFace(scene: Scene): Rendering {
  return { pixels: photograph(scene, paintBase(scene, false)) };
}
