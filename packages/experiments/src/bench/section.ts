/** @file What one part of the benchmark found. */
import type { Scaling, SpeedSetting } from "@mvt/report";
import { UsageError } from "../usage-error.ts";
import type { Contestant } from "./contestant.ts";
import type { Failure, Outcome } from "./rounds.ts";

export interface Section {
  readonly settings: readonly SpeedSetting[];
  readonly growths: readonly Scaling[];
  readonly failures: readonly Failure[];
  /** What computed, with versions, and what contestants said of themselves. */
  readonly software: readonly string[];
  readonly notes: readonly string[];
}

/** What was played, as a section. Throws a UsageError where it failed for the one that all depends on. */
export function sectionOf(
  { timings, products, failures, ready }: Outcome,
  setting: Pick<SpeedSetting, "id" | "title" | "pairs">,
  needed: Contestant,
): Section {
  const failure = failures.find(({ contestant }) => contestant.id === needed.id);
  if (failure) throw failed(failure.contestant, failure.reason);
  return {
    settings: [{ ...setting, timings, ...(products ? { products } : {}) }],
    growths: [],
    failures,
    software: ready.map((one) => one.ready).filter(Boolean),
    notes: ready.flatMap(({ title, notes }) => notes.map((note) => `${title}: ${note}`)),
  };
}

/** The error for a contestant without which there is nothing to tell. */
export function failed({ title }: Contestant, reason: string): UsageError {
  return new UsageError(
    `bench: expected ${title} to work here, but: ${reason}. \`pnpm exp doctor\` says what this machine has.`,
  );
}

/** One after another. */
export function joined(sections: readonly Section[]): Section {
  const all = <Key extends keyof Section>(key: Key) =>
    sections.flatMap((section) => section[key] as readonly Section[Key][number][]);
  return {
    settings: all("settings"),
    growths: all("growths"),
    failures: all("failures"),
    software: [...new Set(all("software"))],
    notes: [...new Set(all("notes"))],
  };
}
