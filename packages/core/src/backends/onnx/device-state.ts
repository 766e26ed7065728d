/**
 * @file A program whose state stays on the device: AdamW is a part of the graph, every next value is an output
 * that never leaves, and the next run reads it. What crosses per run is the batch, and the program's outputs.
 */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { withUpdateInGraph } from "../../optim/adamw.ts";
import { inputOf } from "../../program/program.ts";
import type { Executable, Feeds, Program, Results } from "../../program/program.ts";
import { writtenState } from "../../program/written-state.ts";
import { sizeOf } from "../../tensor.ts";
import type { NdArray, Weights } from "../../weights/weights.ts";
import { openTransfer } from "./device-transfer.ts";
import { createFeeder, openSession, requireAllKnown } from "./session.ts";
import type { OnnxOptions, Ort } from "./session.ts";

type DeviceTensors = ReadonlyMap<string, OrtTensor>;

export async function compileDeviceState(
  ort: Ort,
  program: Program,
  options: OnnxOptions,
): Promise<Executable> {
  const { inputs, outputs: named, state: slots } = withUpdateInGraph(program);
  const outputs = Object.entries(named);
  const carried = slots.filter(({ next }) => next !== undefined);
  const results = [...outputs.map(([, x]) => x), ...carried.map(({ next }) => next!)];
  const { session, resultNames } = await openSession(
    ort,
    results,
    options,
    (result) => result >= outputs.length,
  );
  const shapes = new Map(slots.map(({ input }) => [inputOf(input).name, inputOf(input)]));
  const feed = createFeeder(ort, session, inputs);
  requireAllKnown(session, new Set([...inputs.map((x) => inputOf(x).name), ...shapes.keys()]));
  const used = new Set(session.inputNames);
  const successors = carried.map(({ input }, i) => ({
    name: inputOf(input).name,
    result: resultNames[outputs.length + i]!,
  }));

  const transfer = await openTransfer(
    ort,
    slots.map(({ input }) => input),
    options,
  );
  const zeros = [...shapes].map(([name, { shape }]): [string, NdArray] => [
    name,
    { shape, data: new Float32Array(sizeOf(shape)) },
  ]);
  let state: DeviceTensors = await transfer.upload(new Map(zeros));
  const replace = (next: DeviceTensors) => {
    for (const [name, tensor] of state) if (next.get(name) !== tensor) tensor.dispose();
    state = next;
  };

  return {
    async run(given: Feeds): Promise<Results> {
      const feeds = feed(given);
      for (const [name, tensor] of state) if (used.has(name)) feeds[name] = tensor;
      const fetched = await session.run(feeds);
      replace(
        new Map([
          ...state,
          ...successors.map(({ name, result }) => [name, fetched[result]!] as const),
        ]),
      );
      return Object.fromEntries(
        outputs.map(([name], i) => [name, fetched[resultNames[i]!]!.data as Float32Array]),
      );
    },
    readState: () => transfer.download(state),
    async writeState(weights: Weights) {
      replace(await transfer.upload(writtenState(shapes, weights)));
    },
    async dispose() {
      replace(new Map());
      await transfer.dispose();
      if (options.profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
}
