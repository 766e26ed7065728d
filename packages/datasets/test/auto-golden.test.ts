import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type AutoOperation, type AutoOperationName, autoOperations } from "../src/augment/auto.ts";
import { type AutoKind, magnitudeBins } from "../src/augment/augmentation.ts";

/** Written by golden/auto.py; pictures are [size, size, 3] bytes in base64. */
interface Golden {
  readonly size: number;
  /** How often the picture "noise" is repeated along each side to make the picture "large". */
  readonly repeats: number;
  readonly pictures: Readonly<Record<string, string>>;
  readonly results: readonly {
    readonly kind: AutoKind;
    readonly picture: string;
    readonly operation: AutoOperationName;
    /** Of every magnitude and sign. */
    readonly digests: string;
  }[];
}
const golden = JSON.parse(
  await readFile(new URL("fixtures/auto.json", import.meta.url), "utf8"),
) as Golden;

const { size, repeats } = golden;
const pictures = Object.fromEntries(
  Object.entries(golden.pictures).map(([name, base64]) => {
    const pixels: Uint8Array = new Uint8Array(Buffer.from(base64, "base64"));
    return [name, { size, pixels }];
  }),
);
pictures["large"] = { size: repeats * size, pixels: repeated(pictures["noise"]!.pixels) };

function repeated(pixels: Uint8Array): Uint8Array {
  const rows = Array.from({ length: size }, (_, y) => {
    const row = pixels.subarray(y * size * 3, (y + 1) * size * 3);
    return Buffer.concat(Array.from({ length: repeats }, () => row));
  });
  return new Uint8Array(Buffer.concat(Array.from({ length: repeats }, () => rows).flat()));
}

/** As torchvision does it: every magnitude, and its negative where the sign is drawn. */
function digests(kind: AutoKind, operation: AutoOperationName, picture: string): string {
  const { size: side, pixels } = pictures[picture]!;
  const { apply, magnitude, signed }: AutoOperation = autoOperations[operation];
  const magnitudes = magnitude
    ? Array.from({ length: magnitudeBins }, (_, bin) => magnitude[kind](bin, side))
    : [0];
  const signs = signed ? [1, -1] : [1];
  return magnitudes
    .flatMap((value) =>
      signs.map((sign) => {
        const result = pixels.slice();
        apply(result, side, sign * value);
        return createHash("sha256").update(result).digest("hex").slice(0, 8);
      }),
    )
    .join(" ");
}

describe("every magnitude and sign of an operation of RandAugment and TrivialAugmentWide", () => {
  test.for(golden.results)(
    "gives torchvision's bytes: $kind, $operation of $picture",
    ({ kind, operation, picture, digests: expected }) => {
      expect(digests(kind, operation, picture)).toBe(expected);
    },
  );

  test("is tested, of all operations", () => {
    const tested = new Set(golden.results.map(({ operation }) => operation));
    expect(Object.keys(autoOperations)).toEqual([...tested]);
  });
});
