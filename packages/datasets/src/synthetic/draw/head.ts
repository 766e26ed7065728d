/** @file The parts of a person that do not move with the expression: shoulders, hair, head and nose. */
import type { Look } from "./look.ts";
import type { Layer, Shape } from "./raster.ts";
import { both, ellipse, roundedBox, stroke } from "./shapes.ts";

/** The outline of the head: an ellipse that narrows towards the chin. */
export function headShape(look: Look, grown = 0): Shape {
  const oval = ellipse(0, 0, 1 + grown, look.headHalfHeight + grown);
  return {
    box: oval.box,
    distance: (u, v) => oval.distance(u * (1 + look.jaw * Math.max(0, v) ** 2), v),
  };
}

/** Neck, shoulders and the hair at the back. Distractors of the background are painted over them. */
export function behindHead(look: Look): Layer[] {
  const neck = look.headHalfHeight;
  const long: Layer = { shape: roundedBox(0, 0.35, 1.15, 1.5, 0.7), colour: look.hair };
  return [
    ...(look.hairStyle === "long" ? [long] : []),
    { shape: roundedBox(0, neck, 0.45, 0.6, 0.1), colour: look.shade },
    { shape: ellipse(0, neck + 1.3, 1.8, 1.1), colour: look.cloth },
  ];
}

/** Ears, head and hair. They are seen from the front even if the face is turned. */
export function head(look: Look): Layer[] {
  const ears: Layer[] = [-1, 1].map((side) => ({
    shape: ellipse(side * 1.0, 0, 0.14, 0.25),
    colour: look.shade,
  }));
  const skull = headShape(look, 0.08);
  const hairline: Shape = {
    box: [-1.2, -1.6, 1.2, 0],
    distance: (u, v) => v + look.hairline - (0.5 + look.fringe) * u * u + look.fringe * u * 0.5,
  };
  const hair: Layer = { shape: both(skull, hairline), colour: look.hair };
  return [
    ...(look.hairStyle === "long" ? [] : ears),
    { shape: headShape(look), colour: look.skin },
    ...(look.hairStyle === "bald" ? [] : [hair]),
  ];
}

/** The nose: a ridge, shaded on one side, and two nostrils. */
export function nose(look: Look): Layer[] {
  const top = -look.eyeHeight + 0.05;
  const tip = -look.eyeHeight + look.noseLength;
  const wide = look.noseHalfWidth;
  const nostril = (side: number): Layer => ({
    shape: ellipse(side * wide * 0.6, tip, wide * 0.35, 0.04),
    colour: look.shade,
  });
  return [
    {
      shape: stroke(look.side * 0.07, top, look.side * wide, tip - 0.06, 0.022),
      colour: look.shade,
      opacity: 0.7,
    },
    nostril(-1),
    nostril(1),
  ];
}
