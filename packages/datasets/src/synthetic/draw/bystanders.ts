/** @file Other people in the image: a face on either side, behind the labelled one. */
import type { random } from "@mvt/core";
import { expressions } from "../../expression.ts";
import type { Item } from "./background.ts";
import { drawJitter, express } from "./expression-vector.ts";
import { features } from "./features.ts";
import { behindHead, head, nose } from "./head.ts";
import { drawLook } from "./look.ts";
import type { Frame } from "./raster.ts";

/** A face with its own look and expression, a little smaller than the labelled one and cut off by the edge. */
function drawBystander(stream: random.Stream, side: number, body: Frame): Item[] {
  const look = drawLook(stream);
  const expression = expressions[stream.integer(expressions.length)]!;
  const frame: Frame = {
    x: body.x + side * body.scale * stream.uniform(1.5, 1.9),
    y: body.y + body.scale * stream.uniform(-0.7, 0.7),
    scale: body.scale * stream.uniform(0.75, 0.95),
    angle: stream.uniform(-0.2, 0.2),
    yaw: 0,
  };
  const vector = express(expression, stream.uniform(0.9, 1.2), drawJitter(stream), 0.05);
  return [
    { frame, layers: behindHead(look) },
    { frame, layers: [...head(look), ...nose(look), ...features(look, vector)] },
  ];
}

/**
 * The people on both sides of the person at `body`, each there with probability `share`. The random numbers
 * drawn do not depend on `share`.
 */
export function drawBystanders(stream: random.Stream, body: Frame, share: number): Item[] {
  return [-1, 1].flatMap((side) => {
    const there = stream.uniform() < share;
    const items = drawBystander(stream, side, body);
    return there ? items : [];
  });
}
