/** @file Contestants in turns, A B C A B C, so that a machine that drifts hits all of them alike. */
import { setTimeout as pause } from "node:timers/promises";
import type { TimedProduct, Timing } from "@mvt/report";
import { ContestantError, openContestant } from "./contestant.ts";
import type { Contestant, OpenContestant } from "./contestant.ts";
import type { Ready } from "./protocol.ts";

/** Milliseconds: ONNX Runtime's threads keep a core busy for some 20 after the last step, and wait for more. */
const betweenTurns = 100;

export interface RoundOptions {
  readonly rounds: number;
  /** Of each contestant in each round. */
  readonly steps: number;
  readonly onTurn?: (contestant: Contestant, round: number) => void;
}

export interface Outcome {
  /** In the order of the contestants; without those that finished no round. */
  readonly timings: readonly Timing[];
  /** Who could not take part, or not to the end. */
  readonly failures: readonly Failure[];
  /** What each that was ever warm said of itself. */
  readonly ready: readonly (Ready & Pick<Contestant, "title">)[];
  /** Of the floor, as of its last round. */
  readonly products?: readonly TimedProduct[];
}

export interface Failure {
  readonly contestant: Contestant;
  readonly reason: string;
}

interface Player {
  readonly contestant: Contestant;
  readonly open: OpenContestant;
  readonly rounds: (readonly number[])[];
  peak?: number;
  failed?: true;
}

/** All processes live from the first round to the last; while one has its turn the others wait. */
export async function playRounds(
  contestants: readonly Contestant[],
  { rounds, steps, onTurn }: RoundOptions,
): Promise<Outcome> {
  const players: Player[] = [];
  const failures: Failure[] = [];
  let products: readonly TimedProduct[] | undefined;
  const fail = (contestant: Contestant, error: unknown) => {
    if (!(error instanceof ContestantError)) throw error;
    failures.push({ contestant, reason: error.message });
  };

  const play = async (player: Player, round: number) => {
    const { contestant, open } = player;
    const { pace } = contestant;
    if (player.failed || round > (pace?.rounds ?? rounds)) return [];
    onTurn?.(contestant, round);
    try {
      await pause(betweenTurns);
      const timed = await open.time(pace?.steps ?? steps);
      if (timed.peak !== undefined) player.peak = timed.peak;
      products = timed.products ?? products;
      return timed.seconds;
    } catch (error) {
      fail(contestant, error);
      player.failed = true;
      return [];
    }
  };

  try {
    for (const contestant of contestants) {
      onTurn?.(contestant, 0);
      try {
        players.push({ contestant, open: await openContestant(contestant), rounds: [] });
      } catch (error) {
        fail(contestant, error);
      }
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const player of players) player.rounds.push(await play(player, round));
    }
  } finally {
    await Promise.all(players.map(({ open }) => open.close()));
  }
  return {
    timings: players
      .filter((one) => one.rounds.some((seconds) => seconds.length > 0))
      .map(timingOf),
    failures,
    ready: players.map(({ contestant: { title }, open }) => ({ title, ...open.ready })),
    ...(products ? { products } : {}),
  };
}

function timingOf({ contestant: { id, title, batchSize }, rounds, peak }: Player): Timing {
  return { id, title, batchSize, rounds, peak };
}
