/** @file What a person looks like: proportions, hair and colours. None of them depends on the expression. */
import type { random } from "@mvt/core";
import type { Colour } from "./raster.ts";

/** Lengths in half head widths. */
export interface Look {
  readonly skin: Colour;
  readonly shade: Colour; // folds, nose, lids
  readonly hair: Colour;
  readonly brow: Colour;
  readonly iris: Colour;
  readonly lips: Colour;
  readonly cloth: Colour;
  readonly headHalfHeight: number;
  /** 0 oval … 0.2 pointed chin. */
  readonly jaw: number;
  readonly hairStyle: "bald" | "short" | "long";
  /** Height of the hairline above the centre, and how it bends. */
  readonly hairline: number;
  readonly fringe: number;
  readonly eyeSpacing: number;
  readonly eyeHeight: number;
  readonly eyeHalfWidth: number;
  readonly browThickness: number;
  readonly browDistance: number;
  readonly noseLength: number;
  readonly noseHalfWidth: number;
  readonly mouthHeight: number;
  readonly lipThickness: number;
  /** The side of the mouth that contempt raises. */
  readonly side: -1 | 1;
}

const skins: readonly Colour[] = [
  [0.96, 0.82, 0.73],
  [0.91, 0.74, 0.6],
  [0.84, 0.65, 0.49],
  [0.72, 0.52, 0.38],
  [0.57, 0.4, 0.29],
];

const hairs: readonly Colour[] = [
  [0.1, 0.08, 0.07],
  [0.27, 0.17, 0.1],
  [0.5, 0.32, 0.16],
  [0.78, 0.62, 0.36],
  [0.6, 0.58, 0.56],
];

const irises: readonly Colour[] = [
  [0.2, 0.12, 0.07],
  [0.32, 0.22, 0.1],
  [0.2, 0.34, 0.26],
  [0.2, 0.32, 0.48],
];

export const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

export const drawColour = (stream: random.Stream, low = 0, high = 1): Colour => [
  stream.uniform(low, high),
  stream.uniform(low, high),
  stream.uniform(low, high),
];

/** A colour between two neighbours of a palette. */
function between(stream: random.Stream, palette: readonly Colour[]): Colour {
  const at = stream.uniform(0, palette.length - 1);
  const below = Math.floor(at);
  return mix(palette[below]!, palette[below + 1]!, at - below);
}

const scaled = ([red, green, blue]: Colour, by: number): Colour => [
  red * by,
  green * by,
  blue * by,
];

export function drawLook(stream: random.Stream): Look {
  const skin = between(stream, skins);
  const hair = between(stream, hairs);
  return {
    skin,
    shade: scaled(skin, 0.62),
    hair,
    brow: scaled(mix(hair, [0.1, 0.08, 0.07], 0.5), 0.8),
    iris: between(stream, irises),
    lips: mix(scaled(skin, 0.85), [0.66, 0.22, 0.24], stream.uniform(0.4, 0.85)),
    cloth: drawColour(stream, 0.1, 0.9),
    headHalfHeight: stream.uniform(1.22, 1.36),
    jaw: stream.uniform(0, 0.2),
    hairStyle: (["bald", "short", "short", "long", "long"] as const)[stream.integer(5)]!,
    hairline: stream.uniform(0.78, 0.95),
    fringe: stream.uniform(-0.25, 0.3),
    eyeSpacing: stream.uniform(0.4, 0.47),
    eyeHeight: stream.uniform(0.14, 0.24),
    eyeHalfWidth: stream.uniform(0.22, 0.28),
    browThickness: stream.uniform(0.045, 0.075),
    browDistance: stream.uniform(0.3, 0.36),
    noseLength: stream.uniform(0.34, 0.46),
    noseHalfWidth: stream.uniform(0.12, 0.19),
    mouthHeight: stream.uniform(0.62, 0.7),
    lipThickness: stream.uniform(0.04, 0.075),
    side: stream.bernoulli(0.5) ? 1 : -1,
  };
}
