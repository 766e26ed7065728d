/** @file What one of the benchmarks found. */
import { UserError } from "@mvt/common";
import type { Scaling, SpeedSetting } from "@mvt/report";
import type { Competitor } from "../processes/competitor.ts";
import type { Failure, RoundsResult } from "../processes/rounds.ts";

export interface Findings {
  /** Competitors that were compared with each other. */
  readonly settings: readonly SpeedSetting[];
  /** How time and memory scale with one quantity each. */
  readonly scalings: readonly Scaling[];
  readonly failures: readonly Failure[];
  /** What computed, with versions. */
  readonly software: readonly string[];
  /** What a reader must know about the numbers. */
  readonly notes: readonly string[];
}

/** The result of rounds as findings. Throws a UserError if the `required` competitor failed. */
export function findingsOf(
  { timings, products, failures, ready }: RoundsResult,
  setting: Pick<SpeedSetting, "id" | "title" | "pairs">,
  required: Competitor,
): Findings {
  const failure = failures.find(({ competitor }) => competitor.id === required.id);
  if (failure) throw requiredFailed(failure.competitor, failure.reason);
  return {
    settings: [{ ...setting, timings, products }],
    scalings: [],
    failures,
    software: ready.map((one) => one.ready).filter(Boolean),
    notes: ready.flatMap(({ title, notes }) => notes.map((note) => `${title}: ${note}`)),
  };
}

/** The error for a competitor without which there is nothing to report. */
export function requiredFailed({ title }: Competitor, reason: string): UserError {
  return new UserError(`bench: expected ${title} to work here, but: ${reason}`, {
    advice: "`pnpm exp doctor` says what this machine has.",
  });
}

/** Several findings as one, in their order. */
export function combined(findings: readonly Findings[]): Findings {
  const all = <Key extends keyof Findings>(key: Key) =>
    findings.flatMap((one) => one[key] as readonly Findings[Key][number][]);
  return {
    settings: all("settings"),
    scalings: all("scalings"),
    failures: all("failures"),
    software: [...new Set(all("software"))],
    notes: [...new Set(all("notes"))],
  };
}
