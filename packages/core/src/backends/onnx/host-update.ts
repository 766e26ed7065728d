/** @file The optimiser's part of a step on the CPU: what happens once per batch, after all micro-batches. */
import { sum } from "@mvt/common";
import type { FusedAdamW } from "../../optim/adamw.ts";
import { inputOf } from "../../program/program.ts";
import type { Feeds, Program } from "../../program/program.ts";
import type { HostMemory } from "./host-memory.ts";
import { encodeUpdate, gradientInput } from "./host-model.ts";
import type { Stages } from "./host-model.ts";
import { openHostSession } from "./host-session.ts";
import type { HostSession } from "./host-session.ts";

export interface HostUpdate {
  /** Computes new state from the gradients in the memory. */
  apply(feeds: Feeds): Promise<void>;
  close(): Promise<void>;
}

/** AdamW's kernel, in the threads of all sessions. */
export function fusedUpdate(sessions: readonly HostSession[], fused: FusedAdamW): HostUpdate {
  const { clipNorm, sam } = fused;
  const [learningRate, step] = [fused.learningRate, fused.step].map((x) => inputOf(x).name);
  /** ‖g‖ of the gradients, which it adds up. */
  const addedNorm = async () =>
    Math.sqrt(sum(await Promise.all(sessions.map((session) => session.addGradients()))));
  return {
    async apply(feeds) {
      if (sam && feeds[inputOf(sam.pass).name]![0] === 0) {
        const distance = sam.rho / ((await addedNorm()) + sam.epsilon);
        await Promise.all(sessions.map((session) => session.ascend(distance)));
        return;
      }
      const norm = clipNorm === undefined ? undefined : await addedNorm();
      const given = {
        learningRate: feeds[learningRate!]![0]!,
        step: feeds[step!]![0]!,
        gradientScale: norm === undefined ? 1 : Math.min(1, clipNorm! / (norm + 1e-6)),
        gradientsAdded: norm !== undefined,
      };
      await Promise.all(sessions.map((session) => session.update(given)));
    },
    close: async () => {},
  };
}

/** Any other optimiser: its graph in a session, which reads feeds as the first session of micro-batches has them. */
export async function openGraphUpdate(
  program: Program,
  stages: Stages,
  { memory, state, sessions, updated }: HostMemory,
  threads: number,
): Promise<HostUpdate> {
  const { model, resultNames } = encodeUpdate(program, stages, sessions.length);
  const gradients = sessions.flatMap((own, session) =>
    own.gradients.map((slice, i) => [gradientInput(i, session), slice] as const),
  );
  const session = await openHostSession({
    model,
    memory,
    threads,
    inputs: Object.fromEntries([...sessions[0]!.feeds, ...state, ...gradients]),
    outputs: Object.fromEntries(resultNames.map((name, i) => [name, updated[i]!])),
    gradients: {},
    accumulates: false,
  });
  return {
    apply: () => session.run({ first: true }),
    close: () => session.close(),
  };
}
