/** @file The memory of a program on the CPU: where its state lies, and what each session reads and writes. */
import { fusedState } from "../../optim/adamw.ts";
import { inputOf } from "../../program/program.ts";
import type { Program } from "../../program/program.ts";
import type { Tensor } from "../../tensor.ts";
import { planAdamW } from "./adamw-kernel.ts";
import type { AdamWPlan } from "./adamw-kernel.ts";
import { fedInputs, slotsOf } from "./host-model.ts";
import type { Stages } from "./host-model.ts";
import { MemoryLayout, viewOf } from "./shared-memory.ts";
import type { MemorySlice, SharedMemory } from "./shared-memory.ts";

export interface HostMemory {
  readonly memory: SharedMemory;
  /** By name, in the order of the program's state. */
  readonly state: ReadonlyMap<string, MemorySlice & { readonly initial?: number }>;
  readonly sessions: readonly SessionMemory[];
  /** Next values of `Stages.updated`. */
  readonly updated: readonly MemorySlice[];
  /** Where the kernel finds what it updates. */
  readonly adamw?: AdamWPlan;
}

/** What a session has for itself. */
export interface SessionMemory {
  readonly feeds: ReadonlyMap<string, MemorySlice>;
  readonly outputs: readonly MemorySlice[];
  /** Next values of `Stages.carried`. */
  readonly carried: readonly MemorySlice[];
  readonly gradients: readonly MemorySlice[];
}

/** Allocates everything, with state at its initial values. Throws RangeError if it takes more than 4 GiB. */
export function allocateHostMemory(
  program: Program,
  stages: Stages,
  sessionCount: number,
): HostMemory {
  const layout = new MemoryLayout();
  const reserveAll = (tensors: readonly Tensor[]) => tensors.map((x) => layout.reserve(x));
  const nextOf = (slots: Stages["carried"]) => reserveAll(slots.map(({ next }) => next!));
  const adamw = stages.fused && planAdamW(stages.fused, layout, sessionCount);

  const places = adamw?.parameters.flatMap((own) => fusedState(own));
  const inPlace = new Map(slotsOf(stages.fused).map((x, i) => [inputOf(x).name, places![i]!]));
  const state: HostMemory["state"] = new Map(
    program.state.map(({ input, initial }) => {
      const { name } = inputOf(input);
      return [name, { ...(inPlace.get(name) ?? layout.reserve(input)), initial }];
    }),
  );
  const sessions = Array.from({ length: sessionCount }, (_, session): SessionMemory => ({
    feeds: new Map(fedInputs(program).map((x) => [inputOf(x).name, layout.reserve(x)])),
    outputs: reserveAll(stages.outputs),
    carried: nextOf(stages.carried),
    gradients:
      adamw?.parameters.map(({ gradients }) => gradients[session]!) ?? reserveAll(stages.gradients),
  }));
  const updated = nextOf(stages.updated);

  const memory = layout.allocate();
  for (const { initial = 0, ...slice } of state.values()) {
    if (initial !== 0) viewOf(memory, slice).fill(initial); // it is zero already
  }
  return { memory, state, sessions, updated, adamw };
}
