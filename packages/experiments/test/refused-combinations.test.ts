/** @file Every combination of backend, device and options that is refused, with the words of its message. */
import { DeviceError } from "@mvt/core";
import type { Adapter, Backend } from "@mvt/core";
import { refuses } from "@mvt/testing/mistakes";
import { describe, expect, test } from "vitest";
import { requireEngineEffect } from "../src/cli/effects.ts";
import {
  chooseDevice,
  deviceNames,
  backendNames,
  requireOneJob,
  requireThreads,
  sessionsOf,
} from "../src/engine/engine.ts";
import type { EngineRequest } from "../src/engine/engine.ts";
import { openTfjs } from "../src/engine/tfjs.ts";
import { scaleWith } from "../src/settings/scales.ts";
import { requireMicroBatches } from "../src/training/micro-batches.ts";
import { minimizeWith } from "../src/training/optimizer.ts";
import { requirePrecision } from "../src/training/programs.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const { model, training } = tinyConfig;
const half = { ...tinyConfig, training: { ...training, precision: "float16" } } as const;

/** An engine on which nothing is computed. */
const engine = (name: string, device: string, more: Partial<Backend> = {}): Backend => ({
  name,
  device,
  ...more,
  compile: () => Promise.reject(new Error("nothing is compiled")),
});
const engines = {
  "onnx on cpu": engine("onnxruntime-node 1.30.0", "cpu", { sideBySide: 2 }),
  "onnx on webgpu without 16-bit floats": engine("onnxruntime-node 1.30.0", "webgpu", {
    adapter: "SwiftShader Device (Subzero)",
    computesFloat16: async () => false,
  }),
  "onnx on webgpu": engine("onnxruntime-node 1.30.0", "webgpu", {
    adapter: "NVIDIA GeForce RTX 4090",
    computesFloat16: async () => true,
  }),
  "onnx on cuda": engine("onnxruntime-node 1.30.0", "cuda", { computesFloat16: async () => false }),
  "tfjs on cpu": engine("@tensorflow/tfjs-node 4.22.0 (TensorFlow 2.21.0)", "cpu"),
  "tfjs on cuda": engine("@tensorflow/tfjs-node-gpu 4.22.0 (TensorFlow 2.21.0)", "cuda"),
  "tfjs as WebAssembly": engine("@tensorflow/tfjs-backend-wasm 4.22.0", "cpu"),
  "tfjs in JavaScript": engine("@tensorflow/tfjs-backend-cpu 4.22.0", "cpu"),
} as const satisfies Record<string, Backend>;
type EngineName = keyof typeof engines;

const onnx = (request: Partial<EngineRequest>): EngineRequest => ({ backend: "onnx", ...request });
const tfjs = (request: Partial<EngineRequest>): EngineRequest => ({ backend: "tfjs", ...request });
const noAdapter = () => Promise.reject<Adapter>(new DeviceError("expected a GPU, found none"));

/** One combination a row: what is asked for, what refuses it, and the words that its message must have. */
const refused: readonly (readonly [what: string, ask: () => unknown, words: readonly string[]])[] =
  [
    [
      "--backend onnx --device webgpu without an adapter",
      () => chooseDevice("webgpu", "onnx", noAdapter),
      ["expected a GPU"],
    ],
    [
      "--backend tfjs --device webgpu",
      () => openTfjs({ device: "webgpu", threads: 1 }),
      ["--device webgpu", "with --backend tfjs", "`--backend onnx` computes on WebGPU"],
    ],
    [
      "--backend tfjs --device cuda without TensorFlow for CUDA",
      () => openTfjs({ device: "cuda", threads: 1 }),
      ["tfjs-node-gpu", "with a GPU", "`pnpm exp setup tensorflow --gpu`"],
    ],
    ...(["auto", "cpu", "cuda"] as const).map(
      (device) =>
        [
          `--backend tfjs --device ${device} --jobs 2`,
          () => requireOneJob(tfjs({ jobs: 2 }), { device }),
          ["--jobs 2", "expected 1 with --backend tfjs", "one thread"],
        ] as const,
    ),
    [
      "--device webgpu --jobs 2",
      () => requireOneJob(onnx({ jobs: 2 }), { device: "webgpu" }),
      ["--jobs 2", "expected 1 on webgpu", "32561", "--device cpu"],
    ],
    ...(["webgpu", "cuda"] as const).map(
      (device) =>
        [
          `--device ${device} --sessions 2`,
          () => sessionsOf(onnx({ sessions: 2 }), { device }, 4),
          ["--sessions 2", "expected --backend onnx on the CPU", `onnx on ${device}`],
        ] as const,
    ),
    ...(["auto", "cpu", "cuda"] as const).map(
      (device) =>
        [
          `--backend tfjs --device ${device} --sessions 2`,
          () => sessionsOf(tfjs({ sessions: 2 }), { device }, 4),
          ["--sessions 2", "expected --backend onnx on the CPU", `tfjs on ${device}`],
        ] as const,
    ),
    [
      "--sessions 4 on fewer threads",
      () => sessionsOf(onnx({ sessions: 4 }), { device: "cpu" }, 2),
      ["--sessions 4", "expected at most one for each of 2 threads", "--threads 4"],
    ],
    [
      "--device webgpu --threads 4",
      () => requireThreads(onnx({ threads: 4 }), engines["onnx on webgpu"]),
      ["--threads 4", "NVIDIA GeForce RTX 4090", "Leave it out"],
    ],
    ...(["tfjs as WebAssembly", "tfjs in JavaScript"] as const).map(
      (name) =>
        [
          `--backend tfjs --threads 4, ${name}`,
          () => requireThreads(tfjs({ threads: 4 }), engines[name]),
          ["--threads 4", "expected 1", engines[name].name, "pnpm exp setup tensorflow"],
        ] as const,
    ),
    ...precisionRows("onnx on cpu", ["onnxruntime-node 1.30.0 on cpu", "Add --device webgpu"]),
    ...precisionRows("onnx on cuda", ["onnxruntime-node 1.30.0 on cuda", "--device webgpu"]),
    ...precisionRows("onnx on webgpu without 16-bit floats", [
      "got webgpu (SwiftShader Device (Subzero)), which has none",
    ]),
    ...(
      ["tfjs on cpu", "tfjs on cuda", "tfjs as WebAssembly", "tfjs in JavaScript"] as const
    ).flatMap((name) =>
      precisionRows(name, [engines[name].name, "Add --backend onnx --device webgpu"]),
    ),
    ...(
      [
        "onnx on webgpu",
        "onnx on cuda",
        "tfjs on cpu",
        "tfjs on cuda",
        "tfjs as WebAssembly",
      ] as const
    ).map(
      (name) =>
        [
          `--set accumulate=2, ${name}`,
          () => requireMicroBatches(engines[name], [accumulating(2)]),
          ["accumulate: expected an engine that computes batches in micro-batches", "--device cpu"],
        ] as const,
    ),
    [
      "--set accumulate=3 of a batch of 8",
      () => requireMicroBatches(engines["onnx on cpu"], [accumulating(3)]),
      ["accumulate: expected a divisor of the batch of 8, got 3"],
    ],
    [
      "--set precision=float16 --set sam.rho=0.05",
      () => scaleWith("smoke", ["precision=float16", "sam.rho=0.05"]),
      ["sam.rho", "expected precision=float32, got float16"],
    ],
    [
      "SAM and float16 in a program",
      () =>
        minimizeWith({ sam: { rho: 0.05 } }, { inputs: [], outputs: {}, state: [] }, {
          depth: 1,
          lossScaling: {},
        } as never),
      ["sam: expected precision float32, got float16"],
    ],
    [
      "--set precision=bfloat16",
      () => scaleWith("smoke", ["precision=bfloat16"]),
      ["precision", '"float32"', '"float16"'],
    ],
    [
      "--set mgn.precision=float16",
      () => scaleWith("smoke", ["mgn.precision=float16"]),
      ["there is no setting mgn.precision"],
    ],
    ...(["backend", "device", "threads", "sessions", "jobs"] as const).map((flag) => {
      const value = { backend: "tfjs", device: "webgpu", threads: 2, sessions: 2, jobs: 2 }[flag];
      const where = { got: "`runs list`", expected: "`runs repair`" };
      return [
        `--${flag} ${value} where nothing is computed`,
        () => requireEngineEffect({ [flag]: value }, where),
        [`--${flag} ${value}: expected it with \`runs repair\`, got it with \`runs list\``],
      ] as const;
    }),
  ];

function precisionRows(name: EngineName, words: readonly string[]) {
  const expected = ["precision=float16: expected a GPU with 16-bit floats", ...words];
  const ask = () => requirePrecision(engines[name], [tinyConfig, half]);
  return [[`--set precision=float16, ${name}`, ask, expected] as const];
}

function accumulating(accumulate: number) {
  return { ...tinyConfig, model, training: { ...training, accumulate } };
}

describe("refused is", () => {
  test.each(refused)("%s", async (_, ask, words) => {
    const error = await Promise.resolve()
      .then(ask)
      .then(
        () => "nothing was refused",
        (reason: unknown) => String(reason),
      );
    for (const word of words) expect(error).toContain(word);
  });
});

describe("taken is", () => {
  test.each([
    ["--jobs 2 on the CPU", () => requireOneJob(onnx({ jobs: 2 }), { device: "cpu" })],
    ["--jobs 2 on cuda", () => requireOneJob(onnx({ jobs: 2 }), { device: "cuda" })],
    ["--jobs 1 on webgpu", () => requireOneJob(onnx({ jobs: 1 }), { device: "webgpu" })],
    ["--sessions 2 on the CPU", () => sessionsOf(onnx({ sessions: 2 }), { device: "cpu" }, 2)],
    ["no --sessions on webgpu", () => sessionsOf(onnx({}), { device: "webgpu" }, 2)],
    ["--threads 4 on the CPU", () => requireThreads(onnx({ threads: 4 }), engines["onnx on cpu"])],
    ["--threads 4 on cuda", () => requireThreads(onnx({ threads: 4 }), engines["onnx on cuda"])],
    [
      "--threads 4 in TensorFlow",
      () => requireThreads(tfjs({ threads: 4 }), engines["tfjs on cpu"]),
    ],
    ["no --threads on webgpu", () => requireThreads(onnx({}), engines["onnx on webgpu"])],
    [
      "--threads 1 in WebAssembly",
      () => requireThreads(tfjs({ threads: 1 }), engines["tfjs as WebAssembly"]),
    ],
    ["float16 on a GPU that has it", () => requirePrecision(engines["onnx on webgpu"], [half])],
    [
      "accumulate=1 anywhere",
      () => requireMicroBatches(engines["onnx on webgpu"], [accumulating(1)]),
    ],
    [
      "accumulate=2 on the CPU",
      () => requireMicroBatches(engines["onnx on cpu"], [accumulating(2)]),
    ],
    [
      "--device where something is computed",
      () => requireEngineEffect({ threads: 2 }, { got: "", expected: "" }, ["threads"]),
    ],
  ] as const)("%s", async (_, ask) => {
    const asked = async () => void (await ask());
    await expect(asked()).resolves.toBeUndefined();
  });
});

describe("a command line refuses", () => {
  const effect = (typed: string, expected: string, got: string) =>
    `${typed}: expected it with ${expected}, got it with ${got}, where it has no effect. Leave it out.`;
  const mistake = (args: string, stderr: string) => ({
    what: args,
    args,
    exitCode: 2 as const,
    stderr,
  });
  refuses([
    mistake(
      "train --scale smoke --threads 2 --sessions 4",
      "--sessions 4: expected at most one for each of 2 threads of a run, got 4. Add --threads 4, or leave it out.",
    ),
    mistake("runs list --device webgpu", effect("--device webgpu", "`runs repair`", "`runs list`")),
    mistake("runs plot 3f2a --threads 2", effect("--threads 2", "`runs repair`", "`runs plot`")),
    mistake(
      "data check --data . --device cuda",
      effect("--device cuda", "`data check --run`", "`data check`"),
    ),
    mistake(
      "data synthesize --data faces --threads 2",
      effect("--threads 2", "`data check --run`", "`data synthesize`"),
    ),
    mistake(
      "data align --data photos --out faces --backend tfjs",
      effect("--backend tfjs", "`data check --run`", "`data align`"),
    ),
    mistake(
      "report --device webgpu",
      effect("--device webgpu", "--pictures", "`report` without pictures"),
    ),
    mistake(
      "evaluate --run 3f2a --stored --sessions 1",
      effect("--sessions 1", "new predictions", "--stored"),
    ),
    mistake("labels --run 3f2a --jobs 2", effect("--jobs 2", "--folds", "`labels` without folds")),
    mistake(
      "export --run 3f2a --format safetensors --precision int8",
      "--precision int8: expected --format onnx, got safetensors, which hold the weights as they were trained. Leave it out.",
    ),
  ]);
});

/** Which cells of the whole table of engines and options are refused; a change of any shows here. */
test("every backend, device and option is either refused or taken", () => {
  const outcome = (ask: () => unknown) => {
    try {
      ask();
      return "taken";
    } catch {
      return "refused";
    }
  };
  const rows = backendNames.flatMap((backend) =>
    deviceNames.map((device) => {
      const jobs = outcome(() => requireOneJob({ backend, jobs: 2 }, { device }));
      const sessions = outcome(() => sessionsOf({ backend, sessions: 2 }, { device }, 2));
      return `${backend} ${device}: --jobs 2 ${jobs}, --sessions 2 ${sessions}`;
    }),
  );
  expect(rows.join("\n")).toMatchInlineSnapshot(`
    "onnx auto: --jobs 2 taken, --sessions 2 refused
    onnx cpu: --jobs 2 taken, --sessions 2 taken
    onnx webgpu: --jobs 2 refused, --sessions 2 refused
    onnx cuda: --jobs 2 taken, --sessions 2 refused
    tfjs auto: --jobs 2 refused, --sessions 2 refused
    tfjs cpu: --jobs 2 refused, --sessions 2 refused
    tfjs webgpu: --jobs 2 refused, --sessions 2 refused
    tfjs cuda: --jobs 2 refused, --sessions 2 refused"
  `);
});
