/** @file What several runs have in common, and a short name for each that says what sets it apart. */
import type { RunFacts } from "./run-facts.ts";

export interface LabelsApart {
  /** The parts of the titles that all have: "RAF-DB, seed 0"; empty if there are none. */
  readonly shared: string;
  /** A name for each run, in their order, all different. */
  readonly labels: readonly string[];
}

/** Of one run, the name is its title. `differs` of the facts is what these runs of one title differ in. */
export function labelsApart(
  runs: readonly Pick<RunFacts, "id" | "title" | "differs">[],
): LabelsApart {
  const parts = runs.map(({ title, differs }) => [...partsOf(title), ...differs]);
  const shared =
    runs.length === 1 ? [] : parts[0]!.filter((part) => parts.every((own) => own.includes(part)));
  const labels = parts.map(
    (own) => own.filter((part) => !shared.includes(part)).join(", ") || own.join(", "),
  );
  return {
    shared: shared.join(", "),
    labels: labels.map((label, i) =>
      labels.filter((other) => other === label).length > 1 ? `${label} ${runs[i]!.id}` : label,
    ),
  };
}

/** "RAF-DB", "power (exponent=1.2, scale=3)", "seed 0": commas in parentheses do not divide. */
const partsOf = (title: string) => title.split(/, (?![^(]*\))/).filter(Boolean);
