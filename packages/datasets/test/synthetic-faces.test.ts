/** @file The drawn pictures: shapes, scenes, expressions and where they show. */
import { DatasetError, expressions } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { type Difficulty, difficulties, resolveDifficulty } from "../src/synthetic/difficulty.ts";
import { express, prototypes } from "../src/synthetic/draw/expression-vector.ts";
import { createCanvas, paint } from "../src/synthetic/draw/raster.ts";
import { render } from "../src/synthetic/draw/render.ts";
import { drawScene } from "../src/synthetic/draw/scene.ts";
import { ellipse, roundedBox } from "../src/synthetic/draw/shapes.ts";

const size = 48;
const frame = { x: 24, y: 24, scale: 10, angle: 0, yaw: 0 };
const white = [1, 1, 1] as const;
const still: Difficulty = { ...difficulties.easy, clutter: 0, occlusion: 0, noise: 0, grey: 0 };

/** The sum of a channel, or of a grey picture. */
const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0);
const scene = (difficulty: Difficulty, name = "face") => drawScene(1, name, size, difficulty);
const others = (expression: string) => expressions.filter((other) => other !== expression);

describe("painting", () => {
  test("covers a disc's area, its border in part", () => {
    const canvas = createCanvas(size);
    paint(canvas, frame, [{ shape: ellipse(0, 0, 1.5, 1.5), colour: white }]);
    expect(total(canvas.pixels) / 3).toBeCloseTo(Math.PI * 15 ** 2, -1);
    expect(canvas.pixels.some((value) => value > 0 && value < 1)).toBe(true);
  });

  test("covers an area that a rotation does not change", () => {
    const areas = [0, 0.3, Math.PI / 2].map((angle) => {
      const canvas = createCanvas(size);
      paint(canvas, { ...frame, angle }, [{ shape: roundedBox(0, 0, 1.2, 0.5, 0), colour: white }]);
      return total(canvas.pixels) / 3;
    });
    for (const area of areas) expect(area).toBeCloseTo(240, -1);
  });

  test("moves and narrows what lies on a turned head", () => {
    const columns = (yaw: number) => {
      const canvas = createCanvas(size);
      paint(canvas, { ...frame, yaw }, [{ shape: ellipse(0.5, 0, 0.2, 0.2), colour: white }]);
      const inked = Array.from({ length: size }, (_, x) =>
        Array.from({ length: size }, (_unused, y) => canvas.pixels[(y * size + x) * 3]!).some(
          (v) => v > 0.5,
        ),
      );
      return { from: inked.indexOf(true), count: inked.filter(Boolean).length };
    };
    expect(columns(0.5).from).toBeGreaterThan(columns(0).from);
    expect(columns(0.5).count).toBeLessThan(columns(0).count);
  });

  test("cuts nothing off a shape that reaches round a turned head", () => {
    for (const yaw of [-0.6, 0.6]) {
      const canvas = createCanvas(size);
      paint(canvas, { ...frame, yaw }, [{ shape: roundedBox(0, 0, 3, 0.5, 0), colour: white }]);
      const row = Array.from({ length: size }, (_, x) => canvas.pixels[(24 * size + x) * 3]);
      expect(row).toEqual(Array.from({ length: size }, () => 1));
    }
  });

  test("ignores what lies outside the picture", () => {
    const canvas = createCanvas(size);
    paint(canvas, { ...frame, x: 500 }, [{ shape: ellipse(0, 0, 1, 1), colour: white }]);
    expect(total(canvas.pixels)).toBe(0);
  });
});

describe("an expression", () => {
  test("is its prototype at intensity 1, and neutral at 0", () => {
    expect(express("surprise", 1, prototypes.fear, 0)).toEqual(prototypes.surprise);
    expect(express("surprise", 0, prototypes.fear, 0)).toEqual(prototypes.neutral);
  });

  test("has no negative openings, whatever the jitter", () => {
    const low = { ...prototypes.neutral, mouthOpening: -9, eyeOpening: -9, teeth: -9 };
    const { eyeOpening, mouthOpening, teeth } = express("fear", 1, low, 1);
    expect([eyeOpening > 0, mouthOpening, teeth]).toEqual([true, 0, 0]);
  });
});

describe("a picture", () => {
  test("is the same when drawn again", () => {
    const [first, second] = [1, 2].map(() => render(scene(difficulties.standard), "fear").pixels);
    expect(first).toEqual(second);
  });

  test("differs between any two expressions, and only inside the head", () => {
    const pictures = expressions.map((expression) => render(scene(still), expression).pixels);
    for (const [i, a] of pictures.entries()) {
      for (const b of pictures.slice(i + 1)) expect(a).not.toEqual(b);
      expect(a.subarray(0, 3)).toEqual(pictures[0]!.subarray(0, 3)); // a corner
    }
  });

  test("keeps its face when the clutter grows", () => {
    const calm = scene({ ...difficulties.standard, clutter: 0 });
    const busy = scene({ ...difficulties.standard, clutter: 1 });
    const { background: wall, noiseStream: specks, ...face } = calm;
    expect(busy).toMatchObject(face);
    expect(busy.background.shapes.length).toBeGreaterThan(wall.shapes.length);
    expect(specks.normal()).toBe(busy.noiseStream.normal());
  });

  test("has more distractors and shapes, the higher the clutter", () => {
    const items = [0, 0.3, 1].map((clutter) =>
      Array.from({ length: 50 }, (_, i) => {
        const { background } = scene({ ...difficulties.standard, clutter }, `face ${i}`);
        return background.shapes.length + background.distractors.length;
      }).reduce((sum, count) => sum + count, 0),
    );
    expect(items[0]).toBe(0);
    expect(items[1]).toBeGreaterThan(0);
    expect(items[2]).toBeGreaterThan(2 * items[1]!);
  });

  test("has a bystander on either side as often as the knob says, behind the same face", () => {
    const people = [0, 0.5, 1].map((bystanders) =>
      Array.from({ length: 200 }, (_, i) => scene({ ...still, bystanders }, `face ${i}`)),
    );
    // Two layers of paint each: what is behind the head, and the head.
    const sides = people.map((scenes) => total(scenes.map((one) => one.bystanders.length / 2)));
    expect(sides[0]).toBe(0);
    expect(Math.abs(sides[1]! - 200)).toBeLessThan(40); // four standard errors
    expect(sides[2]).toBe(400);
    expect(people[2]![0]!.face).toEqual(people[0]![0]!.face);
  });

  test("changes with its bystanders, and its expression energy does not", () => {
    const [alone, among] = [0, 1].map((bystanders) =>
      render(scene({ ...still, bystanders }), "fear", others("fear")),
    );
    expect(among!.pixels).not.toEqual(alone!.pixels);
    expect(among!.energy).toEqual(alone!.energy);
  });

  test("has an occluder as often as the knob says", () => {
    const occluded = [0, 0.3, 1].map(
      (occlusion) =>
        Array.from({ length: 200 }, (_, i) => scene({ ...still, occlusion }, `face ${i}`)).filter(
          ({ occluder }) => occluder,
        ).length / 200,
    );
    expect(occluded[0]).toBe(0);
    expect(Math.abs(occluded[1]! - 0.3)).toBeLessThan(0.13); // four standard errors
    expect(occluded[2]).toBe(1);
  });

  test("has equal channels where it is grey", () => {
    const { pixels } = render(scene({ ...difficulties.standard, grey: 1 }), "anger");
    for (let i = 0; i < pixels.length; i += 3) expect(pixels[i]).toBe(pixels[i + 1]);
  });
});

describe("expression energy", () => {
  test("is the mean absolute difference to the other expressions, 255 being a half", () => {
    const here = render(scene(still), "anger", others("anger"));
    const there = others("anger").map((other) => render(scene(still), other).pixels);
    // The pictures are rounded to 1/255, and the energy counts 1/510.
    const expected = Array.from(here.energy!, (_, pixel) =>
      Math.min(
        255,
        (2 / (3 * there.length)) *
          total(
            there.flatMap((p) =>
              [0, 1, 2].map((c) => Math.abs(p[3 * pixel + c]! - here.pixels[3 * pixel + c]!)),
            ),
          ),
      ),
    );
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - here.energy![i]!)));
    expect(worst).toBeLessThanOrEqual(3);
    expect(Math.max(...here.energy!)).toBeGreaterThan(60);
  });

  test("does not see the background", () => {
    const energies = [0, 1].map(
      (clutter) => render(scene({ ...still, clutter }), "fear", others("fear")).energy,
    );
    expect(energies[0]).toEqual(energies[1]);
  });

  test("is zero under an occluder, and unchanged beside it", () => {
    const hidden = scene({ ...still, occlusion: 1 });
    const cover = createCanvas(size);
    paint(
      cover,
      hidden.face,
      hidden.occluder!.layers.map(({ shape }) => ({ shape, colour: white })),
    );
    const open = render(scene(still), "surprise", others("surprise")).energy!;
    const { energy } = render(hidden, "surprise", others("surprise"));
    const covered = Array.from(energy!, (_, i) => cover.pixels[3 * i]!);
    expect(total(open.filter((_, i) => covered[i] === 1))).toBeGreaterThan(0);
    expect(total(energy!.filter((_, i) => covered[i] === 1))).toBe(0);
    expect(energy!.filter((_, i) => covered[i] === 0)).toEqual(
      open.filter((_, i) => covered[i] === 0),
    );
  });
});

describe("a difficulty", () => {
  test("is found by name", () => {
    expect(resolveDifficulty("easy")).toEqual(difficulties.easy);
  });

  test("without bystanders is what it was before there were any", () => {
    expect(resolveDifficulty({ ...difficulties.easy, bystanders: 0 })).toEqual(difficulties.easy);
  });

  test("is refused if a parameter is out of range", () => {
    const refuse = (knobs: object) => () => resolveDifficulty({ ...difficulties.easy, ...knobs });
    expect(refuse({ clutter: 1.5 })).toThrow(DatasetError);
    expect(refuse({ clutter: 1.5 })).toThrow("expected clutter from 0 to 1, got 1.5");
    expect(refuse({ bystanders: 2 })).toThrow("expected bystanders from 0 to 1, got 2");
    expect(refuse({ noise: -1 })).toThrow("expected noise of 0 or more, got -1");
    expect(refuse({ intensity: [1, 0.5] })).toThrow("expected intensity as a low and a high value");
    expect(() => resolveDifficulty("hard" as "easy")).toThrow(
      'easy or standard or crowd or moving, or its parameters, got "hard"',
    );
  });
});
