/** @file The `onnx` backend: a program becomes an ONNX model that onnxruntime-node runs on the CPU. */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { inputOf, momentName } from "../../program/program.ts";
import type { Backend, Executable, Feed, Feeds, Program, Results } from "../../program/program.ts";
import { simplify } from "../../program/simplify.ts";
import { formatShape, sameShape, sizeOf } from "../../tensor.ts";
import type { DType, Shape } from "../../tensor.ts";
import type { NdArray, Weights } from "../../weights/weights.ts";
import { adamwKernel } from "./adamw-kernel.ts";
import { encode } from "./encode.ts";

export interface OnnxOptions {
  /** Threads inside an operator. Default: what ONNX Runtime chooses, one per physical core. */
  readonly threads?: number;
  /** Write ONNX Runtime's profile of every run to files that begin with this path. */
  readonly profile?: string;
}

type Ort = typeof import("onnxruntime-node");

/** The default backend. Loads onnxruntime-node when it is made. */
export async function onnxBackend(options: OnnxOptions = {}): Promise<Backend> {
  const ort: Ort = await import("onnxruntime-node");
  return {
    name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`,
    device: "cpu",
    compile: (program) => compile(ort, program, options),
  };
}

async function compile(ort: Ort, program: Program, options: OnnxOptions): Promise<Executable> {
  const { update } = program;
  const kernel = update && adamwKernel(update);
  const carried = program.state.filter(({ next }) => next !== undefined);
  // What the session computes: outputs, next states, and what the optimiser reads.
  const outputs = Object.entries(program.outputs);
  const results = [
    ...outputs.map(([, x]) => x),
    ...carried.map(({ next }) => next!),
    ...(update?.parameters ?? []).map(({ gradient }) => gradient),
    ...(update?.gradientScale ? [update.gradientScale] : []),
  ];
  const graph = simplify(results);
  const { model, resultNames } = encode(graph);
  const session = await createSession(ort, model, options);
  const used = new Set(session.inputNames);

  const allocate = (shape: Shape): Float32Array => new Float32Array(sizeOf(shape));
  const wrap = (data: Feed, shape: Shape, dtype: DType) =>
    new ort.Tensor(dtype, data as Float32Array, shape);
  const feeds: Record<string, OrtTensor> = {};
  const state = new Map<string, NdArray>();
  const feedState = (name: string, array: NdArray) => {
    state.set(name, array);
    if (used.has(name)) feeds[name] = wrap(array.data, array.shape, "float32");
  };

  // Buffers. A value and its successor never share one: a node may still read the old value.
  for (const { input } of program.state) {
    const { name, shape } = inputOf(input);
    feedState(name, { shape, data: allocate(shape) });
  }
  const fetches: Record<string, OrtTensor | null> = {};
  for (const [i, [, x]] of outputs.entries()) {
    fetches[resultNames[i]!] = wrap(allocate(x.shape), x.shape, x.dtype);
  }
  const successors = carried.map(({ input }, i) => {
    const { name, shape } = inputOf(input);
    return {
      name,
      shape,
      result: resultNames[outputs.length + i]!,
      spare: allocate(shape),
    };
  });
  for (const [i, { parameter }] of (update?.parameters ?? []).entries()) {
    const { name, shape } = inputOf(parameter);
    const slot = kernel!.slots[i]!;
    feedState(name, { shape, data: slot.parameter });
    state.set(momentName("m", name), { shape, data: slot.m });
    state.set(momentName("v", name), { shape, data: slot.v });
    fetches[resultNames[outputs.length + carried.length + i]!] = wrap(
      slot.gradient,
      shape,
      "float32",
    );
  }
  const scaleName = update?.gradientScale && resultNames.at(-1)!;
  if (scaleName) fetches[scaleName] = wrap(new Float32Array(1), [], "float32");

  const fed = [...program.inputs, ...(update ? [update.learningRate, update.step] : [])].map(
    inputOf,
  );
  requireAllKnown(session, new Set([...fed.map(({ name }) => name), ...state.keys()]));

  return {
    async run(given: Feeds): Promise<Results> {
      for (const { name, shape, dtype } of fed) {
        const data = given[name];
        if (data?.length !== sizeOf(shape)) {
          throw new TypeError(
            `run: expected ${sizeOf(shape)} values for ${name} ${formatShape(shape)}, got ${data?.length ?? "none"}`,
          );
        }
        if (used.has(name)) feeds[name] = wrap(data, shape, dtype);
      }
      for (const { result, shape, spare } of successors) {
        fetches[result] = wrap(spare, shape, "float32");
      }
      const fetched = await session.run(feeds, fetches);
      for (const successor of successors) {
        const old = state.get(successor.name)!;
        feedState(successor.name, { shape: successor.shape, data: successor.spare });
        successor.spare = old.data;
      }
      kernel?.step({
        learningRate: given["learningRate"]![0]!,
        step: given["step"]![0]!,
        gradientScale: scaleName ? (fetched[scaleName]!.data as Float32Array)[0]! : 1,
      });
      return Object.fromEntries(
        outputs.map(([name], i) => [
          name,
          (fetched[resultNames[i]!]!.data as Float32Array).slice(),
        ]),
      );
    },
    async readState() {
      return new Map(
        [...state].map(([name, { shape, data }]) => [
          name,
          { shape, data: Float32Array.from(data) },
        ]),
      );
    },
    async writeState(weights: Weights) {
      const isMoment = (name: string) => name.startsWith("adamw.");
      for (const [name, { shape, data }] of state) {
        const given = weights.get(name);
        if (given === undefined && isMoment(name)) {
          data.fill(0);
        } else if (given === undefined || !sameShape(given.shape, shape)) {
          throw new TypeError(
            `writeState: expected ${name} ${formatShape(shape)}, got ${given ? formatShape(given.shape) : "none"}`,
          );
        } else {
          data.set(given.data);
        }
      }
    },
    async dispose() {
      if (options.profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
}

async function createSession(ort: Ort, model: Uint8Array, { threads, profile }: OnnxOptions) {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    // Plans one slab for all activations: no faster, and a third more memory.
    enableMemPattern: false,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  };
  return ort.InferenceSession.create(model, options);
}

/** A program whose graph reads an input that is neither fed nor state cannot run. */
function requireAllKnown(session: InferenceSession, known: ReadonlySet<string>) {
  const unknown = session.inputNames.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new TypeError(
      `compile: expected every input to be fed or kept as state, but ${unknown.join(", ")} is neither`,
    );
  }
}
