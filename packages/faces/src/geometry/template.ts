/** @file Where the five points lie in an aligned image. */
import { fitSimilarity } from "./similarity.ts";
import type { Point, Similarity } from "./similarity.ts";
import type { FivePoints } from "./points.ts";

/**
 * The template of InsightFace and ArcFace for 112 x 112 images, as shares of the side. RAF-DB's authors do not publish
 * the template of their aligned 100 x 100 images: that this one is close to it is an assumption.
 */
const template: FivePoints = [
  [38.2946 / 112, 51.6963 / 112],
  [73.5318 / 112, 51.5014 / 112],
  [56.0252 / 112, 71.7366 / 112],
  [41.5493 / 112, 92.3655 / 112],
  [70.7299 / 112, 92.2041 / 112],
];

/** Pixels along the side of an aligned image: as RAF-DB's. */
export const defaultSize = 100;

/** See `alignedPoints`. 0 is the template itself. */
export const defaultMargin = 0;

/**
 * Where the points lie in an aligned image of size x size pixels. `margin` is how much more of the surroundings to show on
 * every side, as a share of the side: with 0.1 the template takes the middle 1 / 1.2 of the image. Negative ones cut off.
 */
export function alignedPoints(size: number, margin: number): FivePoints {
  const shrink = 1 / (1 + 2 * margin);
  const place = ([x, y]: Point): Point => [
    size * (0.5 + (x - 0.5) * shrink),
    size * (0.5 + (y - 0.5) * shrink),
  ];
  return template.map(place) as unknown as FivePoints;
}

/** From the photograph to the aligned image. */
export function alignment(points: FivePoints, size: number, margin: number): Similarity {
  return fitSimilarity(points, alignedPoints(size, margin));
}
