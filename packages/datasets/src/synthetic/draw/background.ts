/**
 * @file The background: a textured wall, shapes, and distractors, which are eyes and mouths that belong to no
 * face.
 *
 * The random numbers drawn do not depend on `clutter`, which only decides how much is visible.
 */
import type { random } from "@mvt/core";
import { expressions } from "../../expression.ts";
import { prototypes } from "./expression-vector.ts";
import { brow, eye, mouth } from "./features.ts";
import { type Look, drawColour, drawLook, mix } from "./look.ts";
import type { Canvas, Colour, Frame, Layer } from "./raster.ts";
import { ellipse, roundedBox } from "./shapes.ts";

/** One sine of the wall's texture. */
interface Wave {
  readonly x: number; // radians per pixel
  readonly y: number;
  readonly phase: number;
}

/** Layers and where they are. */
export interface Item {
  readonly frame: Frame;
  readonly layers: readonly Layer[];
}

export interface Background {
  readonly from: Colour; // at the top
  readonly to: Colour; // at the bottom
  readonly contrast: number;
  readonly waves: readonly Wave[];
  /** Behind the person. */
  readonly shapes: readonly Item[];
  /** Outside the head, in front of the shoulders. */
  readonly distractors: readonly Item[];
}

const shapeCount = 8;
const distractorCount = 6;
const attempts = 12;

function drawWave(stream: random.Stream, size: number): Wave {
  const turns = stream.uniform(2, 12); // across the image
  const direction = stream.uniform(0, Math.PI);
  const speed = (2 * Math.PI * turns) / size;
  return {
    x: speed * Math.cos(direction),
    y: speed * Math.sin(direction),
    phase: stream.uniform(0, 2 * Math.PI),
  };
}

function drawShape(stream: random.Stream, size: number): Item {
  const a = stream.uniform(0.04, 0.2);
  const b = stream.uniform(0.04, 0.2);
  const shape = stream.bernoulli(0.5) ? ellipse(0, 0, a, b) : roundedBox(0, 0, a, b, 0);
  const [x, y] = [stream.uniform(0, size), stream.uniform(0, size)];
  const frame = { x, y, scale: size, angle: stream.uniform(0, Math.PI), yaw: 0 };
  return { frame, layers: [{ shape, colour: drawColour(stream), opacity: 0.9 }] };
}

/** A mouth, or an eye with its brow, of a random expression, which a classifier must ignore. */
function drawFeature(stream: random.Stream): Layer[] {
  const look: Look = drawLook(stream);
  const expression = prototypes[expressions[stream.integer(expressions.length)]!];
  const side = stream.bernoulli(0.5) ? 1 : -1;
  return stream.bernoulli(0.5)
    ? mouth(look, expression, 0, 0)
    : [...eye(look, expression.eyeOpening, 0, 0.1), ...brow(look, expression, side, 0, -0.2)];
}

/** A distractor at the first of a few random places that `outside` allows; none if it allows none of them. */
function drawDistractor(
  stream: random.Stream,
  size: number,
  outside: (x: number, y: number) => boolean,
): Item[] {
  const layers = drawFeature(stream);
  const scale = size * stream.uniform(0.2, 0.32);
  const angle = stream.uniform(-0.6, 0.6);
  const places = Array.from({ length: attempts }, () => ({
    x: stream.uniform(0.06, 0.94) * size,
    y: stream.uniform(0.06, 0.94) * size,
  }));
  return places
    .filter(({ x, y }) => outside(x, y))
    .slice(0, 1)
    .map(({ x, y }) => ({ frame: { x, y, scale, angle, yaw: 0 }, layers }));
}

/** @param outside whether a pixel is outside the head, so that a distractor may be there */
export function drawBackground(
  stream: random.Stream,
  size: number,
  clutter: number,
  outside: (x: number, y: number) => boolean,
): Background {
  const shows = () => stream.uniform() < clutter;
  return {
    from: drawColour(stream, 0.15, 0.9),
    to: drawColour(stream, 0.15, 0.9),
    contrast: 0.12 * clutter,
    waves: Array.from({ length: 3 }, () => drawWave(stream, size)),
    shapes: Array.from({ length: shapeCount }, () => {
      const item = drawShape(stream, size);
      return shows() ? [item] : [];
    }).flat(),
    distractors: Array.from({ length: distractorCount }, () => {
      const items = drawDistractor(stream, size, outside);
      return shows() ? items : [];
    }).flat(),
  };
}

/** The sum of the waves: [size * size]. sin(a + b) = sin a cos b + cos a sin b, so one sine per row and column. */
function sumWaves(size: number, waves: readonly Wave[]): Float32Array {
  const sum = new Float32Array(size * size);
  for (const wave of waves) {
    const sines = Float64Array.from({ length: size }, (_, x) => Math.sin(wave.x * x));
    const cosines = Float64Array.from({ length: size }, (_, x) => Math.cos(wave.x * x));
    for (let y = 0; y < size; y += 1) {
      const sin = Math.sin(wave.y * y + wave.phase);
      const cos = Math.cos(wave.y * y + wave.phase);
      for (let x = 0; x < size; x += 1) sum[y * size + x]! += sines[x]! * cos + cosines[x]! * sin;
    }
  }
  return sum;
}

/** Fills the whole canvas: a vertical blend of two colours, and the waves on top. */
export function paintWall(canvas: Canvas, { from, to, contrast, waves }: Background): void {
  const { size, pixels } = canvas;
  const texture = sumWaves(size, waves);
  for (let y = 0; y < size; y += 1) {
    const row = mix(from, to, (y + 0.5) / size);
    for (let i = y * size; i < (y + 1) * size; i += 1) {
      const wave = contrast * texture[i]!;
      pixels[3 * i] = row[0] + wave;
      pixels[3 * i + 1] = row[1] + wave;
      pixels[3 * i + 2] = row[2] + wave;
    }
  }
}
