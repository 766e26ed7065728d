import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { augment, augmentationStream } from "../src/augment/augment.ts";
import {
  checkAugmentation,
  defaultAugmentation,
  magnitudeBins,
  type Augmentation,
  type AutoAugmentation,
} from "../src/augment/augmentation.ts";
import { type AutoOperation, type AutoOperationName, autoOperations } from "../src/augment/auto.ts";

const size = 12;
const picture = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 89 + (i >> 3)) % 251);
const off: Augmentation = { flip: 0, jitter: false, erasing: false };

function augmented(augmentation: Augmentation, id: number): Uint8Array {
  const target = new Uint8Array(picture.length);
  augment(picture, target, size, augmentation, augmentationStream(1, 0, `${id}`));
  return target;
}

const digest = (pixels: Uint8Array) => createHash("sha256").update(pixels).digest("hex");

/** What an operation makes of the picture with the magnitude of a bin, and with its negative where the sign is drawn. */
function outcomes(name: AutoOperationName, kind: AutoAugmentation["kind"], bin: number) {
  const { apply, magnitude, signed }: AutoOperation = autoOperations[name];
  const value = magnitude?.[kind](bin, size) ?? 0;
  return (signed ? [value, -value] : [value]).map((signedValue) => {
    const pixels = picture.slice();
    apply(pixels, size, signedValue);
    return digest(pixels);
  });
}

const names = Object.keys(autoOperations) as AutoOperationName[];
const draws = 3000;

/** How often each outcome came. */
function counted(auto: AutoAugmentation): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let id = 0; id < draws; id += 1) {
    const key = digest(augmented({ ...off, auto }, id));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

describe("RandAugment", () => {
  test("draws each operation equally often, with its magnitude and either sign", () => {
    const counts = counted({ kind: "rand", operations: 1, magnitude: 20 });
    const expected = new Map<string, number>();
    for (const name of names) {
      const results = outcomes(name, "rand", 20);
      for (const key of results) {
        expected.set(key, (expected.get(key) ?? 0) + 1 / names.length / results.length);
      }
    }
    expect([...counts.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
    for (const [key, share] of expected) {
      expect(Math.abs(counts.get(key)! / draws - share)).toBeLessThan(0.02);
    }
  });

  test("applies as many operations as it is told, one after another", () => {
    const one = counted({ kind: "rand", operations: 1, magnitude: 20 });
    const two = counted({ kind: "rand", operations: 2, magnitude: 20 });
    expect(two.size).toBeGreaterThan(3 * one.size);
    expect(counted({ kind: "rand" })).toEqual(
      counted({ kind: "rand", operations: 2, magnitude: 9 }), // torchvision's defaults
    );
    const none = counted({ kind: "rand", operations: 0, magnitude: 20 });
    expect([...none.keys()]).toEqual([digest(picture)]);
  });
});

describe("TrivialAugment", () => {
  test("applies one operation of its own list with any magnitude", () => {
    const counts = counted({ kind: "trivial" });
    const bins = Array.from({ length: magnitudeBins }, (_, bin) => bin);
    const possible = new Set(
      names.flatMap((name) => bins.flatMap((bin) => outcomes(name, "trivial", bin))),
    );
    for (const key of counts.keys()) expect(possible).toContain(key);
    expect(counts.size).toBeGreaterThan(0.8 * possible.size);
  });
});

describe("an augmentation with a list of operations", () => {
  test("erases after them: the colour of the rectangle stays", () => {
    const erasing = { p: 1, scale: [0.5, 0.5], ratio: [1, 1], value: "mean" } as const;
    for (let id = 0; id < 100; id += 1) {
      const pixels = augmented({ ...off, auto: { kind: "trivial" }, erasing }, id);
      expect(Buffer.from(pixels).indexOf(Buffer.from([124, 116, 104, 124, 116, 104]))).not.toBe(-1);
    }
  });

  test("differs from epoch to epoch, and not within one", () => {
    const auto = { kind: "rand", operations: 2, magnitude: 9 } as const;
    const inEpoch = (epoch: number) => {
      const target = new Uint8Array(picture.length);
      augment(picture, target, size, { ...off, auto }, augmentationStream(1, epoch, "face"));
      return digest(target);
    };
    const epochs = Array.from({ length: 20 }, (_, epoch) => inEpoch(epoch));
    expect(new Set(epochs).size).toBeGreaterThan(10);
    expect(inEpoch(3)).toBe(epochs[3]);
  });

  test.for([
    [{ kind: "rand", operations: -1, magnitude: 9 }, "auto.operations"],
    [{ kind: "rand", operations: 1.5, magnitude: 9 }, "auto.operations"],
    [{ kind: "rand", operations: 2, magnitude: 31 }, "auto.magnitude"],
    [{ kind: "trivial", magnitude: 5 }, "auto"],
  ] as const)("refuses %o", ([auto, name]) => {
    expect(() => checkAugmentation({ ...off, auto })).toThrow(`augmentation.${name}: expected`);
  });
});

describe("an augmentation without a list", () => {
  test("draws the numbers that it drew before there were lists", () => {
    const digests = [0, 1, 2, 3].map((id) => digest(augmented(defaultAugmentation, id)));
    expect(digests.map((text) => text.slice(0, 8))).toEqual([
      "ab72531f",
      "0e16e26c",
      "8154cc06",
      "9f23e8b2",
    ]);
  });
});
