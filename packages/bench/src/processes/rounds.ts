/** @file Interleaved rounds: A B C A B C, so that a machine that becomes slower does so for all competitors. */
import { setTimeout as pause } from "node:timers/promises";
import type { TimedProduct, Timing } from "@mvt/report";
import { CompetitorError, openCompetitor } from "./competitor.ts";
import type { Competitor, OpenCompetitor } from "./competitor.ts";
import type { Ready } from "./protocol.ts";

/** Milliseconds before each competitor runs. ONNX Runtime's threads keep a core busy for some 20 ms after a step. */
const pauseBetween = 100;

export interface RoundOptions {
  readonly rounds: number;
  /** Of each competitor in each round. */
  readonly steps: number;
  /** A competitor's process is about to start. */
  readonly onStart?: (competitor: Competitor) => void;
  /** A competitor is about to run its steps of this round; the first is 1. */
  readonly onRound?: (competitor: Competitor, round: number) => void;
}

export interface RoundsResult {
  /** In the order of the competitors, without those that finished no round. */
  readonly timings: readonly Timing[];
  /** Competitors that did not start, or did not finish all rounds. */
  readonly failures: readonly Failure[];
  /** What each competitor that started said of itself. */
  readonly ready: readonly (Ready & Pick<Competitor, "title">)[];
  /** Where the matrix products alone were timed: each of them, in the last round. */
  readonly products?: readonly TimedProduct[];
}

export interface Failure {
  readonly competitor: Competitor;
  readonly reason: string;
}

/** A competitor with what was measured so far. */
interface Running {
  readonly competitor: Competitor;
  readonly open: OpenCompetitor;
  readonly rounds: (readonly number[])[];
  peak?: number;
  failed?: true;
}

/**
 * Starts all competitors, then times their steps round by round. Every process lives from the first round to the
 * last; while one runs, the others wait.
 */
export async function timeInRounds(
  competitors: readonly Competitor[],
  { rounds, steps, onStart, onRound }: RoundOptions,
): Promise<RoundsResult> {
  const running: Running[] = [];
  const failures: Failure[] = [];
  let products: readonly TimedProduct[] | undefined;
  const fail = (competitor: Competitor, error: unknown) => {
    if (!(error instanceof CompetitorError)) throw error;
    failures.push({ competitor, reason: error.message });
  };

  const timeRound = async (one: Running, round: number): Promise<readonly number[]> => {
    const { competitor, open } = one;
    const { repetitions } = competitor;
    if (one.failed || round > (repetitions?.rounds ?? rounds)) return [];
    onRound?.(competitor, round);
    try {
      await pause(pauseBetween);
      const timed = await open.time(repetitions?.steps ?? steps);
      one.peak = timed.peak ?? one.peak;
      products = timed.products ?? products;
      return timed.seconds;
    } catch (error) {
      fail(competitor, error);
      one.failed = true;
      return [];
    }
  };

  try {
    for (const competitor of competitors) {
      onStart?.(competitor);
      try {
        running.push({ competitor, open: await openCompetitor(competitor), rounds: [] });
      } catch (error) {
        fail(competitor, error);
      }
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const one of running) one.rounds.push(await timeRound(one, round));
    }
  } finally {
    await Promise.all(running.map(({ open }) => open.close()));
  }
  return {
    timings: running
      .filter((one) => one.rounds.some((seconds) => seconds.length > 0))
      .map(timingOf),
    failures,
    ready: running.map(({ competitor: { title }, open }) => ({ title, ...open.ready })),
    products,
  };
}

function timingOf({ competitor: { id, title, batchSize }, rounds, peak }: Running): Timing {
  return { id, title, batchSize, rounds, peak };
}
