/**
 * @file The named initialisers of an ONNX model.
 *
 * Fields: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Only the fields that lead to initialisers are
 * decoded, because a decoded model takes many times its size in memory.
 */
import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { reasonOf, shorten } from "@mvt/common";
import { StringStringEntryProtoSchema } from "../backends/onnx/schema/onnx_pb.js";
import { readAllBeside } from "./beside.ts";
import type { ReadBeside } from "./beside.ts";
import { formatShape, sizeOf } from "../tensor.ts";
import { elementSizes, toFloat32 } from "./element.ts";
import type { ElementType } from "./element.ts";
import { refuserOf, WeightsError } from "./error.ts";
import type { Refuse } from "./error.ts";
import { fromOwnExport, isOwnExport } from "./own-onnx.ts";
import { keepNames, maximumArrays, maximumAxes, requireName } from "./stored.ts";
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
  17: "float8e4m3",
  19: "float8e5m2",
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
  externalData: 13,
  dataLocation: 14,
};

/**
 * Names that exporters make up for arrays without a name: "onnx::MatMul_812", "val_12"; this project's own "t12",
 * "i64[1,3]" and "float32(0.5)".
 */
const isAnonymous = (name: string) =>
  /^(onnx::.*|val_\d+|\d*|t\d+|i64\[.*\]|float(16|32)\(.*\))$/.test(name);

/**
 * Opens an ONNX model; `source` is its name in errors, and `beside` reads the files that hold its external data. Models
 * that this project exported have the parameters of their classifier, whatever the precision they are stored in.
 */
export async function openOnnx(
  bytes: Uint8Array,
  source: string,
  beside?: ReadBeside,
): Promise<WeightsFile> {
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
  const parsed = initializers.map((body) => parseInitializer(body, source));
  const locations = parsed.flatMap(({ external }) => external?.location ?? []);
  const files = await readAllBeside(locations, beside, { source, refuse });
  const named = new Map<string, StoredArray>();
  const otherEntries: string[] = [];
  for (const [i, initializer] of parsed.entries()) {
    const { name } = initializer;
    const array = openInitializer(initializer, files, source);
    if (isAnonymous(name)) otherEntries.push(name === "" ? `initialiser ${i}` : name);
    else named.set(name, array);
  }
  const own = isOwnExport(bytes, source) ? fromOwnExport(named) : { arrays: named, others: [] };
  otherEntries.push(...own.others);
  if (own.arrays.size === 0) {
    const got = otherEntries.length === 0 ? "none" : `${otherEntries.length} without names`;
    refuse("initialisers with the names of parameters", got, keepNames);
  }
  return { source, format: "ONNX", arrays: own.arrays, otherEntries };
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

/** A tensor as it is written; its values lie in it or in another file. */
interface Initializer {
  readonly name: string;
  readonly dataType: number;
  readonly shape: readonly number[];
  readonly values?: { readonly bytes: Uint8Array; readonly varints: boolean } | undefined;
  readonly external?: External | undefined;
}

/** Where values lie in another file, in bytes. The rest of the file where no length is given. */
interface External {
  readonly location: string;
  readonly offset: number;
  readonly length?: number | undefined;
}

const refuserOfArray =
  (source: string, name: string) =>
  (expected: string, got: string): never => {
    throw new WeightsError(`${source}: expected ${expected} for initialiser ${name}, got ${got}`);
  };

function parseInitializer(body: Uint8Array, source: string): Initializer {
  let name = "";
  let dataType = 0;
  let isExternal = false;
  const places = new Map<string, string>();
  const shape: number[] = [];
  let values: Initializer["values"];
  const refuse = (expected: string, got: string) => refuserOfArray(source, name)(expected, got);
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
      else if (field === tensor.dataLocation) isExternal = reader.int32() === 1;
      else if (field === tensor.externalData && packed) {
        const { key, value } = fromBinary(StringStringEntryProtoSchema, reader.bytes());
        places.set(key, value);
      } else if (field === tensor.dims) {
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
  if (!isExternal) return { name, dataType, shape, values };
  const number = (key: string) => {
    const text = places.get(key);
    const value = Number(text);
    if (text === undefined) return undefined;
    return /^\d{1,15}$/.test(text) ? value : refuse(`a number of bytes as ${key}`, shorten(text));
  };
  const location = places.get("location") ?? refuse("the name of the file of its values", "none");
  const external = { location, offset: number("offset") ?? 0, length: number("length") };
  return { name, dataType, shape, external };
}

/** The bytes of a tensor's values in the files beside the model. */
function externalValues(
  { location, offset, length }: External,
  files: ReadonlyMap<string, Uint8Array>,
  refuse: (expected: string, got: string) => never,
) {
  const all = files.get(location)!;
  const end = offset + (length ?? Math.max(all.length - offset, 0));
  if (end > all.length) {
    refuse(`bytes ${offset} to ${end} of ${location}`, `a file of ${all.length} bytes`);
  }
  return { bytes: all.subarray(offset, end), varints: false };
}

function openInitializer(
  { name, dataType, shape, ...stored }: Initializer,
  files: ReadonlyMap<string, Uint8Array>,
  source: string,
): StoredArray {
  const refuse = refuserOfArray(source, name);
  const elementType = elementTypes[dataType];
  if (elementType === undefined) return refuse("a numeric type", `type ${dataType}`);
  const values = stored.external ? externalValues(stored.external, files, refuse) : stored.values;
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
  return { type: elementType, shape, load };
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
