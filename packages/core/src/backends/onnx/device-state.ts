/**
 * @file A program whose state stays on the device. The optimiser is part of the graph; next values of state are
 * outputs that stay on the device, where the next run reads them. A run uploads the batch and downloads the
 * program's outputs.
 */
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { feedOf, requireAllKnown } from "../../program/checks.ts";
import { inputOf } from "../../program/program.ts";
import type { Executable, Program } from "../../program/program.ts";
import { filled, writtenState } from "../../program/written-state.ts";
import type { Weights } from "../../weights/weights.ts";
import { createCopies } from "./device-copies.ts";
import type { OrtTensors } from "./device-copies.ts";
import { openSession, wrap } from "./session.ts";
import type { OnnxOptions } from "./options.ts";
import type { Ort } from "./session.ts";
import { requireBuffers } from "./webgpu-buffers.ts";

/** The state of the executables made here, for `copyState`. */
const stateOf = new WeakMap<Executable, () => OrtTensors>();

export async function compileDeviceState(
  ort: Ort,
  program: Program,
  options: OnnxOptions,
): Promise<Executable> {
  const { inputs, outputs: named, state: slots } = program;
  const outputs = Object.entries(named);
  const carried = slots.filter(({ next }) => next !== undefined);
  const { session, resultNames, nodes } = await openSession(
    ort,
    [...outputs.map(([, x]) => x), ...carried.map(({ next }) => next!)],
    options,
    (result) => result >= outputs.length,
  );
  const shapes = new Map(
    slots.map(({ input, initial }) => [inputOf(input).name, { ...inputOf(input), initial }]),
  );
  const fed = inputs.map(inputOf);
  const known = new Set([...fed.map(({ name }) => name), ...shapes.keys()]);
  requireAllKnown(session.inputNames, known, nodes);
  await requireBuffers(ort, nodes);
  const used = new Set(session.inputNames);

  const copies = createCopies(ort, options);
  const upload = (weights: Weights) => {
    const wrapped = [...weights].map(
      ([name, { shape, data }]) => [name, wrap(ort, data, shape, "float32")] as const,
    );
    return copies.copy(new Map(wrapped), "device");
  };
  let state: OrtTensors = new Map();
  /** Gives some or all slots new tensors and disposes of the old ones. */
  const replace = (next: OrtTensors) => {
    for (const name of next.keys()) state.get(name)?.dispose();
    state = new Map([...state, ...next]);
  };
  const first = [...shapes].map(([name, { shape, initial = 0 }]) => {
    return [name, { shape, data: filled(shape, initial) }] as const;
  });
  replace(await upload(new Map(first)));

  const executable: Executable = {
    async run(given) {
      const feeds: Record<string, OrtTensor> = {};
      for (const fedInput of fed) {
        const { name, shape, dtype } = fedInput;
        const data = feedOf(given, fedInput);
        if (used.has(name)) feeds[name] = wrap(ort, data, shape, dtype);
      }
      for (const [name, tensor] of state) if (used.has(name)) feeds[name] = tensor;
      const fetched = await session.run(feeds);
      const results = resultNames.map((name) => fetched[name]!);
      replace(
        new Map(carried.map(({ input }, i) => [inputOf(input).name, results[outputs.length + i]!])),
      );
      return Object.fromEntries(
        outputs.map(([name], i) => [name, results[i]!.data as Float32Array]),
      );
    },
    async readState() {
      const read = [...(await copies.copy(state, "host"))];
      return new Map(
        read.map(([name, { data }]) => [
          name,
          { shape: shapes.get(name)!.shape, data: data as Float32Array },
        ]),
      );
    },
    async writeState(weights) {
      replace(await upload(writtenState(shapes, weights)));
    },
    async copyState(from, names) {
      const tensors = stateOf.get(from)!();
      replace(
        await copies.copy(new Map(names.map((name) => [name, tensors.get(name)!])), "device"),
      );
    },
    async dispose() {
      for (const tensor of state.values()) tensor.dispose();
      state = new Map();
      await copies.dispose();
      if (options.profile !== undefined) session.endProfiling();
      await session.release();
    },
  };
  stateOf.set(executable, () => state);
  return executable;
}
