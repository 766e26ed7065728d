/** @file A drawn photograph of several people, with the true box and points of every face: to test detectors of faces. */
import { random } from "@mvt/core";
import { requireThat } from "../../error.ts";
import { type Expression, expressions } from "../../expression.ts";
import { difficulties } from "../difficulty.ts";
import { paintWall } from "./background.ts";
import { photograph } from "./develop.ts";
import { drawJitter, express } from "./expression-vector.ts";
import { features, mouthLine } from "./features.ts";
import { behindHead, head, nose } from "./head.ts";
import { drawLook } from "./look.ts";
import { createCanvas, type Frame, paint, placeOf } from "./raster.ts";
import { drawScene } from "./scene.ts";

type Place = readonly [x: number, y: number];

/** The truth about one face, in pixels. */
export interface DrawnFace {
  readonly expression: Expression;
  /** Encloses the head without hair and ears, as it would be upright. */
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  /** Both eyes, the tip of the nose, both corners of the mouth; left is left in the picture. */
  readonly points: readonly [Place, Place, Place, Place, Place];
  /** The width of the head as a share of the photograph's side. */
  readonly size: number;
  /** In-plane rotation and turn about the vertical axis, in degrees. */
  readonly rotation: number;
  readonly yaw: number;
}

export interface DrawnPhotograph {
  /** [side * side * 3] */
  readonly pixels: Uint8Array;
  readonly side: number;
  readonly faces: readonly DrawnFace[];
}

export interface PhotographOptions {
  /** Pixels along each side. */
  readonly side: number;
  /** People: at most this many, in a grid of cells, each somewhere in a cell of its own. 0 draws a wall without anybody. */
  readonly people: number;
  /** The width of a head as a share of its cell, the least and the most. */
  readonly heads: readonly [least: number, most: number];
  /** The largest in-plane rotation and turn, in degrees, either way. */
  readonly rotation: number;
  readonly yaw: number;
}

const degrees = (radians: number) => (radians * 180) / Math.PI;
const radians = (angle: number) => (angle * Math.PI) / 180;

/** Draws a photograph. It depends on the seed, its name and the options. Nothing is in front of a face. */
export function drawPhotograph(
  seed: number,
  name: string,
  { side, people, heads, rotation, yaw }: PhotographOptions,
): DrawnPhotograph {
  const check = (holds: boolean, expected: string, got: unknown) =>
    requireThat(holds, `drawPhotograph: expected ${expected}`, got, "Correct the options.");
  check(Number.isSafeInteger(side) && side >= 16, "a side of 16 pixels or more", side);
  check(Number.isSafeInteger(people) && people >= 0, "0 people or more", people);
  check(heads[0] > 0 && heads[0] <= heads[1] && heads[1] <= 0.6, "heads from 0 to 0.6", heads);
  const path = `photograph/${name}`;
  const wall = drawScene(seed, path, side, { ...difficulties.standard, clutter: 0.2, grey: 0 });
  const canvas = createCanvas(side);
  paintWall(canvas, wall.background);
  for (const { frame, layers } of wall.background.shapes) paint(canvas, frame, layers);

  const cells = Math.ceil(Math.sqrt(people));
  const cell = side / Math.max(1, cells);
  const inFront: (() => void)[] = []; // heads, so that nobody's shoulders hide a face
  const faces = Array.from({ length: people }, (_, i): DrawnFace => {
    const stream = random.stream(seed, `${path}/person ${i}`);
    const within = (low: number, high: number) => stream.uniform(low, high);
    const look = drawLook(stream);
    const expression = expressions[stream.integer(expressions.length)]!;
    const scale = (cell * within(...heads)) / 2;
    const free = Math.max(0, cell / 2 - 1.5 * scale);
    const body: Frame = {
      x: ((i % cells) + 0.5) * cell + within(-free, free),
      y: (Math.floor(i / cells) + 0.5) * cell + within(-free, free),
      scale,
      angle: radians(within(-rotation, rotation)),
      yaw: 0,
    };
    const face: Frame = { ...body, yaw: radians(within(-yaw, yaw)) };
    const vector = express(expression, within(0.9, 1.2), drawJitter(stream), 0.05);
    paint(canvas, body, behindHead(look));
    inFront.push(() => {
      paint(canvas, body, head(look));
      paint(canvas, face, [...nose(look), ...features(look, vector)]);
    });
    const { half, middle } = mouthLine(look, vector, look.mouthHeight);
    const height = look.headHalfHeight;
    return {
      expression,
      box: {
        left: body.x - scale,
        top: body.y - height * scale,
        width: 2 * scale,
        height: 2 * height * scale,
      },
      points: [
        placeOf(face, -look.eyeSpacing, -look.eyeHeight),
        placeOf(face, look.eyeSpacing, -look.eyeHeight),
        placeOf(face, 0, look.noseLength - look.eyeHeight),
        placeOf(face, -half, middle(-1)),
        placeOf(face, half, middle(1)),
      ],
      size: (2 * scale) / side,
      rotation: degrees(body.angle),
      yaw: degrees(face.yaw),
    };
  });
  for (const paintHead of inFront) paintHead();
  return { pixels: photograph(wall, canvas), side, faces };
}
