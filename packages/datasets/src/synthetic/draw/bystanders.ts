/**
 * @file Other people in the picture: a face on either side, behind the one that the label is about.
 */
import type { random } from "@mvt/core";
import { expressions } from "../../expression.ts";
import type { Item } from "./background.ts";
import { drawJitter, express } from "./expression-vector.ts";
import { features } from "./features.ts";
import { behindHead, head, nose } from "./head.ts";
import { drawLook } from "./look.ts";
import type { Frame } from "./raster.ts";

/** A face of its own look and expression, a little smaller than the person's and cut by the edge. */
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
 * What is painted of the people beside the person at `body`; on each side somebody with probability
 * `share`. Drawn whatever the share, like the clutter.
 */
export function drawBystanders(stream: random.Stream, body: Frame, share: number): Item[] {
  return [-1, 1].flatMap((side) => {
    const there = stream.uniform() < share;
    const items = drawBystander(stream, side, body);
    return there ? items : [];
  });
}
