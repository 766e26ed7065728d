/**
 * @file All the choices behind one picture, except the expression: drawn once, painted as often as
 * needed.
 */
import { random } from "@mvt/core";
import type { Difficulty, Range } from "../difficulty.ts";
import { type Background, drawBackground, type Item } from "./background.ts";
import { drawBystanders } from "./bystanders.ts";
import { type ExpressionVector, drawJitter } from "./expression-vector.ts";
import { headShape } from "./head.ts";
import { type Look, drawLook } from "./look.ts";
import { type Occluder, drawOccluder } from "./occluder.ts";
import type { Frame } from "./raster.ts";

/**
 * brightness = (colour * (1 + slope · p)) ^ gamma, p the place from the middle, -1 to 1 at the
 * edges.
 */
export interface Light {
  readonly slopeX: number;
  readonly slopeY: number;
  readonly gamma: number;
}

export interface Scene {
  readonly size: number;
  readonly look: Look;
  /** The head, facing us; hair and shoulders do not turn. */
  readonly body: Frame;
  /** The head, turned; features and what lies on them. */
  readonly face: Frame;
  readonly intensity: number;
  /** Standard normal; scaled by `jitterScale`. */
  readonly jitter: ExpressionVector;
  readonly jitterScale: number;
  readonly background: Background;
  /** Behind the person. */
  readonly bystanders: readonly Item[];
  readonly occluder: Occluder | undefined;
  readonly light: Light;
  readonly grey: boolean;
  readonly noise: number;
  /** Of the pixel noise. */
  readonly noiseStream: random.Stream;
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const within = (stream: random.Stream, range: Range) => stream.uniform(range[0], range[1]);
const around = (stream: random.Stream, limit: number) => stream.uniform(-limit, limit);

/** The intensity of a picture's expression; apart from the rest because votes depend on it too. */
export function drawIntensity(seed: number, name: string, difficulty: Difficulty): number {
  return within(random.stream(seed, `${name}/intensity`), difficulty.intensity);
}

/**
 * The scene called `name` under `seed`: "synthetic/raf-db/train/0". One stream per part keeps parts
 * apart.
 */
export function drawScene(seed: number, name: string, size: number, difficulty: Difficulty): Scene {
  const part = (of: string) => random.stream(seed, `${name}/${of}`);
  const look = drawLook(part("look"));

  const pose = part("pose");
  const body: Frame = {
    scale: size * within(pose, difficulty.headHalfWidth),
    x: size * (0.5 + around(pose, difficulty.shift)),
    y: size * (0.5 + around(pose, difficulty.shift)),
    angle: radians(around(pose, difficulty.rotation)),
    yaw: 0,
  };

  const outline = headShape(look);
  const outside = (x: number, y: number) => {
    const [dx, dy] = [(x - body.x) / body.scale, (y - body.y) / body.scale];
    const [cos, sin] = [Math.cos(body.angle), Math.sin(body.angle)];
    return outline.distance(cos * dx + sin * dy, cos * dy - sin * dx) > 0.2;
  };

  const occlusion = part("occluder");
  const occluded = occlusion.uniform() < difficulty.occlusion;
  const light = part("light");
  const direction = light.uniform(0, 2 * Math.PI);
  const slope = light.uniform(0, difficulty.lighting);

  return {
    size,
    look,
    body,
    face: { ...body, yaw: radians(around(pose, difficulty.yaw)) },
    intensity: drawIntensity(seed, name, difficulty),
    jitter: drawJitter(part("jitter")),
    jitterScale: difficulty.jitter,
    background: drawBackground(part("background"), size, difficulty.clutter, outside),
    bystanders: drawBystanders(part("bystanders"), body, difficulty.bystanders ?? 0),
    occluder: occluded ? drawOccluder(occlusion, look) : undefined,
    light: {
      slopeX: slope * Math.cos(direction),
      slopeY: slope * Math.sin(direction),
      gamma: Math.exp(around(light, difficulty.gamma)),
    },
    grey: light.uniform() < difficulty.grey,
    noise: difficulty.noise,
    noiseStream: part("noise"),
  };
}
