/**
 * @file Occluders in front of a face: a hand, dark glasses, a mask over the mouth, or any object.
 *
 * Coordinates of the head, as in features.ts.
 */
import type { random } from "@mvt/core";
import { type Look, drawColour, mix } from "./look.ts";
import type { Layer } from "./raster.ts";
import { between, ellipse, roundedBox, stroke } from "./shapes.ts";

export const occluderKinds = ["hand", "glasses", "mask", "object"] as const;
export type OccluderKind = (typeof occluderKinds)[number];

export interface Occluder {
  readonly kind: OccluderKind;
  readonly layers: readonly Layer[];
}

/** Four fingers and a palm, from below. */
function hand(stream: random.Stream, look: Look): Layer[] {
  const side = stream.bernoulli(0.5) ? 1 : -1;
  const u = side * stream.uniform(0.3, 0.8);
  const v = stream.uniform(0.55, 1.0);
  const slant = -side * stream.uniform(0.05, 0.25);
  const fingers = [0, 1, 2, 3].map((finger): Layer => {
    const at = u + (finger - 1.5) * 0.2;
    const length = 0.5 + 0.1 * (finger % 3 === 0 ? 0 : 1);
    return {
      shape: stroke(at, v, at + slant, v - length, 0.09),
      colour: mix(look.skin, look.shade, 0.25 + 0.2 * (finger % 2)),
    };
  });
  const palm: Layer = {
    shape: roundedBox(u, v + 0.35, 0.42, 0.45, 0.2),
    colour: mix(look.skin, look.shade, 0.35),
  };
  return [...fingers, palm];
}

function glasses(stream: random.Stream, look: Look): Layer[] {
  const colour = drawColour(stream, 0.02, 0.2);
  const eyes = -look.eyeHeight + 0.02;
  const radius = stream.uniform(0.3, 0.38);
  return [
    ...[-1, 1].map((side) => ({
      shape: ellipse(side * look.eyeSpacing, eyes, radius, radius * 0.8),
      colour,
    })),
    { shape: stroke(-1, eyes - 0.1, 1, eyes - 0.1, 0.035), colour },
  ];
}

function mask(stream: random.Stream, look: Look): Layer[] {
  const colour = drawColour(stream, 0.3, 0.95);
  const top = look.mouthHeight - stream.uniform(0.25, 0.45);
  const chin = look.headHalfHeight - 0.05;
  const shape = between(
    0,
    0.85,
    (t) => top + 0.12 * t * t,
    (t) => chin - 0.35 * t * t,
  );
  const dark = mix(colour, [0, 0, 0], 0.3);
  return [
    { shape, colour },
    { shape: stroke(-0.6, (top + chin) / 2, 0.6, (top + chin) / 2, 0.02), colour: dark },
  ];
}

/** A box or a disc anywhere on the face. */
function object(stream: random.Stream): Layer[] {
  const colour = drawColour(stream);
  const [u, v] = [stream.uniform(-0.8, 0.8), stream.uniform(-0.9, 1)];
  const [a, b] = [stream.uniform(0.2, 0.5), stream.uniform(0.2, 0.5)];
  const shape = stream.bernoulli(0.5) ? ellipse(u, v, a, b) : roundedBox(u, v, a, b, 0.05);
  return [{ shape, colour }];
}

export function drawOccluder(stream: random.Stream, look: Look): Occluder {
  const kind = occluderKinds[stream.integer(occluderKinds.length)]!;
  const layers = { hand, glasses, mask, object }[kind](stream, look);
  return { kind, layers };
}
