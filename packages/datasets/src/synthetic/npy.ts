/**
 * @file NumPy files as numpy.save writes them: one text, or a row of numbers.
 *
 * Format: numpy.lib.format, version 1; the header is padded so that the data start at a multiple of 64.
 */

function withHeader(descr: string, shape: string, data: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const length = 64 * Math.ceil((10 + header.length + 1) / 64) - 10;
  const start = Buffer.from(`\x93NUMPY\x01\x00..${header.padEnd(length - 1)}\n`, "latin1");
  start.writeUInt16LE(length, 8);
  return Buffer.concat([start, data]);
}

/** numpy.save of a text: an array without dimensions, of code points in four bytes. */
export function npyText(text: string): Uint8Array {
  const points = Uint32Array.from(text, (character) => character.codePointAt(0)!);
  const bytes = Buffer.alloc(4 * points.length);
  for (const [i, point] of points.entries()) bytes.writeUInt32LE(point, 4 * i);
  return withHeader(`<U${points.length}`, "()", bytes);
}

/** numpy.save of one row of 64-bit floating-point numbers. */
export function npyNumbers(numbers: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (const [i, number] of numbers.entries()) bytes.writeDoubleLE(number, 8 * i);
  return withHeader("<f8", `(${numbers.length},)`, bytes);
}
