/** @file The five points of a face, by name, and those of the 68 landmarks that they are made of. */
import { centreOf } from "./similarity.ts";
import type { Point } from "./similarity.ts";

/** Left and right are those of the picture, not of the person. */
export const pointNames = ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"] as const;
export type PointName = (typeof pointNames)[number];

/** [5] in the order of `pointNames`, in pixels; (0, 0) is the upper left corner of the image. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/**
 * The five points out of the 68 of the iBUG scheme (300-W): the means of both eyes' outlines (37 to 42, 43 to 48, counted from
 * 1), the tip of the nose (31) and the outer corners of the mouth (49, 55).
 */
export function fivePoints(landmarks: readonly Point[]): FivePoints {
  if (landmarks.length !== 68) {
    throw new RangeError(`fivePoints: expected 68 points, got ${landmarks.length}`);
  }
  return [
    centreOf(landmarks.slice(36, 42)),
    centreOf(landmarks.slice(42, 48)),
    landmarks[30]!,
    landmarks[48]!,
    landmarks[54]!,
  ];
}

/** The distance between the eyes, the unit of errors of points. */
export function eyeDistance([[ax, ay], [bx, by]]: FivePoints): number {
  return Math.hypot(bx - ax, by - ay);
}
