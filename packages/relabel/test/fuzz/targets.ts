/** @file Fuzzed here: the argument of --threshold, and the ledger of labels. */
import { instantiate, LabelLedger, parseThresholdSpec, thresholds } from "@mvt/relabel";
import type { ThresholdDefinition } from "@mvt/relabel";
import { fc, type FuzzTarget, jsonLike, sentenceOf, utf8 } from "@mvt/testing/fuzz";

const names = Object.keys(thresholds);
const specs = [
  "sigmoid:k=20,x0=0.3",
  "./mine.ts:k=2",
  "C:\\mine.ts",
  "file:///home/me/mine.ts:a=1e-3",
  "@me/thresholds/steep",
];

const data = {
  ids: ["a", "b", "c"],
  given: Int32Array.of(0, 1, 2),
  classes: ["anger", "fear", "sadness"],
};

function textOfLedger(): string {
  const ledger = new LabelLedger(data);
  const numbers = { pMax: 0.9, pGt: 0.125, threshold: 0.45 };
  ledger.apply({ sample: 0, epoch: 2, label: 1, ...numbers });
  ledger.apply({ sample: 2, epoch: 3, label: 0, ...numbers });
  ledger.apply({ sample: 0, epoch: 3, label: 2, ...numbers });
  return ledger.toJsonLines();
}
const lines = textOfLedger().trimEnd().split("\n");

/** The ledger with one of its lines replaced by a line like it. */
const ledgerLike = fc
  .tuple(fc.nat(lines.length - 1), jsonLike(lines.map((line) => JSON.parse(line) as unknown)))
  .map(([at, line]) => lines.with(at, line).join("\n") + "\n");

export const targets: readonly FuzzTarget[] = [
  {
    name: "threshold",
    seeds: specs.map(utf8),
    structured: sentenceOf([
      ...names,
      ":",
      ":",
      "=",
      ",",
      "k=",
      "x0=",
      "scale=",
      "./",
      "file://",
      "0.5",
      "1e3",
    ]).map(utf8),
    parse: (input) => {
      const spec = parseThresholdSpec(Buffer.from(input).toString());
      if (spec.kind !== "built-in") return spec;
      const definition: ThresholdDefinition = thresholds[spec.target];
      const { f, name } = instantiate(definition, spec.parameters);
      return [spec, name, [0, 0.25, 0.5, 1].map(f)];
    },
  },
  {
    name: "label ledger",
    seeds: [utf8(textOfLedger()), utf8(new LabelLedger(data).toJsonLines())],
    structured: ledgerLike.map(utf8),
    parse: (input) => {
      const ledger = LabelLedger.fromJsonLines(Buffer.from(input).toString(), data);
      return [ledger.labels, ledger.changes, ledger.toJsonLines()];
    },
  },
];
