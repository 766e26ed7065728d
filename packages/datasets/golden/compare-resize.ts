/**
 * @file Compares several ways of resizing with Pillow's, on the images of `golden/resize.py`.
 *
 *   node packages/datasets/golden/compare-resize.ts
 */
import { readFileSync } from "node:fs";
import { resizeBilinear } from "@mvt/core";
import sharp, { type KernelEnum } from "sharp";

interface Golden {
  readonly versions: Readonly<Record<string, string>>;
  readonly pictures: readonly { source: string; size: number; resized: string }[];
}
const folder = new URL("../test/fixtures/resize/", import.meta.url);
const file = (name: string) => readFileSync(new URL(name, folder));
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by golden/resize.py
const golden = JSON.parse(file("golden.json").toString()) as Golden;

const kernels = ["linear", "cubic", "mitchell", "lanczos3"] satisfies (keyof KernelEnum)[];

/** The mean and the largest absolute difference, in grey levels. */
function difference(actual: Uint8Array, expected: Uint8Array): string {
  const levels = expected.map((value, i) => Math.abs(value - actual.at(i)!));
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return `${mean.toFixed(2)} / ${levels.reduce((a, b) => Math.max(a, b))}`;
}

console.log({ ...golden.versions, sharp: sharp.versions.sharp, libvips: sharp.versions.vips });
const rows: Record<string, Record<string, string>> = {};
for (const { source, size, resized } of golden.pictures) {
  const expected = await sharp(file(resized)).raw().toBuffer();
  const { data, info } = await sharp(file(source)).raw().toBuffer({ resolveWithObject: true });
  const row: Record<string, string> = {
    resizeBilinear: difference(resizeBilinear(data, info.width, info.channels, size), expected),
  };
  for (const kernel of kernels) {
    const options = { fit: "fill", kernel, fastShrinkOnLoad: false } as const;
    const actual = await sharp(file(source)).resize(size, size, options).raw().toBuffer();
    row[kernel] = difference(actual, expected);
  }
  rows[resized] = row;
}
console.log("mean / largest difference from Pillow, in grey levels");
console.table(rows);
