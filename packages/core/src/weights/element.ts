/** @file The element types in files of weights, and their conversion to float32. */

/** Bytes of one element, by type. */
export const elementSizes = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
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
