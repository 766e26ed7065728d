/**
 * @file Brows, eyes, mouth and the folds around the nose: everything that an expression moves.
 *
 * Coordinates of a head: half its width is 1, the centre is (0, 0), v points down.
 */
import type { ExpressionVector } from "./expression-vector.ts";
import type { Look } from "./look.ts";
import type { Colour, Layer } from "./raster.ts";
import { between, both, ellipse, stroke } from "./shapes.ts";

const eyeWhite: Colour = [0.95, 0.94, 0.92];
const tooth: Colour = [0.97, 0.96, 0.92];
const black: Colour = [0.05, 0.03, 0.03];
const throat: Colour = [0.25, 0.06, 0.07];

/** An eye at (u, v). Wide open, it is a little more than half as high as wide. */
export function eye(look: Look, opening: number, u: number, v: number): Layer[] {
  const half = look.eyeHalfWidth;
  const height = 0.03 + 0.24 * opening;
  const lid = (t: number) => v - height * (1 - t * t);
  const opened = between(u, half, lid, (t) => v + 0.75 * height * (1 - t * t));
  const radius = 0.5 * half;
  return [
    { shape: opened, colour: eyeWhite },
    { shape: both(opened, ellipse(u, v - 0.02, radius, radius)), colour: look.iris },
    { shape: both(opened, ellipse(u, v - 0.02, radius / 2, radius / 2)), colour: black },
    {
      shape: between(
        u,
        half * 1.08,
        (t) => lid(t) - 0.035,
        (t) => lid(t) + 0.02,
      ),
      colour: black,
    },
  ];
}

/** The brow of one side (-1 left, 1 right); (u, v) is its middle when relaxed. */
export function brow(
  look: Look,
  { browRaise, browSlant }: ExpressionVector,
  side: number,
  u: number,
  v: number,
): Layer[] {
  const height = v - 0.15 * browRaise + 0.03 * Math.max(0, -browSlant);
  const middle = (t: number) => height + side * 0.17 * browSlant * t - 0.05 * (1 - t * t);
  const thick = look.browThickness;
  const shape = between(
    u,
    0.3,
    (t) => middle(t) - thick,
    (t) => middle(t) + thick,
  );
  return [{ shape, colour: look.brow }];
}

/** The line between the lips of a mouth whose relaxed middle is at height v: from t = -1 (left) to 1 (right). */
export function mouthLine(
  look: Look,
  { mouthCurve, mouthWidth, asymmetry }: ExpressionVector,
  v: number,
): { readonly half: number; readonly middle: (t: number) => number } {
  const half = 0.26 + 0.3 * mouthWidth;
  const raised = (t: number) => (t * look.side > 0 ? 0.34 * asymmetry * Math.abs(t) : 0);
  return { half, middle: (t) => v - 0.26 * mouthCurve * (t * t - 0.4) - raised(t) };
}

/** A mouth whose relaxed middle is (u, v). */
export function mouth(look: Look, expression: ExpressionVector, u: number, v: number): Layer[] {
  const { mouthOpening, teeth, noseWrinkle } = expression;
  const { half, middle } = mouthLine(look, expression, v);
  const bulge = (t: number) => 1 - t * t * t * t; // keeps its height nearly to the corners
  const top = (t: number) =>
    middle(t) - (0.02 + 0.1 * mouthOpening + 0.06 * noseWrinkle) * bulge(t);
  const bottom = (t: number) => middle(t) + (0.02 + 0.36 * mouthOpening) * bulge(t);
  const lip = look.lipThickness;
  const lips = between(
    u,
    half * 1.06,
    (t) => top(t) - lip * (0.3 + 0.7 * (1 - t * t)),
    (t) => bottom(t) + lip * (0.3 + 1.1 * (1 - t * t)),
  );
  const cavity = between(u, half, top, bottom);
  const bite = (t: number) => top(t) + Math.min(1, 0.25 + 0.6 * teeth) * (bottom(t) - top(t));
  return [
    { shape: lips, colour: look.lips },
    { shape: cavity, colour: throat },
    {
      shape: between(u, half * 0.92, (t) => top(t) + 0.02, bite),
      colour: tooth,
      opacity: Math.min(1, 1.3 * teeth) * Math.min(1, 8 * mouthOpening),
    },
  ];
}

/** Folds between the eyes and next to the nose. */
export function wrinkles(look: Look, { noseWrinkle }: ExpressionVector): Layer[] {
  const opacity = Math.min(1, noseWrinkle);
  const line = (u0: number, v0: number, u1: number, v1: number): Layer[] =>
    [-1, 1].map((side) => ({
      shape: stroke(side * u0, v0, side * u1, v1, 0.03),
      colour: look.shade,
      opacity,
    }));
  const eyes = -look.eyeHeight;
  const wing = eyes + look.noseLength;
  return [
    ...line(0.02, eyes - 0.08, 0.15, eyes - 0.16),
    ...line(0.02, eyes + 0.06, 0.17, eyes),
    ...line(0.02, eyes + 0.2, 0.19, eyes + 0.13),
    ...line(look.noseHalfWidth + 0.07, wing - 0.08, 0.5, look.mouthHeight - 0.12),
  ];
}

/** Every layer that depends on the expression. */
export function features(look: Look, expression: ExpressionVector): Layer[] {
  const eyes = -look.eyeHeight;
  return [
    ...wrinkles(look, expression),
    ...[-1, 1].flatMap((side) => [
      ...eye(look, expression.eyeOpening, side * look.eyeSpacing, eyes),
      ...brow(look, expression, side, side * (look.eyeSpacing + 0.02), eyes - look.browDistance),
    ]),
    ...mouth(look, expression, 0, look.mouthHeight),
  ];
}
