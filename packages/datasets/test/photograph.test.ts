/** @file Drawn photographs of several people, whose faces are known. */
import { DatasetError, drawPhotograph } from "@mvt/datasets";
import { describe, expect, test } from "vitest";

const options = { side: 240, people: 5, heads: [0.3, 0.5], rotation: 20, yaw: 20 } as const;

describe("drawPhotograph", () => {
  test("draws the same people again, and others under another name", () => {
    const one = drawPhotograph(0, "a", options);
    expect(drawPhotograph(0, "a", options)).toEqual(one);
    expect(drawPhotograph(0, "b", options).faces).not.toEqual(one.faces);
  });

  test("knows where every face and its points are", () => {
    const { faces, pixels } = drawPhotograph(0, "a", options);
    expect(pixels).toHaveLength(240 * 240 * 3);
    expect(faces).toHaveLength(5);
    for (const { box, points, rotation, yaw, size } of faces) {
      const [left, right, nose, leftMouth, rightMouth] = points;
      for (const [x, y] of points) {
        expect(x).toBeGreaterThan(box.left);
        expect(x).toBeLessThan(box.left + box.width);
        expect(y).toBeGreaterThan(box.top);
        expect(y).toBeLessThan(box.top + box.height);
      }
      expect(left[0]).toBeLessThan(right[0]);
      expect(leftMouth[0]).toBeLessThan(rightMouth[0]);
      expect(nose[1]).toBeGreaterThan(Math.min(left[1], right[1]));
      expect(Math.abs(rotation)).toBeLessThanOrEqual(20);
      expect(Math.abs(yaw)).toBeLessThanOrEqual(20);
      expect(size).toBeCloseTo(box.width / 240, 9);
    }
  });

  test("paints the eyes where it says: dark pupils in the middle of them", () => {
    const frontal = { ...options, people: 1, rotation: 0, yaw: 0 };
    const { faces, pixels, side } = drawPhotograph(3, "eyes", frontal);
    for (const [x, y] of faces[0]!.points.slice(0, 2)) {
      const at = (Math.floor(y) * side + Math.floor(x)) * 3;
      expect(Math.max(...pixels.subarray(at, at + 3))).toBeLessThan(110);
    }
  });

  test("draws a wall where nobody is", () => {
    expect(drawPhotograph(0, "a", { ...options, people: 0 }).faces).toEqual([]);
  });

  test.each([{ side: 8 }, { people: -1 }, { heads: [0.5, 0.3] as const }])(
    "refuses %o",
    (wrong) => {
      expect(() => drawPhotograph(0, "a", { ...options, ...wrong })).toThrow(DatasetError);
    },
  );
});
