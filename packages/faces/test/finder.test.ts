/** @file Finding faces, on drawn photographs whose faces are known. */
import { sum } from "@mvt/common";
import { drawPhotograph } from "@mvt/datasets";
import { afterAll, describe, expect, test } from "vitest";
import { compareFaces, eyeDistance, openFaceFinder } from "../src/index.ts";

const finder = openFaceFinder({ threads: 1 });
afterAll(async () => finder.close());

const drawn = (people: number, side = 640) =>
  drawPhotograph(0, `finder ${people}`, {
    side,
    people,
    heads: [0.4, 0.5],
    rotation: 10,
    yaw: 10,
  });
const imageOf = ({ pixels, side }: ReturnType<typeof drawn>) => ({
  width: side,
  height: side,
  channels: 3 as const,
  data: pixels,
});

describe("a face finder", () => {
  test("finds the faces of a drawn photograph, and their points to a quarter of the distance of the eyes", async () => {
    const photograph = drawn(4);
    const { faces, width, height } = await finder.find(imageOf(photograph));
    expect([width, height]).toEqual([640, 640]);
    const { pairs, extra } = compareFaces(photograph.faces, faces);
    expect(extra).toBe(0);
    expect(pairs.filter(({ found }) => found !== undefined).length).toBeGreaterThanOrEqual(3);
    for (const { truth, found } of pairs) {
      if (found === undefined) continue;
      const errors = truth.points.map(([x, y], p) => {
        const [foundX, foundY] = found.points[p]!;
        return Math.hypot(foundX - x, foundY - y) / eyeDistance(truth.points);
      });
      expect(sum(errors) / errors.length).toBeLessThan(0.25);
    }
  });

  test("sorts faces by size, the largest first", async () => {
    const { faces } = await finder.find(imageOf(drawn(4)));
    const areas = faces.map(({ box }) => box.width * box.height);
    expect(areas).toEqual(areas.toSorted((a, b) => b - a));
  });

  test("finds none where nobody is", async () => {
    expect((await finder.find(imageOf(drawn(0)))).faces).toEqual([]);
  });

  test("finds the same in a grey image as in one with equal channels", async () => {
    const { pixels, side } = drawn(1);
    const grey = Uint8Array.from({ length: side * side }, (_, i) => pixels[3 * i]!);
    const spread = Uint8Array.from({ length: pixels.length }, (_, i) => grey[Math.floor(i / 3)]!);
    const one = await finder.find({ width: side, height: side, channels: 1, data: grey });
    expect(one.faces.length).toBe(1);
    expect(one).toEqual(
      await finder.find({ width: side, height: side, channels: 3, data: spread }),
    );
  });

  test("finds a face at the same place in a photograph of sixteen times the pixels", async () => {
    const small = drawn(1);
    const [once] = (await finder.find(imageOf(small))).faces;
    const times = 4;
    const side = small.side * times;
    const large = new Uint8Array(side * side * 3);
    for (let y = 0, at = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1, at += 3) {
        const from = (Math.floor(y / times) * small.side + Math.floor(x / times)) * 3;
        for (let c = 0; c < 3; c += 1) large[at + c] = small.pixels[from + c]!;
      }
    }
    const [enlarged] = (await finder.find({ width: side, height: side, channels: 3, data: large }))
      .faces;
    const unit = eyeDistance(once!.points);
    for (const [p, [x, y]] of enlarged!.points.entries()) {
      const [onceX, onceY] = once!.points[p]!;
      expect(Math.hypot(x / times - onceX, y / times - onceY) / unit).toBeLessThan(0.1);
    }
  });

  test("cuts faces out, aligned", async () => {
    const [face] = (await finder.find(imageOf(drawn(1)), { crop: { size: 48, margin: 0 } })).faces;
    expect(face!.aligned).toHaveLength(48 * 48 * 3);
  });

  test("gives up on an image after its time, and goes on with the next", async () => {
    const hasty = openFaceFinder({ threads: 1, seconds: 0.001 });
    await expect(hasty.find(imageOf(drawn(1)))).rejects.toThrow("took longer than 0.001 seconds");
    await expect(hasty.find(imageOf(drawn(1)))).rejects.toThrow("took longer than 0.001 seconds");
    await hasty.close();
  });

  test("says why a file is no image", async () => {
    await expect(finder.find(import.meta.filename)).rejects.toThrow(/not JPEG, PNG/);
  });
});
