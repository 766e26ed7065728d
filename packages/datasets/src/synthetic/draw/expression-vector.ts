/**
 * @file Nine parameters that say how the features of a face move with its expression.
 *
 * The prototypes follow the usual verbal descriptions (raised brows and a dropped jaw for surprise,
 * a wrinkled nose for disgust, one raised mouth corner for contempt). They are not taken from measurements.
 */
import type { random } from "@mvt/core";
import type { Expression } from "../../expression.ts";

export interface ExpressionVector {
  /** -1 lowered … 1 raised. */
  readonly browRaise: number;
  /** -1 inner ends down … 1 inner ends up. */
  readonly browSlant: number;
  /** 0 shut, 0.5 relaxed, 1 wide. */
  readonly eyeOpening: number;
  /** -1 corners down … 1 corners up. */
  readonly mouthCurve: number;
  /** 0 narrow, 0.5 relaxed, 1 wide. */
  readonly mouthWidth: number;
  /** 0 shut … 1 wide open. */
  readonly mouthOpening: number;
  /** 0 none … 1: the share of the opening that teeth fill. */
  readonly teeth: number;
  /** 0 smooth … 1 wrinkled. */
  readonly noseWrinkle: number;
  /** 0 none … 1: one mouth corner raised. */
  readonly asymmetry: number;
}

export const parameters = [
  "browRaise",
  "browSlant",
  "eyeOpening",
  "mouthCurve",
  "mouthWidth",
  "mouthOpening",
  "teeth",
  "noseWrinkle",
  "asymmetry",
] as const satisfies readonly (keyof ExpressionVector)[];

/** A value for each parameter, in their order. */
function vector(values: readonly number[]): ExpressionVector {
  const entries = parameters.map((name, i) => [name, values[i]!] as const);
  return Object.fromEntries(entries) as unknown as ExpressionVector;
}

/** Columns: brow raise, brow slant, eye opening, mouth curve, width, opening, teeth, nose wrinkle, asymmetry. */
export const prototypes: Readonly<Record<Expression, ExpressionVector>> = {
  neutral: /*   */ vector([0.0, 0.0, 0.5, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0]),
  happiness: /* */ vector([0.1, 0.1, 0.35, 1.0, 0.85, 0.35, 0.9, 0.0, 0.0]),
  surprise: /*  */ vector([1.0, 0.0, 1.0, 0.0, 0.25, 1.0, 0.0, 0.0, 0.0]),
  sadness: /*   */ vector([0.1, 0.9, 0.3, -0.9, 0.4, 0.0, 0.0, 0.0, 0.0]),
  anger: /*     */ vector([-0.7, -1.0, 0.6, -0.4, 0.55, 0.25, 1.0, 0.0, 0.0]),
  disgust: /*   */ vector([-0.5, -0.35, 0.15, -0.6, 0.5, 0.2, 0.0, 1.0, 0.0]),
  fear: /*      */ vector([0.7, 0.7, 0.95, -0.4, 0.85, 0.5, 0.6, 0.0, 0.0]),
  contempt: /*  */ vector([0.0, -0.2, 0.3, 0.1, 0.5, 0.0, 0.0, 0.0, 1.0]),
};

/** One normal draw per parameter, to be scaled by the difficulty's `jitter`. */
export function drawJitter(stream: random.Stream): ExpressionVector {
  return vector(parameters.map(() => stream.normal()));
}

/** neutral + intensity * (prototype - neutral) + scale * jitter, without negative openings. */
export function express(
  expression: Expression,
  intensity: number,
  jitter: ExpressionVector,
  scale: number,
): ExpressionVector {
  const values = parameters.map((name) => {
    const rest = prototypes.neutral[name];
    return rest + intensity * (prototypes[expression][name] - rest) + scale * jitter[name];
  });
  const free = vector(values);
  const positive = (value: number) => Math.max(0, value);
  return {
    ...free,
    eyeOpening: Math.max(0.05, free.eyeOpening),
    mouthWidth: positive(free.mouthWidth),
    mouthOpening: positive(free.mouthOpening),
    teeth: Math.min(1, positive(free.teeth)),
    noseWrinkle: positive(free.noseWrinkle),
  };
}
