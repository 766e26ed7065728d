/**
 * @file A program whose state lies in the host's memory. Micro-batches go through one session or through several at
 * the same time; then the optimiser changes the state.
 */
import { availableParallelism } from "node:os";
import { feedsOfMicroBatch, joinResults, largestDivisor } from "../../program/micro-batches.ts";
import type { MicroBatches } from "../../program/micro-batches.ts";
import { inputOf } from "../../program/program.ts";
import type { Executable, Feeds, Program, Results, StateSlot } from "../../program/program.ts";
import { writtenState } from "../../program/written-state.ts";
import { formatShape, sizeOf } from "../../tensor.ts";
import type { NdArray } from "../../weights/weights.ts";
import { allocateHostMemory } from "./host-memory.ts";
import type { HostMemory } from "./host-memory.ts";
import { encodeStep, fedInputs, stagesOf } from "./host-model.ts";
import type { StepModel } from "./host-model.ts";
import { openHostSession } from "./host-session.ts";
import type { HostSession } from "./host-session.ts";
import { openHostSessionThread } from "./host-session-thread.ts";
import { fusedUpdate, openGraphUpdate } from "./host-update.ts";
import { sessionsFor } from "./options.ts";
import type { OnnxOptions } from "./options.ts";
import { inRowSlices } from "./row-slices.ts";
import { viewOf } from "./shared-memory.ts";
import type { MemorySlice } from "./shared-memory.ts";

/** The state of the executables made here, for `copyState`. */
const stateOf = new WeakMap<Executable, (name: string) => Float32Array>();

export async function compileHostState(
  program: Program,
  options: OnnxOptions,
): Promise<Executable> {
  const { threads = availableParallelism() } = options;
  const microBatches: MicroBatches = program.microBatches ?? { count: 1, samples: [] };
  const stages = stagesOf(program);
  const sessionCount = largestDivisor(microBatches.count, sessionsFor(options));
  const accumulates = microBatches.count > sessionCount; // a session's gradients are sums over its micro-batches
  const host = allocateHostMemory(program, stages, sessionCount);
  const model = encodeStep(program, stages, accumulates);
  const sessions = await openSessions(model, host, { ...options, threads, accumulates });
  const update =
    stages.updated.length > 0
      ? await openGraphUpdate(program, stages, host, threads)
      : stages.fused && fusedUpdate(sessions, stages.fused);
  const runMicroBatches = microBatchRunner(program, microBatches, host, sessions);

  const floats = (slice: MemorySlice) => viewOf(host.memory, slice) as Float32Array;
  const stateArray = (name: string) => floats(host.state.get(name)!);
  const copyNext = (slots: readonly StateSlot[], next: readonly MemorySlice[]) => {
    for (const [i, { input }] of slots.entries())
      stateArray(inputOf(input).name).set(floats(next[i]!));
  };
  const executable: Executable = {
    async run(given) {
      const results = await runMicroBatches(given);
      await update?.apply(given);
      copyNext(stages.carried, host.sessions[0]!.carried);
      copyNext(stages.updated, host.updated);
      return results;
    },
    async readState() {
      return new Map(
        [...host.state].map(([name, slice]): [string, NdArray] => [
          name,
          { shape: slice.shape, data: Float32Array.from(floats(slice)) },
        ]),
      );
    },
    async writeState(weights) {
      for (const [name, { data }] of writtenState(host.state, weights)) stateArray(name).set(data);
    },
    async copyState(from, names) {
      const others = stateOf.get(from)!;
      for (const name of names) stateArray(name).set(others(name));
    },
    async dispose() {
      await update?.close();
      await Promise.all(sessions.map((session) => session.close()));
    },
  };
  stateOf.set(executable, stateArray);
  return executable;
}

/** One session in this thread, or several, each in a thread of its own. */
function openSessions(
  { model, resultNames, gradientNames, rowSlices }: StepModel,
  { memory, state, sessions, adamw }: HostMemory,
  {
    threads,
    profile,
    accumulates,
  }: { readonly threads: number; readonly profile?: string; readonly accumulates: boolean },
): Promise<readonly HostSession[]> {
  const of = sessions.length;
  const open = of === 1 ? openHostSession : openHostSessionThread;
  const named = (names: readonly string[], slices: readonly MemorySlice[]) =>
    new Map(names.map((name, i) => [name, slices[i]!]));
  const read = inRowSlices(state, rowSlices);
  return Promise.all(
    sessions.map(({ feeds, outputs, carried, gradients }, index) =>
      open({
        model,
        memory,
        threads: Math.max(1, Math.floor(threads / of)),
        profile: profile === undefined || index === 0 ? profile : `${profile}-${index}`,
        inputs: Object.fromEntries([...feeds, ...read]),
        outputs: Object.fromEntries(named(resultNames, [...outputs, ...carried])),
        gradients: Object.fromEntries(inRowSlices(named(gradientNames, gradients), rowSlices)),
        accumulates,
        adamw: adamw && { plan: adamw, slice: { index, of } },
      }),
    ),
  );
}

/** A function from the feeds of a batch to its results. It leaves the gradients in the memory. */
function microBatchRunner(
  program: Program,
  microBatches: MicroBatches,
  { memory, sessions: places }: HostMemory,
  sessions: readonly HostSession[],
): (given: Feeds) => Promise<Results> {
  const fed = fedInputs(program).map(inputOf);
  const outputNames = Object.keys(program.outputs);

  const runOne = async (index: number, given: Feeds): Promise<Results> => {
    const session = index % sessions.length;
    const { feeds, outputs } = places[session]!;
    const own = feedsOfMicroBatch(microBatches, given, index);
    for (const x of fed) {
      const data = own[x.name];
      if (data?.length !== sizeOf(x.shape)) throw wrongFeed(x, data?.length, microBatches);
      viewOf(memory, feeds.get(x.name)!).set(data);
    }
    await sessions[session]!.run({ first: index < sessions.length });
    return Object.fromEntries(
      outputNames.map((name, i) => [name, (viewOf(memory, outputs[i]!) as Float32Array).slice()]),
    );
  };
  return async (given) => {
    const results: Results[] = [];
    const runAllOf = async (session: number) => {
      for (let i = session; i < microBatches.count; i += sessions.length) {
        results[i] = await runOne(i, given);
      }
    };
    await Promise.all(sessions.map((_, session) => runAllOf(session)));
    return microBatches.count === 1 ? results[0]! : joinResults(microBatches, results);
  };
}

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
