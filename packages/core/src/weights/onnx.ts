/**
 * @file The named initialisers of an ONNX model.
 *
 * Fields: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Only the fields that lead to initialisers are
 * decoded, because a decoded model takes many times its size in memory.
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { reasonOf } from "@mvt/common";
import { formatShape, sizeOf } from "../tensor.ts";
import { elementSizes, toFloat32 } from "./element.ts";
import type { ElementType } from "./element.ts";
import { refuserOf, WeightsError } from "./error.ts";
import type { Refuse } from "./error.ts";
import { maximumArrays, maximumAxes, requireName } from "./stored.ts";
import type { StoredArray, WeightsFile } from "./stored.ts";

/** TensorProto.DataType */
const elementTypes: Readonly<Record<number, ElementType>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  5: "int16",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
  16: "bfloat16",
};

/** The numbers of the fields that are read, by message. */
const model = { graph: 7 };
const graph = { initializer: 5 };
const tensor = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  dataLocation: 14,
};

/** Names that exporters make up for arrays without a name: "onnx::MatMul_812", "val_12". */
const isAnonymous = (name: string) => /^(onnx::.*|val_\d+|\d*)$/.test(name);

/** By default, exporters replace a matrix and its transpose by a new array without the name of the parameter. */
export const keepNames =
  "Export so that parameters keep their names: torch.onnx.export(..., dynamo=True, optimize=False), or dynamo=False with do_constant_folding=False.";

/** Opens an ONNX model; `source` is its name in errors. */
export function openOnnx(bytes: Uint8Array, source: string): WeightsFile {
  const refuse = refuserOf(source);
  const initializers: Uint8Array[] = [];
  try {
    for (const body of messages(bytes, model.graph)) {
      for (const initializer of messages(body, graph.initializer)) {
        if (initializers.push(initializer) > maximumArrays) {
          refuse(`at most ${maximumArrays} initialisers`, "more");
        }
      }
    }
  } catch (error) {
    if (error instanceof WeightsError) throw error;
    return refuse("an ONNX model", `something else or a part of one (${reasonOf(error)})`);
  }
  const arrays = new Map<string, StoredArray>();
  const otherEntries: string[] = [];
  for (const [i, body] of initializers.entries()) {
    const { name, array } = openInitializer(body, source);
    if (isAnonymous(name)) otherEntries.push(name === "" ? `initialiser ${i}` : name);
    else arrays.set(name, array);
  }
  if (arrays.size === 0) {
    const got = otherEntries.length === 0 ? "none" : `${otherEntries.length} without names`;
    refuse("initialisers with the names of parameters", got, keepNames);
  }
  return { source, format: "ONNX", arrays, otherEntries };
}

/** The contents of all length-delimited fields with this number in a message. */
function* messages(bytes: Uint8Array, wanted: number): Generator<Uint8Array> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === wanted && type === WireType.LengthDelimited) yield reader.bytes();
    else reader.skip(type, field);
  }
}

function openInitializer(body: Uint8Array, source: string): { name: string; array: StoredArray } {
  let name = "";
  let dataType = 0;
  let external = false;
  const shape: number[] = [];
  let values: { readonly bytes: Uint8Array; readonly varints: boolean } | undefined;
  const refuse = (expected: string, got: string): never => {
    throw new WeightsError(`${source}: expected ${expected} for initialiser ${name}, got ${got}`);
  };
  try {
    const reader = new BinaryReader(body);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      const packed = type === WireType.LengthDelimited;
      if (field === tensor.name && packed) {
        const text = reader.string();
        requireName(text, refuserOf(source));
        name = text;
      } else if (field === tensor.dataType) dataType = reader.int32();
      else if (field === tensor.dataLocation) external = reader.int32() === 1;
      else if (field === tensor.dims) {
        const end = packed ? reader.uint32() + reader.pos : reader.pos + 1;
        while (reader.pos < end) {
          shape.push(Number(reader.int64()));
          if (shape.length > maximumAxes) refuse(`at most ${maximumAxes} axes`, "more");
        }
      } else if (packed && dataFields.includes(field)) {
        if (values !== undefined) refuse("its values in one field", "several");
        const varints = field === tensor.int32Data || field === tensor.int64Data;
        values = { bytes: reader.bytes(), varints };
      } else if (dataFields.includes(field)) refuse("packed values", "single ones");
      else reader.skip(type, field);
    }
  } catch (error) {
    if (error instanceof WeightsError) throw error;
    return refuse("a whole tensor", `a damaged one (${reasonOf(error)})`);
  }
  if (external) {
    throw new WeightsError(
      `${source}: expected the values of ${name} in the file, got a reference to another file`,
      "Save the model in one file: onnx.save(onnx.load(FILE), OUT), which holds up to 2 GiB.",
    );
  }
  const elementType = elementTypes[dataType];
  if (elementType === undefined) return refuse("a numeric type", `type ${dataType}`);
  const { bytes, varints } = values ?? { bytes: new Uint8Array(), varints: false };
  const count = sizeOf(shape);
  const size = count * elementSizes[elementType];
  // Packed floats are stored as they are, little-endian. Packed integers are varints.
  const fits = varints
    ? bytes.length >= count && bytes.length <= 10 * count
    : bytes.length === size;
  if (!fits || !shape.every((n) => n >= 0)) {
    refuse(
      `values of shape ${formatShape(shape)} and type ${elementType}`,
      `${bytes.length} bytes`,
    );
  }
  const load = () => {
    const raw = varints ? fromVarints(bytes, count, elementType, refuse) : bytes;
    return { shape, data: toFloat32(raw, elementType) };
  };
  return { name, array: { type: elementType, shape, load } };
}

const dataFields: readonly number[] = [
  tensor.floatData,
  tensor.int32Data,
  tensor.int64Data,
  tensor.rawData,
  tensor.doubleData,
];

/** Decodes int32_data, which holds 16-bit floats and small integers as their bits, and int64_data. */
function fromVarints(
  packed: Uint8Array,
  count: number,
  type: ElementType,
  refuse: Refuse,
): Uint8Array {
  const size = elementSizes[type];
  const bytes = new Uint8Array(count * size);
  const view = new DataView(bytes.buffer);
  const reader = new BinaryReader(packed);
  for (let i = 0; i < count; i += 1) {
    if (reader.pos >= reader.len) refuse(`${count} values`, `${i}`);
    const value = BigInt(nextInt64(reader, refuse));
    if (size === 8) view.setBigInt64(8 * i, value, true);
    else if (size === 4) view.setInt32(4 * i, Number(BigInt.asIntN(32, value)), true);
    else if (size === 2) view.setUint16(2 * i, Number(BigInt.asUintN(16, value)), true);
    else view.setUint8(i, Number(BigInt.asUintN(8, value)));
  }
  return bytes;
}

/** The next integer of packed ones, of which the last may be cut short. */
function nextInt64(reader: BinaryReader, refuse: Refuse): bigint | string {
  try {
    return reader.int64();
  } catch (error) {
    return refuse("whole integers", `a part of one (${reasonOf(error)})`);
  }
}
