/**
 * @file The models of a program on the CPU: one that every micro-batch goes through and, where no kernel does its
 * work, one that computes new state from the gradients of the whole batch.
 */
import { fusedState } from "../../optim/adamw.ts";
import type { FusedAdamW } from "../../optim/adamw.ts";
import { add } from "../../ops/elementwise.ts";
import { input } from "../../ops/sources.ts";
import { requireKnownInputs } from "../../program/checks.ts";
import { inputOf } from "../../program/program.ts";
import type { Program, StateSlot } from "../../program/program.ts";
import { simplify } from "../../program/simplify.ts";
import { substitute } from "../../program/substitute.ts";
import type { Tensor } from "../../tensor.ts";
import { withAccumulatedOutputs } from "./accumulated-outputs.ts";
import { cpuForm } from "./cpu-encoders.ts";
import { encodeGraph, encodeModel } from "./encode.ts";
import { withRowSlices } from "./row-slices.ts";
import type { RowSlice } from "./row-slices.ts";
import { withUnreturnedOutputs } from "./unreturned-outputs.ts";

/** What is computed for every micro-batch, and what once per batch. */
export interface Stages {
  /** Of every micro-batch. */
  readonly outputs: readonly Tensor[];
  /** Slots whose next values are computed together with the outputs: only of batches that are not divided. */
  readonly carried: readonly StateSlot[];
  /** Parameters and their gradients, where something follows the micro-batches. */
  readonly parameters: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  /** Slots whose next values are computed from the gradients of the batch, in a session of their own. */
  readonly updated: readonly StateSlot[];
  /** What the AdamW kernel computes from the gradients of the batch. */
  readonly fused?: FusedAdamW;
}

/** AdamW goes to its kernel. Other state changes in the graph, or after it if the batch has micro-batches. */
export function stagesOf({ outputs: named, state, update, microBatches }: Program): Stages {
  const outputs = Object.values(named);
  const changing = state.filter(({ next }) => next !== undefined);
  const divided = (microBatches?.count ?? 1) > 1;
  if (divided && update !== undefined && update.fused === undefined) {
    return { ...update, outputs, carried: [], updated: changing };
  }
  const { fused, parameters = [], gradients = [] } = update?.fused ? update : {};
  const inPlace = new Set(slotsOf(fused).map((x) => inputOf(x).name));
  const carried = changing.filter((slot) => !inPlace.has(inputOf(slot.input).name));
  if (divided && carried.length > 0) {
    throw new TypeError(
      "compile: expected state that only the optimiser changes in a program with micro-batches",
    );
  }
  return { outputs, carried, parameters, gradients, updated: [], fused };
}

/** The state that the kernel changes: that of the first parameter, then that of the next. */
export function slotsOf(fused: FusedAdamW | undefined): readonly Tensor[] {
  return fused?.parameters.flatMap((own) => fusedState(own)) ?? [];
}

/** What a session is fed at every run. */
export function fedInputs({ inputs, microBatches }: Program): readonly Tensor[] {
  return [...inputs, ...(microBatches?.whole ?? []).map((whole) => whole.input)];
}

export interface StepModel {
  readonly model: Uint8Array;
  /** The names of the outputs, then those of the carried state. */
  readonly resultNames: readonly string[];
  readonly gradientNames: readonly string[];
  /** Rows of state and of gradients that are inputs and outputs of their own. */
  readonly rowSlices: readonly RowSlice[];
}

/** The model of a micro-batch. `accumulates`: its gradients add to those in the memory. */
export function encodeStep(program: Program, stages: Stages, accumulates: boolean): StepModel {
  const results = [...stages.outputs, ...stages.carried.map(({ next }) => next!)];
  const graph = simplify([...results, ...stages.gradients]);
  requireKnownInputs(graph, [...fedInputs(program), ...program.state.map((slot) => slot.input)]);
  const { graph: encoded, resultNames } = encodeGraph(graph, cpuForm);
  const gradientNames = resultNames.slice(results.length);
  const frozen = program.state.filter(({ next }) => next === undefined);
  const { graph: inPlace, rowSlices } = withRowSlices(encoded, [
    ...frozen.map((slot) => inputOf(slot.input)),
    ...stages.parameters.map((p, i) => ({ ...inputOf(p), gradient: gradientNames[i]! })),
  ]);
  const accumulated = gradientNames.flatMap((name) => {
    const own = rowSlices.filter(({ of }) => of === name);
    return own.length === 0 ? [name] : own.map((rowSlice) => rowSlice.name);
  });
  const summed = accumulates ? withAccumulatedOutputs(inPlace, accumulated) : inPlace;
  return {
    model: encodeModel(withUnreturnedOutputs(summed), cpuForm),
    resultNames: resultNames.slice(0, results.length),
    gradientNames,
    rowSlices,
  };
}

export interface UpdateModel {
  readonly model: Uint8Array;
  /** The names of the next values, in the order of `Stages.updated`. */
  readonly resultNames: readonly string[];
}

/** The input of the update's model that holds gradient `index` of one session. */
export const gradientInput = (index: number, session: number) => `gradient ${index}/${session}`;

/** The model of the update: it adds the gradients of so many sessions up and computes new state from them. */
export function encodeUpdate(program: Program, stages: Stages, sessions: number): UpdateModel {
  const summands = stages.gradients.map(({ shape }, i) =>
    Array.from({ length: sessions }, (_, session) => input(gradientInput(i, session), shape)),
  );
  const sums = summands.map((all) => all.reduce((total, x) => add(total, x)));
  const batchGradients = new Map(stages.gradients.map((gradient, i) => [gradient, sums[i]!]));
  const next = substitute(
    stages.updated.map((slot) => slot.next!),
    batchGradients,
  );
  const graph = simplify(next);
  const perSample = new Set(program.microBatches?.samples);
  const perBatch = program.inputs.filter((x) => !perSample.has(x));
  const state = program.state.map((slot) => slot.input);
  requireKnownInputs(graph, [...perBatch, ...state, ...summands.flat()]);
  const { graph: encoded, resultNames } = encodeGraph(graph, cpuForm);
  return { model: encodeModel(withUnreturnedOutputs(encoded), cpuForm), resultNames };
}
