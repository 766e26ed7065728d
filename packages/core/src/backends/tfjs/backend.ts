/** @file The `tfjs` backend: a program is interpreted node by node with TensorFlow.js. */
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import { feedOf, requireKnownInputs } from "../../program/checks.ts";
import { inputOf } from "../../program/program.ts";
import type { Backend, Executable, Feeds, Program, Results } from "../../program/program.ts";
import { simplify } from "../../program/simplify.ts";
import { writtenState } from "../../program/written-state.ts";
import type { Weights } from "../../weights/weights.ts";
import { loadTfjsLibrary } from "./libraries.ts";
import type { TfjsLibrary } from "./libraries.ts";
import type { TfjsOptions } from "./options.ts";

/**
 * A backend on TensorFlow.js: an independent check of every operator and gradient, and CUDA through
 * TensorFlow. All state stays where TensorFlow.js computes; the optimiser is part of the graph.
 *
 * It turns on the production mode of TensorFlow.js (`tf.enableProdMode`) in this thread. Throws TfjsError if no
 * installed engine fits the options.
 */
export async function tfjsBackend(options: TfjsOptions = {}): Promise<Backend> {
  const engine = await loadTfjsLibrary(options);
  const { name, device } = engine;
  return { name, device, compile: (program) => compile(engine, program) };
}

async function compile({ tf, registeredAs }: TfjsLibrary, program: Program): Promise<Executable> {
  const { createInterpreter, tensorOf } = await import("./interpreter.ts");
  // Called before anything that computes. From there on it computes synchronously, so that the engine stays chosen.
  const useEngine = () => {
    if (tf.getBackend() !== registeredAs) void tf.setBackend(registeredAs);
  };
  useEngine();
  const { inputs, outputs, state } = program;
  const outputNames = Object.keys(outputs);
  // The last parameters first: their gradients are known first, and their memory is free once they are used.
  const carried = state.filter(({ next }) => next !== undefined).toReversed();
  const graph = simplify([...Object.values(outputs), ...carried.map(({ next }) => next!)]);
  const fed = inputs.map(inputOf);
  const slots = state.map(({ input, initial }) => ({ ...inputOf(input), initial }));
  requireKnownInputs(graph, [...inputs, ...state.map(({ input }) => input)]);
  const interpreter = createInterpreter(tf, graph);

  const values = new Map(
    slots.map(({ name, shape, initial = 0 }) => [name, tf.fill(shape as number[], initial)]),
  );
  const replace = (name: string, value: TfTensor) => {
    values.get(name)!.dispose();
    values.set(name, value);
  };
  return {
    async run(given: Feeds): Promise<Results> {
      const feeds = fed.map((input) => ({ ...input, data: feedOf(given, input) }));
      useEngine();
      const tensors = feeds.map(({ name, shape, dtype, data }) => {
        return [name, tensorOf(tf, data, shape, dtype)] as const;
      });
      try {
        return interpreter.run(new Map([...values, ...tensors]), (results) => {
          const fetched = outputNames.map((name, i) => {
            return [name, new Float32Array(results[i]!.dataSync())] as const;
          });
          // A clone shares the numbers and is disposed of on its own.
          const next = results.slice(outputNames.length).map((x) => tf.clone(x));
          for (const [i, { input }] of carried.entries()) replace(inputOf(input).name, next[i]!);
          return Object.fromEntries(fetched);
        });
      } finally {
        for (const [, tensor] of tensors) tensor.dispose();
      }
    },
    async readState() {
      return new Map(
        slots.map(({ name, shape }) => [
          name,
          { shape, data: new Float32Array(values.get(name)!.dataSync()) },
        ]),
      );
    },
    async writeState(weights: Weights) {
      const written = writtenState(
        slots.map((slot) => [slot.name, slot] as const),
        weights,
      );
      useEngine();
      for (const [name, { shape, data }] of written) {
        replace(name, tensorOf(tf, data, shape, "float32"));
      }
    },
    async dispose() {
      interpreter.dispose();
      for (const value of values.values()) value.dispose();
    },
  };
}
