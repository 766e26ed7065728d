/** @file A program whose state lies in the host's memory: AdamW runs after the graph, in place. */
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { inputOf, momentName } from "../../program/program.ts";
import type { Executable, Feeds, Program, Results } from "../../program/program.ts";
import { writtenState } from "../../program/written-state.ts";
import { sizeOf } from "../../tensor.ts";
import type { Shape } from "../../tensor.ts";
import type { NdArray, Weights } from "../../weights/weights.ts";
import { adamwKernel } from "./adamw-kernel.ts";
import { createFeeder, openSession, requireAllKnown, wrap } from "./session.ts";
import type { OnnxOptions, Ort } from "./session.ts";

/** What the executables made here hold, for `copyState`. */
const stateOf = new WeakMap<Executable, ReadonlyMap<string, NdArray>>();

export async function compileHostState(
  ort: Ort,
  program: Program,
  options: OnnxOptions,
): Promise<Executable> {
  const { update } = program;
  const kernel = update && adamwKernel(update);
  const carried = program.state.filter(({ next }) => next !== undefined);
  // What the session computes: outputs, next states, and what the optimiser reads.
  const outputs = Object.entries(program.outputs);
  const { session, resultNames } = await openSession(
    ort,
    [
      ...outputs.map(([, x]) => x),
      ...carried.map(({ next }) => next!),
      ...(update?.parameters ?? []).map(({ gradient }) => gradient),
      ...(update?.gradientScale ? [update.gradientScale] : []),
    ],
    options,
  );
  const used = new Set(session.inputNames);

  const allocate = (shape: Shape): Float32Array => new Float32Array(sizeOf(shape));
  const stateFeeds: Record<string, OrtTensor> = {};
  const state = new Map<string, NdArray>();
  const feedState = (name: string, array: NdArray) => {
    state.set(name, array);
    if (used.has(name)) stateFeeds[name] = wrap(ort, array.data, array.shape, "float32");
  };

  // Buffers. A value and its successor never share one: a node may still read the old value.
  for (const { input } of program.state) {
    const { name, shape } = inputOf(input);
    feedState(name, { shape, data: allocate(shape) });
  }
  const fetches: Record<string, OrtTensor | null> = {};
  for (const [i, [, x]] of outputs.entries()) {
    fetches[resultNames[i]!] = wrap(ort, allocate(x.shape), x.shape, x.dtype);
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
      ort,
      slot.gradient,
      shape,
      "float32",
    );
  }
  const scaleName = update?.gradientScale && resultNames.at(-1)!;
  if (scaleName) fetches[scaleName] = wrap(ort, new Float32Array(1), [], "float32");

  const inputs = [...program.inputs, ...(update ? [update.learningRate, update.step] : [])];
  const feed = createFeeder(ort, session, inputs);
  requireAllKnown(session, new Set([...inputs.map((x) => inputOf(x).name), ...state.keys()]));

  const executable: Executable = {
    async run(given: Feeds): Promise<Results> {
      const feeds = { ...stateFeeds, ...feed(given) };
      for (const { result, shape, spare } of successors) {
        fetches[result] = wrap(ort, spare, shape, "float32");
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
      const written = writtenState(state, weights);
      for (const [name, { data }] of state) data.set(written.get(name)!.data);
    },
    async copyState(from, names) {
      const others = stateOf.get(from)!;
      for (const name of names) state.get(name)!.data.set(others.get(name)!.data);
    },
    async dispose() {
      if (options.profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
  stateOf.set(executable, state);
  return executable;
}
