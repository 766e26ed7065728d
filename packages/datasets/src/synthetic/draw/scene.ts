/** @file All random choices for one image except its expression. A scene can be painted several times. */
import { random } from "@mvt/core";
import type { Difficulty, Range } from "../difficulty.ts";
import { type Background, drawBackground, type Item } from "./background.ts";
import { drawBystanders } from "./bystanders.ts";
import { type ExpressionVector, drawJitter } from "./expression-vector.ts";
import { headShape } from "./head.ts";
import { type Look, drawLook } from "./look.ts";
import { type Occluder, drawOccluder } from "./occluder.ts";
import type { Frame } from "./raster.ts";

/** The parameters of the lighting in develop.ts. */
export interface Light {
  readonly slopeX: number;
  readonly slopeY: number;
  readonly gamma: number;
}

export interface Scene {
  readonly size: number;
  readonly look: Look;
  /** The head, seen from the front. Hair and shoulders do not turn. */
  readonly body: Frame;
  /** The head, turned. Features and occluders are painted in this frame. */
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
  /** The random numbers of the pixel noise. */
  readonly noiseStream: random.Stream;
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const within = (stream: random.Stream, range: Range) => stream.uniform(range[0], range[1]);
const around = (stream: random.Stream, limit: number) => stream.uniform(-limit, limit);

/** The intensity of an image's expression. It has its own stream because FERPlus' votes depend on it too. */
export function drawIntensity(seed: number, name: string, difficulty: Difficulty): number {
  return within(random.stream(seed, `${name}/intensity`), difficulty.intensity);
}

/**
 * The scene of an image. Every aspect has its own random stream, so that a change to one leaves the others.
 *
 * @param name names the streams: "synthetic/raf-db/train/0"
 */
export function drawScene(seed: number, name: string, size: number, difficulty: Difficulty): Scene {
  const streamOf = (aspect: string) => random.stream(seed, `${name}/${aspect}`);
  const look = drawLook(streamOf("look"));

  const pose = streamOf("pose");
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

  const occlusion = streamOf("occluder");
  const occluded = occlusion.uniform() < difficulty.occlusion;
  const light = streamOf("light");
  const direction = light.uniform(0, 2 * Math.PI);
  const slope = light.uniform(0, difficulty.lighting);

  return {
    size,
    look,
    body,
    face: { ...body, yaw: radians(around(pose, difficulty.yaw)) },
    intensity: drawIntensity(seed, name, difficulty),
    jitter: drawJitter(streamOf("jitter")),
    jitterScale: difficulty.jitter,
    background: drawBackground(streamOf("background"), size, difficulty.clutter, outside),
    bystanders: drawBystanders(streamOf("bystanders"), body, difficulty.bystanders ?? 0),
    occluder: occluded ? drawOccluder(occlusion, look) : undefined,
    light: {
      slopeX: slope * Math.cos(direction),
      slopeY: slope * Math.sin(direction),
      gamma: Math.exp(around(light, difficulty.gamma)),
    },
    grey: light.uniform() < difficulty.grey,
    noise: difficulty.noise,
    noiseStream: streamOf("noise"),
  };
}
