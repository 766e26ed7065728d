/**
 * @file A program whose state lies in the host's memory, in one session or in several side by side. AdamW runs
 * after the graph, in place.
 */
import { availableParallelism } from "node:os";
import { withUpdateInGraph } from "../../optim/adamw.ts";
import { requireAllKnown } from "../../program/checks.ts";
import { feedsOfMicroBatch, joinResults } from "../../program/micro-batches.ts";
import type { MicroBatches } from "../../program/micro-batches.ts";
import { inputOf, momentName } from "../../program/program.ts";
import type { Executable, Feeds, Program, Results, StateSlot } from "../../program/program.ts";
import { simplify } from "../../program/simplify.ts";
import { writtenState } from "../../program/written-state.ts";
import { formatShape, sizeOf } from "../../tensor.ts";
import type { Tensor } from "../../tensor.ts";
import type { NdArray, Weights } from "../../weights/weights.ts";
import { withAccumulatedOutputs } from "./accumulated-outputs.ts";
import { planAdamW } from "./adamw-kernel.ts";
import { cpuForm } from "./cpu-encoders.ts";
import { encodeGraph, encodeModel } from "./encode.ts";
import { inRowSlices, withRowSlices } from "./row-slices.ts";
import { openReplica } from "./replica.ts";
import type { Replica, ReplicaPlan } from "./replica.ts";
import { openReplicaThread } from "./replica-thread.ts";
import type { OnnxOptions } from "./session.ts";
import { MemoryLayout, viewOf } from "./shared-memory.ts";
import type { Span } from "./shared-memory.ts";
import { withUnreturnedOutputs } from "./unreturned-outputs.ts";

/** More sessions than this cost more memory than they save time: each has gradients of its own. */
const mostReplicas = 4;

/** How many micro-batches of a batch are computed at once. */
export function replicasFor({
  threads = availableParallelism(),
  sessions = mostReplicas,
}: Pick<OnnxOptions, "threads" | "sessions">): number {
  return Math.min(threads, sessions);
}

/** The state of the executables made here, for `copyState`. */
const stateOf = new WeakMap<Executable, (name: string) => Float32Array>();

export async function compileHostState(
  original: Program,
  options: OnnxOptions,
): Promise<Executable> {
  const { threads = availableParallelism(), profile } = options;
  // Only in the graph does the optimiser see to the loss scale.
  const program = original.update?.lossScale === undefined ? original : withUpdateInGraph(original);
  const { update } = program;
  const microBatches: MicroBatches = program.microBatches ?? { count: 1, samples: [] };
  const carried = program.state.filter(({ next }) => next !== undefined);
  if (microBatches.count > 1 && carried.length > 0) {
    throw new TypeError(
      "compile: expected state that only the optimiser changes in a program with micro-batches",
    );
  }
  const replicaCount = replicasOf(microBatches.count, replicasFor(options));

  // What a session computes: outputs, next states, and what the optimiser reads.
  const outputs = Object.entries(program.outputs);
  const gradients = update?.parameters ?? [];
  const graph = simplify([
    ...outputs.map(([, x]) => x),
    ...carried.map(({ next }) => next!),
    ...gradients.map(({ gradient }) => gradient),
  ]);
  const { graph: encoded, resultNames } = encodeGraph(graph, cpuForm);
  const outputNames = resultNames.slice(0, outputs.length + carried.length);
  const gradientNames = resultNames.slice(outputNames.length);
  const frozen = program.state.filter(({ next }) => next === undefined);
  const { graph: inPlace, rowSlices } = withRowSlices(encoded, [
    ...frozen.map(({ input }) => inputOf(input)),
    ...gradients.map((x, i) => ({ ...inputOf(x.parameter), gradient: gradientNames[i]! })),
  ]);

  // Where everything lies.
  const layout = new MemoryLayout();
  const adamw = update && planAdamW(update, layout, replicaCount);
  const state = new Map<string, Span & Pick<StateSlot, "initial">>();
  for (const { input, initial } of program.state) {
    const { name, shape } = inputOf(input);
    const span = layout.reserve({ shape, dtype: "float32" });
    state.set(name, initial === undefined ? span : { ...span, initial });
  }
  for (const { name, parameter, m, v } of adamw?.parameters ?? []) {
    state.set(name, parameter);
    state.set(momentName("m", name), m);
    state.set(momentName("v", name), v);
  }
  const fed = [...program.inputs, ...(microBatches.whole ?? []).map(({ input }) => input)].map(
    inputOf,
  );
  const optimizerFed = update ? [update.learningRate, update.step].map(inputOf) : [];
  requireAllKnown(
    graph.nodes.filter(({ op }) => op === "input").map(({ outputs: [x] }) => inputOf(x).name),
    new Set([...[...fed, ...optimizerFed].map(({ name }) => name), ...state.keys()]),
    graph.nodes,
  );
  const reserveAll = (tensors: readonly Tensor[]) => tensors.map((x) => layout.reserve(x));
  const places = Array.from({ length: replicaCount }, () => ({
    feeds: new Map([...fed, ...optimizerFed].map((x) => [x.name, layout.reserve(x)])),
    outputs: reserveAll([...outputs.map(([, x]) => x), ...carried.map(({ next }) => next!)]),
  }));

  // As the sessions name it: parameters and gradients in slices of rows where the graph has slices of rows.
  const read = inRowSlices(state, rowSlices);
  const gradientsOf = (replica: number) =>
    inRowSlices(
      new Map(gradientNames.map((name, i) => [name, adamw!.parameters[i]!.gradients[replica]!])),
      rowSlices,
    );
  const inTurn = microBatches.count > replicaCount; // a replica's gradients are sums over several micro-batches
  const summed = inTurn ? withAccumulatedOutputs(inPlace, [...gradientsOf(0).keys()]) : inPlace;
  const model = encodeModel(withUnreturnedOutputs(summed), cpuForm);

  const memory = layout.allocate();
  const open = replicaCount === 1 ? openReplica : openReplicaThread;
  const replicas = await Promise.all(
    places.map(({ feeds, outputs: written }, index): Promise<Replica> => {
      const plan: ReplicaPlan = {
        model,
        memory,
        share: { index, of: replicaCount },
        threads: Math.max(1, Math.floor(threads / replicaCount)),
        inputs: Object.fromEntries([...feeds, ...read]),
        outputs: Object.fromEntries(outputNames.map((name, i) => [name, written[i]!])),
        gradients: Object.fromEntries(gradientsOf(index)),
        accumulates: inTurn,
        ...(adamw ? { adamw } : {}),
        ...(profile === undefined
          ? {}
          : { profile: index === 0 ? profile : `${profile}-${index}` }),
      };
      return open(plan);
    }),
  );
  const floats = (span: Span) => viewOf(memory, span) as Float32Array;

  /** Part `index` of a batch in one replica. */
  const runPart = async (index: number, given: Feeds): Promise<Results> => {
    const r = index % replicaCount;
    const { feeds, outputs: written } = places[r]!;
    const ofPart = feedsOfMicroBatch(microBatches, given, index);
    for (const x of [...fed, ...optimizerFed]) {
      const data = ofPart[x.name];
      if (data?.length !== sizeOf(x.shape)) throw wrongFeed(x, data?.length, microBatches);
      viewOf(memory, feeds.get(x.name)!).set(data);
    }
    await replicas[r]!.run({ afresh: index < replicaCount });
    return Object.fromEntries(outputs.map(([name], i) => [name, floats(written[i]!).slice()]));
  };
  const updateParameters = async (given: Feeds) => {
    const { clipNorm } = update!;
    const norm =
      clipNorm === undefined
        ? undefined
        : Math.sqrt(total(await Promise.all(replicas.map((replica) => replica.gatherSquares()))));
    const feeds = {
      learningRate: given["learningRate"]![0]!,
      step: given["step"]![0]!,
      gradientScale: norm === undefined ? 1 : Math.min(1, clipNorm! / (norm + 1e-6)),
    };
    const gathered = norm !== undefined;
    await Promise.all(replicas.map((replica) => replica.step(feeds, { gathered })));
  };

  const stateArray = (name: string) => floats(state.get(name)!);
  for (const [name, { initial }] of state)
    if (initial !== undefined) stateArray(name).fill(initial);
  const executable: Executable = {
    async run(given: Feeds): Promise<Results> {
      const results: Results[] = [];
      const runParts = async (r: number) => {
        for (let i = r; i < microBatches.count; i += replicaCount)
          results[i] = await runPart(i, given);
      };
      await Promise.all(replicas.map((_, r) => runParts(r)));
      if (update) await updateParameters(given);
      for (const [i, { input }] of carried.entries()) {
        floats(state.get(inputOf(input).name)!).set(
          floats(places[0]!.outputs[outputs.length + i]!),
        );
      }
      return microBatches.count === 1 ? results[0]! : joinResults(microBatches, results);
    },
    async readState() {
      return new Map(
        [...state].map(([name, span]): [string, NdArray] => [
          name,
          { shape: span.shape, data: Float32Array.from(floats(span)) },
        ]),
      );
    },
    async writeState(weights: Weights) {
      for (const [name, { data }] of writtenState(state, weights)) stateArray(name).set(data);
    },
    async copyState(from, names) {
      const others = stateOf.get(from)!;
      for (const name of names) stateArray(name).set(others(name));
    },
    async dispose() {
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  };
  stateOf.set(executable, stateArray);
  return executable;
}

/** As many sessions, of `most`, as share the micro-batches evenly. */
function replicasOf(microBatches: number, most: number): number {
  let replicas = Math.min(most, microBatches);
  while (microBatches % replicas !== 0) replicas -= 1;
  return replicas;
}

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function wrongFeed(
  { name, shape }: ReturnType<typeof inputOf>,
  got: number | undefined,
  { count, samples }: MicroBatches,
): TypeError {
  const times = samples.some((x) => inputOf(x).name === name) ? count : 1;
  return new TypeError(
    `run: expected ${sizeOf(shape) * times} values for ${name} ${formatShape(shape)}${times > 1 ? ` of ${times} micro-batches` : ""}, got ${got === undefined ? "none" : got * times}`,
  );
}
