/**
 * @file A program whose state crosses to the device and back with every call, so that a call does many runs. ONNX
 * Runtime for Node cannot keep tensors on a CUDA device. The optimiser is part of the graph.
 */
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { feedOf, requireAllKnown } from "../../program/checks.ts";
import { inputOf } from "../../program/program.ts";
import type { Executable, Feed, Feeds, Program, Results } from "../../program/program.ts";
import { filled, writtenState } from "../../program/written-state.ts";
import { sizeOf } from "../../tensor.ts";
import type { NdArray } from "../../weights/weights.ts";
import { encodeScan, scanNames } from "./scan.ts";
import { createSession, devices, wrap } from "./session.ts";
import type { OnnxOptions } from "./options.ts";
import type { Ort } from "./session.ts";

/** DeiT-S has 22 million parameters with two moments: 260 MB go in and come out, 33 MB for each of 16 runs. */
const stepsPerCall = 16;

export async function compileMultiStepState(
  ort: Ort,
  program: Program,
  options: OnnxOptions,
): Promise<Executable> {
  const { form } = devices[options.device ?? "cpu"];
  const session = await createSession(ort, encodeScan(program, form), options);
  const inputs = program.inputs.map(inputOf);
  const outputs = Object.entries(program.outputs);
  const slots = program.state.map(({ input, next, initial }) => ({
    ...inputOf(input),
    initial,
    carried: next !== undefined,
  }));
  requireAllKnown(
    session.inputNames,
    new Set([
      ...inputs.map(({ name }) => scanNames.feeds(name)),
      ...slots.map(({ name, carried }) => (carried ? scanNames.before(name) : name)),
    ]),
  );
  const used = new Set(session.inputNames);
  const state = new Map(
    slots.map(({ name, shape, initial = 0 }): [string, NdArray] => [
      name,
      { shape, data: filled(shape, initial) },
    ]),
  );

  const runSteps = async (all: readonly Feeds[]): Promise<readonly Results[]> => {
    const feeds: Record<string, OrtTensor> = {};
    for (const fed of inputs) {
      const { name, shape, dtype } = fed;
      const rows = all.map((one) => feedOf(one, fed));
      feeds[scanNames.feeds(name)] = wrap(ort, stacked(rows), [all.length, ...shape], dtype);
    }
    for (const { name, carried } of slots) {
      const { shape, data } = state.get(name)!;
      const key = carried ? scanNames.before(name) : name;
      if (used.has(key)) feeds[key] = wrap(ort, data, shape, "float32");
    }
    const fetched = await session.run(feeds);
    for (const { name, shape, carried } of slots) {
      if (carried) state.set(name, { shape, data: valuesOf(fetched[scanNames.after(name)]!) });
    }
    const rows = outputs.map(([name, { shape }]) => {
      const values = valuesOf(fetched[scanNames.outputs(name)]!);
      const size = sizeOf(shape);
      return all.map((_, run) => [name, values.slice(run * size, (run + 1) * size)] as const);
    });
    return all.map((_, run) => Object.fromEntries(rows.map((row) => row[run]!)));
  };

  return {
    run: async (feeds) => (await runSteps([feeds]))[0]!,
    multiStep: { steps: stepsPerCall, run: runSteps },
    async readState() {
      return new Map(
        [...state].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
      );
    },
    async writeState(weights) {
      for (const [name, { shape, data }] of writtenState(
        slots.map((slot) => [slot.name, slot] as const),
        weights,
      )) {
        state.set(name, { shape, data: data.slice() });
      }
    },
    async dispose() {
      if (options.profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
}

const valuesOf = ({ data }: OrtTensor) => data as Float32Array;

/** The feeds of one input for several runs, stacked along a new first axis. */
function stacked(rows: readonly Feed[]): Feed {
  const [first] = rows;
  const size = first!.length;
  const all = new (first!.constructor as new (length: number) => Feed)(rows.length * size);
  for (const [i, row] of rows.entries()) all.set(row, i * size);
  return all;
}
