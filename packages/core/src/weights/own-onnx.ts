/**
 * @file The parameters of a classifier in an ONNX model that this project exported.
 *
 * `portable/storage-precision.ts` says how they are stored: under their names in float32, as NAME.float16, or as NAME.int8
 * with NAME.scale, one scale for each row.
 */
import { readMetadata } from "../portable/metadata.ts";
import { modelFormat } from "../portable/model-format.ts";
import type { StoredArray } from "./stored.ts";

/** Whether the metadata of the model say that `pnpm exp export` wrote it. */
export function isOwnExport(bytes: Uint8Array, source: string): boolean {
  return readMetadata(bytes, source)["format"] === modelFormat;
}

/** The arrays under the names of parameters; `others` are those of the mask generator. */
export function fromOwnExport(named: ReadonlyMap<string, StoredArray>): {
  readonly arrays: ReadonlyMap<string, StoredArray>;
  readonly others: readonly string[];
} {
  const arrays = new Map<string, StoredArray>();
  const others: string[] = [];
  for (const [name, array] of named) {
    const [, stem = name, ending] = /^(.+)\.(float16|int8|scale)$/.exec(name) ?? [];
    const scale = named.get(`${stem}.scale`);
    const isScale = ending === "scale" && named.has(`${stem}.int8`);
    if (name.startsWith("generator.")) others.push(name);
    else if (ending === "float16") arrays.set(stem, array);
    else if (ending === "int8" && isScaleOf(array, scale)) arrays.set(stem, scaled(array, scale));
    else if (!isScale) arrays.set(name, array);
  }
  return { arrays, others };
}

function isScaleOf(array: StoredArray, scale: StoredArray | undefined): scale is StoredArray {
  return (
    array.type === "int8" &&
    scale?.type === "float32" &&
    scale.shape.length === 1 &&
    scale.shape[0] === array.shape[0]
  );
}

/** w = scale q, row by row, as DequantizeLinear computes it. */
function scaled(array: StoredArray, scale: StoredArray): StoredArray {
  return {
    type: "float32",
    shape: array.shape,
    load: () => {
      const { shape, data } = array.load();
      const scales = scale.load().data;
      const length = data.length / scales.length;
      return { shape, data: data.map((q, i) => q * scales[Math.floor(i / length)]!) };
    },
  };
}
