/** @file The element types in files of weights, and their conversion to float32. */
import { Float16Array } from "../float16.ts";

/** Bytes of one element, by type. */
export const elementSizes = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
  float8e4m3: 1,
  float8e5m2: 1,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;

export type ElementType = keyof typeof elementSizes;

export function isFloatElement(type: ElementType): boolean {
  return type.includes("float");
}

/**
 * The 256 numbers of a type of eight bits: sign, exponent, and `fraction` bits; numbers below the exponents have no
 * leading 1. arXiv:2209.05433. E5M2 has infinities, as IEEE 754 has; E4M3 has none, and NaN where all bits are 1.
 */
function numbersOf8Bits(fraction: 2 | 3): Float32Array {
  const bias = fraction === 3 ? 7 : 15;
  const largestExponent = 2 ** (7 - fraction) - 1;
  const steps = 2 ** fraction;
  return Float32Array.from({ length: 256 }, (_, bits) => {
    const sign = bits < 128 ? 1 : -1;
    const exponent = (bits & 127) >> fraction;
    const rest = bits % steps;
    if (fraction === 3 && (bits & 127) === 127) return NaN;
    if (fraction === 2 && exponent === largestExponent) return rest === 0 ? sign * Infinity : NaN;
    const significand = exponent === 0 ? rest / steps : 1 + rest / steps;
    return sign * significand * 2 ** (Math.max(exponent, 1) - bias);
  });
}

const e4m3 = numbersOf8Bits(3);
const e5m2 = numbersOf8Bits(2);

/** Converts little-endian elements to a new array of float32. `bytes` need not be aligned. */
export function toFloat32(bytes: Uint8Array, type: ElementType): Float32Array {
  const { buffer } = new Uint8Array(bytes); // a copy, because typed arrays must be aligned
  switch (type) {
    case "float32":
      return new Float32Array(buffer);
    case "float16":
      return Float32Array.from(new Float16Array(buffer));
    case "bfloat16": // the upper half of a float32
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer,
      );
    case "float64":
      return Float32Array.from(new Float64Array(buffer));
    case "float8e4m3":
      return Float32Array.from(new Uint8Array(buffer), (bits) => e4m3[bits]!);
    case "float8e5m2":
      return Float32Array.from(new Uint8Array(buffer), (bits) => e5m2[bits]!);
    case "int64":
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case "int32":
      return Float32Array.from(new Int32Array(buffer));
    case "int16":
      return Float32Array.from(new Int16Array(buffer));
    case "int8":
      return Float32Array.from(new Int8Array(buffer));
    case "uint8":
    case "bool":
      return Float32Array.from(new Uint8Array(buffer));
  }
}
