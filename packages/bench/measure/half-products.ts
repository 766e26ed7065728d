/**
 * @file Matrix products in float32, float16 and bfloat16 with what packages offer on the CPU:
 *
 *     node packages/bench/measure/half-products.ts [--rounds N] [--python PYTHON] [--libraries FOLDER [--ggml LIBRARY]]
 *
 * The product of a block's first layer of the MLP for eight images of DeiT-S, [1576, 384] times the transpose of [1536, 384],
 * on one thread. All rivals are opened first. Then each takes a few products while the others wait, again and again. A line
 * gives the fastest product of each, the conversion of its operands and its result apart where that can be told, and the
 * largest difference from the exact product, relative to its largest value.
 *
 * PyTorch runs where `--python` names a Python with torch, TensorFlow where `pnpm exp setup tensorflow` has built it, and
 * ggml where FOLDER has koffi, which calls C, and its library: `npm install --ignore-scripts koffi @node-llama-cpp/linux-x64`
 * there; LIBRARY is the one for this processor. What does not start is listed with the reason.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { alignColumns, reasonOf } from "@mvt/common";
import { loadTfjsLibrary } from "@mvt/core/tfjs";

const { values: args } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    python: { type: "string" },
    libraries: { type: "string" },
    ggml: { type: "string", default: "libggml-cpu-zen4.so" },
  },
});

const [rows, inner, columns] = [1576, 384, 1536];
const operations = 2 * rows * inner * columns;
const productsPerRound = 5;

/** Values between -1 and 1, without a pattern that a rounding would favour. */
const values = (count: number, factor: number) =>
  Float32Array.from({ length: count }, (_, i) => ((i * factor) % 1001) / 500 - 1);
const x = values(rows * inner, 97);
const w = values(columns * inner, 31);

/** One way to compute the product. */
interface Rival {
  readonly name: string;
  /** The seconds of the fastest of so many products. */
  readonly fastest: (products: number) => Promise<number>;
  /** Every 61st row of the product; else its error as the rival itself measured it. */
  readonly result: Float32Array | number;
}

/** Only some rows are compared, and leave the engines: copying all would take as long as a part of the product. */
const step = 61;
const comparedRows = Math.ceil(rows / step);
const compared = (product: Float32Array) =>
  Float32Array.from({ length: comparedRows * columns }, (_, i) => {
    return product[Math.floor(i / columns) * step * columns + (i % columns)]!;
  });

/** The largest difference from the exact product, relative to the largest value. */
function errorOf(result: Float32Array): number {
  let [most, scale] = [0, 0];
  for (let row = 0; row < rows; row += step) {
    for (let column = 0; column < columns; column += 7) {
      let exact = 0;
      for (let i = 0; i < inner; i += 1) exact += x[row * inner + i]! * w[column * inner + i]!;
      scale = Math.max(scale, Math.abs(exact));
      most = Math.max(most, Math.abs(exact - result[(row / step) * columns + column]!));
    }
  }
  return most / scale;
}

/** Times a function that computes before it returns, or before what it returns is resolved. */
const timed = (product: () => unknown) => async (products: number) => {
  let best = Infinity;
  for (let i = 0; i < products; i += 1) {
    const start = performance.now();
    await product();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
};

// ONNX Runtime

type Field = readonly [number: number, value: number | string | Uint8Array];

/** A message of protobuf: numbers as varints, texts and messages with their lengths. */
function message(...fields: readonly Field[]): Uint8Array {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === "number") return Buffer.from([...varint(number * 8), ...varint(value)]);
      const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.from(value);
      return Buffer.concat([
        Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]),
        bytes,
      ]);
    }),
  );
}

const onnxTypes = { float32: 1, float16: 10, bfloat16: 16 } as const;
type Precision = keyof typeof onnxTypes;

/** y = x w^T, computed in `precision`; operands and result are float32. */
function onnxProduct(precision: Precision): Uint8Array {
  const attribute = (name: string, value: number) =>
    [5, message([1, name], [3, value], [20, 2])] as const;
  const cast = (from: string, to: string, type: number) =>
    [1, message([1, from], [2, to], [4, "Cast"], attribute("to", type))] as const;
  const named = (field: number, name: string, shape: readonly number[]) => {
    const dimensions = message(...shape.map((size): Field => [1, message([1, size])]));
    return [
      field,
      message([1, name], [2, message([1, message([1, 1], [2, dimensions])])]),
    ] as const;
  };
  const type = onnxTypes[precision];
  const gemm = (...[a, b, c]: readonly [string, string, string]) =>
    [1, message([1, a], [1, b], [2, c], [4, "Gemm"], attribute("transB", 1))] as const;
  const nodes =
    precision === "float32"
      ? [gemm("x", "w", "z")]
      : [cast("x", "a", type), cast("w", "b", type), gemm("a", "b", "c"), cast("c", "z", 1)];
  const slice = ["z", "starts", "ends", "axes", "steps"].map((name): Field => [1, name]);
  nodes.push([1, message(...slice, [2, "y"], [4, "Slice"])]);
  const constants = Object.entries({ starts: 0, ends: rows, axes: 0, steps: step }).map(
    ([name, value]): Field => [5, message([1, 1], [2, 7], [7, value], [8, name])],
  );
  const ends = [
    named(11, "x", [rows, inner]),
    named(11, "w", [columns, inner]),
    named(12, "y", [comparedRows, columns]),
  ];
  return message(
    [1, 9],
    [8, message([2, 21])],
    [7, message(...nodes, [2, "product"], ...constants, ...ends)],
  );
}

/** The parts of onnxruntime-node that are used here. */
interface Ort {
  readonly env: { readonly versions: { readonly common: string } };
  readonly Tensor: new (type: string, data: Float32Array, shape: readonly number[]) => object;
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: object): Promise<{ readonly y: { readonly data: Float32Array } }>;
    }>;
  };
}

async function openOnnx(precision: Precision): Promise<Rival> {
  const ort = createRequire(createRequire(import.meta.url).resolve("@mvt/core"))(
    "onnxruntime-node",
  ) as Ort;
  const session = await ort.InferenceSession.create(onnxProduct(precision), {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const feeds = {
    x: new ort.Tensor("float32", x, [rows, inner]),
    w: new ort.Tensor("float32", w, [columns, inner]),
  };
  const product = () => session.run(feeds);
  const { y } = await product();
  const converted = precision === "float32" ? "" : ", with its conversions";
  return {
    name: `ONNX Runtime ${ort.env.versions.common}, ${precision}${converted}`,
    fastest: timed(product),
    result: y.data,
  };
}

// TensorFlow, through the addon of tfjs-node, which knows more types than TensorFlow.js

interface TensorflowBinding {
  readonly TF_Version: string;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_FLOAT: number;
  createTensor(shape: readonly number[], type: number, data: Float32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array;
  executeOp(
    name: string,
    attributes: readonly {
      readonly name: string;
      readonly type: number;
      readonly value: unknown;
    }[],
    inputs: readonly number[],
    outputs: number,
  ): readonly [{ readonly id: number }];
}

const tensorflowTypes = { float32: 1, bfloat16: 14 } as const; // of tensorflow/core/framework/types.proto

async function openTensorflow(
  precision: keyof typeof tensorflowTypes,
  withConversions: boolean,
): Promise<Rival> {
  const { tf } = await loadTfjsLibrary({
    engine: "node",
    threads: 1,
    folder: resolve(".tensorflow"),
  });
  const { binding } = tf.backend() as unknown as { readonly binding: TensorflowBinding };
  const type = tensorflowTypes[precision];
  const attribute = (name: string, kind: number, value: unknown) => ({ name, type: kind, value });
  const cast = (id: number, from: number, to: number) =>
    binding.executeOp(
      "Cast",
      [
        attribute("SrcT", binding.TF_ATTR_TYPE, from),
        attribute("DstT", binding.TF_ATTR_TYPE, to),
        attribute("Truncate", binding.TF_ATTR_BOOL, false),
      ],
      [id],
      1,
    )[0].id;
  const matmul = (a: number, b: number) =>
    binding.executeOp(
      "MatMul",
      [
        attribute("T", binding.TF_ATTR_TYPE, type),
        attribute("transpose_a", binding.TF_ATTR_BOOL, false),
        attribute("transpose_b", binding.TF_ATTR_BOOL, true),
      ],
      [a, b],
      1,
    )[0].id;
  const [a, b] = [
    binding.createTensor([rows, inner], binding.TF_FLOAT, x),
    binding.createTensor([columns, inner], binding.TF_FLOAT, w),
  ];
  const isFloat = precision === "float32";
  const into = (id: number) => (isFloat ? id : cast(id, 1, type));
  const [ready, readyWeights] = [into(a), into(b)];
  const compute = (): number => {
    if (!withConversions) return matmul(ready, readyWeights);
    const [left, right] = [into(a), into(b)];
    const y = matmul(left, right);
    const back = cast(y, type, 1);
    for (const id of [left, right, y]) binding.deleteTensor(id);
    return back;
  };
  const first = compute();
  const asFloat = isFloat || withConversions ? first : cast(first, type, 1);
  const what = withConversions ? ", with its conversions" : "";
  return {
    name: `TensorFlow ${binding.TF_Version} (tfjs-node), ${precision}${what}`,
    fastest: timed(() => binding.deleteTensor(compute())),
    result: compared(binding.tensorDataSync(asFloat)),
  };
}

// PyTorch

async function openTorch(precision: Precision): Promise<Rival> {
  if (args.python === undefined) throw new Error("no --python");
  const script = join(import.meta.dirname, "torch_products.py");
  const child = spawn(args.python, [script, precision], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const answer = once(lines, "line") as Promise<[string]>;
  const ended = once(child, "close").then(() => Promise.reject(new Error("it ended")));
  ended.catch(() => {});
  const [first] = await Promise.race([answer, ended]);
  const { name, error } = JSON.parse(first) as { readonly name: string; readonly error: number };
  return {
    name,
    result: error,
    fastest: async (products) => {
      const next = once(lines, "line") as Promise<[string]>;
      child.stdin.write(`${products}\n`);
      return Number((await next)[0]);
    },
  };
}

// ggml: its weights may be bfloat16, what they are multiplied with is float32 and is converted by it

interface Koffi {
  load(path: string): { func(declaration: string): (...values: readonly unknown[]) => unknown };
  struct(name: string, fields: object): unknown;
  decode(pointer: unknown, type: string, length: number): Float32Array;
  [key: string]: unknown;
}

const ggmlTypes = { float32: 0, float16: 1, bfloat16: 30 } as const; // of ggml.h

type Call = (...values: readonly unknown[]) => unknown;
type GgmlCall =
  | "init"
  | "tensor"
  | "data"
  | "multiply"
  | "graph"
  | "expand"
  | "toHalf"
  | "toBrain"
  | "compute";

let ggml: Readonly<Record<GgmlCall, Call>> | undefined;

async function openGgml(precision: Precision): Promise<Rival> {
  if (args.libraries === undefined) throw new Error("no --libraries");
  const folder = resolve(args.libraries);
  const koffi = createRequire(join(folder, "package.json"))("koffi") as Koffi;
  const found = (name: string) => {
    const [path] = globSync(`node_modules/@node-llama-cpp/linux-x64/bins/*/${name}`, {
      cwd: folder,
    });
    if (path === undefined) throw new Error(`${name} is not in ${folder}`);
    return koffi.load(join(folder, path));
  };
  if (ggml === undefined) {
    const base = found("libggml-base.so*");
    const cpu = found(args.ggml);
    koffi.struct("ggml_init_params", {
      mem_size: "size_t",
      mem_buffer: "void *",
      no_alloc: "bool",
    });
    ggml = {
      init: base.func("void *ggml_init(ggml_init_params params)"),
      tensor: base.func("void *ggml_new_tensor_2d(void *ctx, int type, int64_t ne0, int64_t ne1)"),
      data: base.func("void *ggml_get_data(void *tensor)"),
      multiply: base.func("void *ggml_mul_mat(void *ctx, void *a, void *b)"),
      graph: base.func("void *ggml_new_graph(void *ctx)"),
      expand: base.func("void ggml_build_forward_expand(void *graph, void *tensor)"),
      toHalf: base.func("void ggml_fp32_to_fp16_row(float *x, void *y, int64_t n)"),
      toBrain: base.func("void ggml_fp32_to_bf16_row(float *x, void *y, int64_t n)"),
      compute: cpu.func("int ggml_graph_compute_with_ctx(void *ctx, void *graph, int threads)"),
    };
  }
  const copy = koffi.load("libc.so.6").func("void *memcpy(void *to, float *from, size_t bytes)");
  const g = ggml;
  const ctx = g.init({ mem_size: 2 ** 28, mem_buffer: null, no_alloc: false });
  const a = g.tensor(ctx, ggmlTypes[precision], inner, columns);
  const b = g.tensor(ctx, ggmlTypes.float32, inner, rows);
  const into = g.data(a);
  if (precision === "float32") copy(into, w, w.byteLength);
  else g[precision === "float16" ? "toHalf" : "toBrain"](w, into, w.length);
  copy(g.data(b), x, x.byteLength);
  const y = g.multiply(ctx, a, b);
  const graph = g.graph(ctx);
  g.expand(graph, y);
  const compute = () => g.compute(ctx, graph, 1);
  compute();
  const result = compared(koffi.decode(g.data(y), "float", rows * columns));
  return {
    name: `ggml (node-llama-cpp), weights in ${precision}`,
    fastest: timed(compute),
    result,
  };
}

// All of them, in turns

const openers: readonly (readonly [name: string, open: () => Promise<Rival>])[] = [
  ["ONNX Runtime, float32", () => openOnnx("float32")],
  ["TensorFlow, float32", () => openTensorflow("float32", false)],
  ["PyTorch, float32", () => openTorch("float32")],
  ["ggml, float32", () => openGgml("float32")],
  ["ONNX Runtime, float16", () => openOnnx("float16")],
  ["ONNX Runtime, bfloat16", () => openOnnx("bfloat16")],
  ["TensorFlow, bfloat16", () => openTensorflow("bfloat16", false)],
  ["TensorFlow, bfloat16, with conversions", () => openTensorflow("bfloat16", true)],
  ["PyTorch, bfloat16", () => openTorch("bfloat16")],
  ["ggml, bfloat16", () => openGgml("bfloat16")],
];
const rivals: { readonly rival: Rival; seconds: number }[] = [];
for (const [name, open] of openers) {
  try {
    console.error(`opening ${name}`);
    rivals.push({ rival: await open(), seconds: Infinity });
  } catch (error) {
    console.log(`left out: ${name} (${reasonOf(error).split("\n", 1)[0]})`);
  }
}
for (let round = 0; round < Number(args.rounds); round += 1) {
  for (const entry of rivals) {
    entry.seconds = Math.min(entry.seconds, await entry.rival.fastest(productsPerRound));
  }
}
const lines = rivals.map(({ rival: { name, result }, seconds }) => {
  const error = typeof result === "number" ? result : errorOf(result);
  const gflops = operations / seconds / 1e9;
  return [name, (seconds * 1000).toFixed(2), gflops.toFixed(0), error.toExponential(0)];
});
console.log(alignColumns([["", "ms", "GFLOP/s", "error"], ...lines]).join("\n"));
process.exit(0);
