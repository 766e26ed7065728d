/** @file Fuzzed here: files of weights in every format, and the metadata of exported models. */
import { parseJson } from "@mvt/common";
import { openWeights } from "@mvt/core";
import type { StoredArray, WeightsFile } from "@mvt/core";
import { fc, type FuzzTarget, jsonLike, oddTexts, sentenceOf, utf8 } from "@mvt/testing/fuzz";
import {
  describeModel,
  parseDescription,
  preprocessingOf,
} from "../../src/portable/description.ts";
import { readMetadata, withMetadata } from "../../src/portable/metadata.ts";
import { refuserOf } from "../../src/weights/error.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/weights/safetensors.ts";
import * as pickle from "../support/pickle.ts";
import { bytesOf } from "../support/weights-files.ts";
import { wildBytes } from "../support/wild.ts";
import { zip } from "../support/zip.ts";

/** Every array, loaded. */
function contentOf({ format, arrays, otherEntries }: WeightsFile) {
  const load = ([name, array]: readonly [string, StoredArray]) =>
    [name, array.type, array.load()] as const;
  return { format, otherEntries, arrays: [...arrays].map(load) };
}

const open = (name: string) => async (input: Uint8Array) =>
  contentOf(await openWeights(input, name));

/** As `open`, in a folder that holds the golden files of golden/wild.py. */
const openBeside = (name: string) => async (input: Uint8Array) =>
  contentOf(
    await openWeights(input, name, {
      beside: async (wanted) => wildFiles.get(wanted) ?? refuserOf(name)(wanted, "no such file"),
    }),
  );
const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
const wildFiles = new Map(
  [...shards, "helper.onnx.data"].map((name) => [name, wildBytes(name)] as const),
);
const weightMaps = [
  { weight_map: { cls_token: shards[0], "norm.bias": shards[1] } },
  parseJson(Buffer.from(wildBytes("model.safetensors.index.json")).toString()),
];

const weights = new Map([
  ["blocks.0.weight", { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 6) }],
  ["head.bias", { shape: [4], data: Float32Array.of(0, 1, 2, 3) }],
  ["scale", { shape: [], data: Float32Array.of(7) }],
]);

/** A file of safetensors with this header and 44 bytes behind it. */
function withHeader(json: string): Uint8Array {
  const header = Buffer.from(json);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Uint8Array.from(Buffer.concat([length, header, Buffer.alloc(44, 0x3f)]));
}

const headers = [
  {
    __metadata__: { format: "pt" },
    a: { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
    b: { dtype: "F16", shape: [10], data_offsets: [24, 44] },
  },
  {
    a: { dtype: "I64", shape: [5], data_offsets: [0, 40] },
    b: { dtype: "U8", shape: [4], data_offsets: [40, 44] },
  },
];

const numbers = [0, 1, 2, 3, 4, 7, 255, 65_536, 2 ** 31 - 1, 2 ** 32 - 1];
const number = fc.constantFrom(...numbers);
const sizes = fc.array(number, { maxLength: 4 });

/** A tensor of a storage of four numbers, of any size and stride. */
const tensor = fc
  .record({
    offset: fc.constantFrom(0, 0, 0, 1, 4),
    axes: fc.array(fc.tuple(number, number), { maxLength: 4 }),
  })
  .map(({ offset, axes }) => {
    const view = { offset, size: axes.map(([n]) => n), stride: axes.map(([, by]) => by) };
    return pickle.tensor(pickle.storage(4), view);
  });
const opcode = fc.oneof(
  { weight: 4, arbitrary: tensor },
  fc.constantFrom(...oddTexts).map((text) => pickle.text(text)),
  number.map((value) => Uint8Array.from(pickle.int(value))),
  fc.constant(pickle.storage(4)),
  fc.constant(pickle.name("collections", "OrderedDict")),
  fc.constant(pickle.name("torch", "Size")),
  fc.constant(pickle.name("argparse", "Namespace")),
  // Marks, dictionaries, lists, tuples, calls, memory, and opcodes that PyTorch never writes.
  fc
    .constantFrom(
      ..."()NKMJBC\x81\x8f\x90\x91]}aeusbRtqhrj\x85\x86\x87\x88\x89\x8a\x93\x94\x95Q2".split(""),
    )
    .chain((code) =>
      fc.uint8Array({ maxLength: 4 }).map((tail) => Uint8Array.of(code.charCodeAt(0), ...tail)),
    ),
);
const program = fc.array(opcode, { maxLength: 12 }).map((parts) => pickle.join(...parts));
const stateDict = fc
  .tuple(
    fc.constantFrom("weight", ...oddTexts),
    fc.oneof({ weight: 2, arbitrary: tensor }, program),
  )
  .map(([key, value]) => pickle.dictionary(key, value));

const archive = (value: Uint8Array) =>
  zip([
    { name: "m/data.pkl", bytes: pickle.join([0x80, 2], value, [0x2e]) },
    { name: "m/byteorder", bytes: utf8("little") },
    { name: "m/data/0", bytes: new Uint8Array(16) },
  ]);

/** A field of a message in Protocol Buffers: its number, its type of wire and its bytes. */
const field = (of: number, wire: number, content: readonly number[]) => [
  ...varint((of << 3) | wire),
  ...(wire === 2 ? varint(content.length) : []),
  ...content,
];
function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
const anyField = fc
  .record({
    of: fc.constantFrom(1, 2, 4, 5, 7, 8, 9, 10, 14, 15, 200),
    wire: fc.constantFrom(0, 1, 2, 2, 2, 5, 3, 6),
    content: fc.oneof(
      number.map((value) => varint(value)),
      fc.array(fc.nat(255), { maxLength: 12 }),
      fc.constantFrom(...oddTexts.slice(0, 30)).map((text) => [...utf8(text)]),
    ),
  })
  .map(({ of, wire, content }) => field(of, wire, content));
const initializer = fc.oneof(
  fc.array(anyField, { maxLength: 8 }).map((fields) => fields.flat()),
  fc
    .record({
      type: number,
      dims: sizes,
      data: fc.array(fc.nat(255), { maxLength: 24 }),
      of: fc.constantFrom(4, 5, 7, 9, 10),
    })
    .map(({ type, dims, data, of }) => [
      ...dims.flatMap((n) => field(1, 0, varint(n))),
      ...field(2, 0, varint(type)),
      ...field(8, 2, [...utf8("weight")]),
      ...field(of, 2, data),
    ]),
);
const onnx = fc
  .array(initializer, { minLength: 1, maxLength: 3 })
  .map((all) =>
    field(
      7,
      2,
      all.flatMap((body) => field(5, 2, body)),
    ),
  )
  .map((graph) => Uint8Array.from([...field(1, 0, [8]), ...graph]));

const description = describeModel({
  input: "bytes",
  classes: ["anger", "fear"],
  preprocessing: preprocessingOf({ imageSize: 32, patchSize: 8 }),
  mask: { form: { kind: "soft" }, polarity: "remove", space: "pixel", m: 0.15 },
  precision: "float32",
  about: { title: "a model", seed: 0 },
});
const model = Uint8Array.from(field(1, 0, [8]));

export const targets: readonly FuzzTarget[] = [
  {
    name: "safetensors",
    seeds: [
      encodeSafetensors(weights, { step: "3", note: "of a test" }),
      encodeSafetensors(new Map(), {}),
    ],
    structured: jsonLike(headers).map(withHeader),
    parse: (input) => decodeSafetensors(input, "file"),
  },
  {
    name: "safetensors of others",
    seeds: [
      ...headers.map((header) => withHeader(JSON.stringify(header))),
      bytesOf("kinds.safetensors"),
    ],
    structured: jsonLike(headers).map(withHeader),
    parse: open("file.safetensors"),
  },
  {
    name: "PyTorch archive",
    seeds: [
      bytesOf("kinds.pth"),
      wildBytes("inert.pth"),
      wildBytes("float8.pth"),
      archive(
        pickle.dictionary(
          "weight",
          pickle.tensor(pickle.storage(4), { size: [2, 2], stride: [2, 1] }),
        ),
      ),
    ],
    structured: fc.oneof(stateDict, program).map(archive),
    parse: open("file.pth"),
  },
  {
    name: "PyTorch pickle",
    seeds: [bytesOf("kinds-legacy.pth")],
    structured: fc.oneof(stateDict, program).map((value) => pickle.checkpoint(value)),
    parse: open("file.pth"),
  },
  {
    name: "ONNX initialisers",
    seeds: [bytesOf("named.onnx")],
    structured: onnx,
    parse: open("file.onnx"),
  },
  {
    name: "ONNX with external data",
    seeds: [wildBytes("helper.onnx")],
    parse: openBeside("file.onnx"),
  },
  {
    name: "index of sharded weights",
    seeds: [wildBytes("model.safetensors.index.json")],
    structured: jsonLike(weightMaps).map(utf8),
    parse: openBeside("file.index.json"),
  },
  {
    name: "ONNX metadata",
    seeds: [withMetadata(model, description)],
    structured: jsonLike([description]).map((json) => {
      const entries = Object.entries(parseJson(json) ?? {}).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value).slice(0, 10_000),
      ]);
      return withMetadata(model, Object.fromEntries(entries));
    }),
    parse: (input) => parseDescription(readMetadata(input, "file"), "file"),
  },
  {
    name: "weights of any format",
    seeds: ["kinds.safetensors", "kinds.pth", "kinds-legacy.pth", "named.onnx"].map(bytesOf),
    structured: sentenceOf([
      "PK\u0003\u0004",
      "{}",
      "<html>",
      "version https://git-lfs",
      "\u0080\u0002",
    ]).map(utf8),
    parse: open("file"),
  },
];
