/**
 * @file How a portable model stores its weights. All precisions compute in float32.
 *
 * - float32: as trained.
 * - float16: tensors with two or more axes are stored in float16 and cast to float32 where they are used. The file has
 *   half the size. Activations stay float32: engines on CPUs have no float16 kernels for most operators, and softmax
 *   and normalisation lose accuracy in float16.
 * - int8: the matrices of linear layers are stored in int8, with one scale per output channel, max |w| / 127, and
 *   DequantizeLinear. The file has a quarter of the size.
 */
import type { Encoder, Encoding } from "../backends/onnx/encoding.ts";
import { Float16Array } from "../float16.ts";
import type { Tensor } from "../tensor.ts";
import type { NdArray, Weights } from "../weights/weights.ts";

export const storagePrecisions = ["float32", "float16", "int8"] as const;
export type StoragePrecision = (typeof storagePrecisions)[number];

/** Encodes inputs: those that have weights become initialisers, the others stay inputs. */
export function encodeParameters(weights: Weights, precision: StoragePrecision): Encoder<"input"> {
  return ({ outputs: [x], params: { name } }, encoding) => {
    const array = weights.get(name);
    if (array === undefined) return;
    if (precision === "float16" && array.shape.length > 1) storeFloat16(x, name, array, encoding);
    else if (precision === "int8" && isMatrix(name, array)) storeInt8(x, name, array, encoding);
    else encoding.constant(x, array.data);
  };
}

/** Whether this is the matrix of a linear layer [O, I], or of the patch embedding [D, 3, P, P]. */
function isMatrix(name: string, { shape }: NdArray): boolean {
  return shape.length > 1 && name.endsWith(".weight");
}

function storeFloat16(x: Tensor, name: string, { shape, data }: NdArray, encoding: Encoding): void {
  const stored = encoding.stored(`${name}.float16`, "float16", shape, Float16Array.from(data));
  encoding.emit("Cast", [stored], [x], { attributes: { to: 1 } }); // FLOAT
}

function storeInt8(x: Tensor, name: string, { shape, data }: NdArray, encoding: Encoding): void {
  const { values, scales } = quantize(data, shape[0]!);
  const stored = encoding.stored(`${name}.int8`, "int8", shape, values);
  const scale = encoding.stored(`${name}.scale`, "float32", [shape[0]!], scales);
  encoding.emit("DequantizeLinear", [stored, scale], [x], { attributes: { axis: 0 } });
}

/** Quantises row by row: w = scale q, with q from -127 to 127. Rows of zeros have scale 1. */
export function quantize(
  data: Float32Array,
  rows: number,
): { readonly values: Int8Array; readonly scales: Float32Array } {
  const length = data.length / rows;
  const values = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const start = row * length;
    let largest = 0;
    for (let i = start; i < start + length; i += 1) largest = Math.max(largest, Math.abs(data[i]!));
    const scale = Math.fround(largest / 127) || 1;
    scales[row] = scale;
    for (let i = start; i < start + length; i += 1) {
      values[i] = Math.max(-127, Math.min(127, Math.round(data[i]! / scale)));
    }
  }
  return { values, scales };
}
