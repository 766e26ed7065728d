/** @file Who is there to take part: this project's engines, TensorFlow.js alone, PyTorch, and the floor. */
import { fileURLToPath } from "node:url";
import type { deit, TfjsEngine } from "@mvt/core";
import type { EngineSpec } from "../engine.ts";
import type { Contestant } from "./contestant.ts";
import type { Pictures } from "./pictures.ts";
import { openPython } from "./python.ts";
import type { Task } from "./task.ts";
import type { Workload } from "./workload.ts";

/** How much can be asked of a contestant that trains. */
export interface Limits {
  /** The most images that it can be asked for at once; it is compared by images per second. */
  readonly mostImages?: number;
  readonly pace?: Contestant["pace"];
  readonly warmUp?: number;
}

/** Of what takes seconds per image. */
const slow: Limits = { mostImages: 1, pace: { rounds: 2, steps: 1 }, warmUp: 1 };

/** An engine of this project as a contestant. */
export interface EngineEntry extends Limits {
  /** What names it on the command line: "onnx-cpu". */
  readonly id: string;
  readonly title: string;
  readonly engine: Omit<EngineSpec, "threads">;
  /** Not where its device is a driver that computes on the CPU, which would take minutes for a step. */
  readonly hardwareOnly?: boolean;
}

/** Every engine there may be. One that does not start on this machine is left out, with its own words for why. */
export const engines: readonly EngineEntry[] = [
  {
    id: "onnx-cpu",
    title: "this project, ONNX Runtime on the CPU",
    engine: { backend: "onnx", device: "cpu" },
  },
  {
    id: "onnx-webgpu",
    title: "this project, ONNX Runtime on WebGPU",
    engine: { backend: "onnx", device: "webgpu" },
    hardwareOnly: true,
  },
  {
    id: "onnx-cuda",
    title: "this project, ONNX Runtime on CUDA",
    engine: { backend: "onnx", device: "cuda" },
  },
  {
    id: "tfjs-node-gpu",
    title: "this project, TensorFlow on a GPU",
    engine: { backend: "tfjs", device: "cuda", tfjs: "node-gpu" },
  },
  {
    id: "tfjs-node",
    title: "this project, TensorFlow on the CPU",
    engine: { backend: "tfjs", device: "cpu", tfjs: "node" },
  },
  {
    id: "tfjs-wasm",
    title: "this project, TensorFlow.js as WebAssembly",
    engine: { backend: "tfjs", device: "cpu", tfjs: "wasm" },
    ...slow,
  },
];

/** TensorFlow.js as its users use it, without this project. */
export interface PlainTfjsEntry extends Limits {
  readonly id: string;
  readonly title: string;
  readonly tfjs: TfjsEngine;
}

/** As with this project's engines, one that does not start is left out. */
export const plainTfjs: readonly PlainTfjsEntry[] = [
  {
    id: "tfjs-node-plain",
    title: "TensorFlow.js alone, TensorFlow on the CPU",
    tfjs: "node",
    mostImages: 8, // it takes some 0.5 GB per image of DeiT-S
  },
  { id: "tfjs-wasm-plain", title: "TensorFlow.js alone, WebAssembly", tfjs: "wasm", ...slow },
];

/** The engine that the flags name. */
export function entryOf({ backend, device }: Omit<EngineSpec, "threads">): EngineEntry {
  const known = engines.find(
    ({ engine }) => engine.backend === backend && engine.device === device,
  );
  return (
    known ?? {
      id: `${backend}-${device}`,
      title: `this project, ${backend} on ${device}`,
      engine: { backend, device },
    }
  );
}

/** The workload on this engine, on noise or on `pictures`. */
export function engineContestant(
  { id, title, engine, hardwareOnly, mostImages = Infinity, pace, warmUp }: EngineEntry,
  workload: Workload,
  { threads, pictures }: { readonly threads: number; readonly pictures?: Pictures },
): Contestant {
  const batchSize = Math.min(workload.batchSize, mostImages);
  const task: Task = {
    kind: "step",
    engine: { ...engine, threads },
    workload: { ...workload, batchSize },
    ...(hardwareOnly === undefined ? {} : { hardwareOnly }),
    ...(warmUp === undefined ? {} : { warmUp }),
    ...(pictures === undefined ? {} : { pictures }),
  };
  return { id, title, batchSize, command: childOf(task), ...(pace === undefined ? {} : { pace }) };
}

/** The training step in TensorFlow.js alone. */
export function plainTfjsContestant(
  { id, title, tfjs, mostImages = Infinity, pace, warmUp }: PlainTfjsEntry,
  workload: Workload,
  threads: number,
): Contestant {
  const batchSize = Math.min(workload.batchSize, mostImages);
  const task: Task = {
    kind: "plain-tfjs",
    engine: { device: "cpu", tfjs, threads },
    workload: { ...workload, batchSize },
    ...(warmUp === undefined ? {} : { warmUp }),
  };
  return { id, title, batchSize, command: childOf(task), ...(pace === undefined ? {} : { pace }) };
}

export function floorContestant(workload: Workload, threads: number): Contestant {
  return {
    id: "floor",
    title: "the floor",
    batchSize: workload.batchSize,
    command: childOf({ kind: "floor", workload, threads }),
    pace: { steps: 1 }, // each is a median of several runs of every product already
  };
}

/** Augmented batches of `pictures`, without any training. */
export function batchesContestant(
  names: Pick<Contestant, "id" | "title">,
  pictures: Pictures,
  batchSize: number,
): Contestant {
  return { ...names, batchSize, command: childOf({ kind: "batches", pictures, batchSize }) };
}

function childOf(task: Task): Contestant["command"] {
  const program = fileURLToPath(new URL("child.ts", import.meta.url));
  return [process.execPath, program, JSON.stringify(task)];
}

/** A Python that PyTorch was found in. */
export interface TorchPython {
  readonly path: string;
  /** "PyTorch 2.13.0+cpu, timm 1.0.29, Python 3.11.7" */
  readonly versions: string;
  /** Whether it finds a CUDA device. */
  readonly cuda: boolean;
}

const torchScript = fileURLToPath(new URL("../../bench/torch_step.py", import.meta.url));

/** Asks a Python for its PyTorch. Throws a UsageError where it has none. */
export async function findTorch(path: string): Promise<TorchPython> {
  const python = await openPython(path, [torchScript, "--versions"], "torch timm");
  await python.close();
  const { ready, notes } = python.ready;
  return { path, versions: ready, cuda: notes.includes("cuda") };
}

/** What is done in PyTorch, by the name that follows the Python's. */
const torchVariants = [
  { suffix: "", title: "eager", device: "cpu", classRow: false },
  {
    suffix: "-class-row",
    title: "eager, last block on the class row",
    device: "cpu",
    classRow: true,
  },
  { suffix: "-cuda", title: "eager, CUDA", device: "cuda", classRow: false },
] as const;

/** The training step in PyTorch, once per variant; "pytorch-2" is the second Python's. */
export function torchContestants(
  pythons: readonly TorchPython[],
  { model, batchSize }: { readonly model: deit.VitConfig; readonly batchSize: number },
  threads: number,
): readonly Contestant[] {
  return pythons.flatMap(({ path, versions, cuda }, i) =>
    torchVariants
      .filter(({ device }) => cuda || device === "cpu")
      .map(({ suffix, title, device, classRow }) => ({
        id: `pytorch${i === 0 ? "" : `-${i + 1}`}${suffix}`,
        title: `${versions.split(",")[0]} ${title}`,
        batchSize,
        command: [
          path,
          torchScript,
          JSON.stringify({ model, batchSize, threads, device, classRow }),
        ] as const satisfies Contestant["command"],
      })),
  );
}
