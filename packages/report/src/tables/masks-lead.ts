/** @file The first sentence of a table of masks: whether soft MGN masks beat masks that ignore the image. */
import { groupBy } from "@mvt/common";
import { conjunction } from "../columns.ts";
import { holm, pairedT } from "../paired-tests.ts";
import { maskPercent } from "./configuration.ts";
import { level, pWords, type Verdict } from "./comparisons.ts";

/** What the sentence needs of a row. */
export interface RankedMasks {
  readonly dataset: string;
  readonly m: number;
  /** As the table prints it: "MGN, soft". */
  readonly title: string;
  /** "mgn-soft" or a kind of masks that ignores the image. */
  readonly source: string;
  readonly runs: readonly { readonly seed: number; readonly auc?: number }[];
}

interface MaskComparison {
  readonly setting: string;
  readonly other: string;
  readonly mean: number;
  readonly standardError?: number;
  /** By Holm's method for the comparisons of one setting; unknown with one seed. */
  readonly p?: number;
  readonly verdict?: Verdict;
}

const ignoring = ["random", "ellipse", "corners"];

/** More settings are counted. */
const namedSettings = 3;

/** Undefined if no setting has both kinds of masks. AUC differences are paired by seed. */
export function masksLead(rows: readonly RankedMasks[]): string | undefined {
  const groups = [
    ...groupBy(rows, ({ dataset, m }) => `${dataset}, m = ${maskPercent(m)} %`),
  ].flatMap(([setting, group]) => {
    const comparisons = compareMasks(setting, group);
    return comparisons.length > 0 ? [comparisons] : [];
  });
  if (groups.length === 0) return undefined;
  const seeds = Math.max(...rows.map(({ runs }) => runs.length));
  const words =
    groups.length > namedSettings
      ? countedWords(groups.flat(), groups.length)
      : groups.map((group) => `on ${group[0]!.setting}, ${groupWords(group)}`).join("; ");
  const sure =
    seeds === 1
      ? "one seed, which does not tell whether this is more than chance"
      : `${seeds} seeds, paired t-tests with Holm's correction`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} (${sure}).`;
}

function compareMasks(setting: string, group: readonly RankedMasks[]): readonly MaskComparison[] {
  const soft = group.find(({ source }) => source === "mgn-soft");
  const compared = group.flatMap(({ source, title, runs }) => {
    if (soft === undefined || !ignoring.includes(source)) return [];
    const differences = soft.runs.flatMap(({ seed, auc }) => {
      const other = runs.find((run) => run.seed === seed)?.auc;
      return auc === undefined || other === undefined ? [] : [auc - other];
    });
    return differences.length === 0 ? [] : [{ other: title, ...pairedT(differences) }];
  });
  const ps = holm(compared.map(({ p = 1 }) => p));
  return compared.map(({ other, mean, standardError, p: raw }, i) => {
    if (raw === undefined) return { setting, other, mean };
    const p = ps[i]!;
    const verdict = p >= level ? "not distinguishable" : mean > 0 ? "higher" : "lower";
    return { setting, other, mean, standardError, p, verdict };
  });
}

/** "soft MGN masks have a clearly higher AUC than Random (+0.311 ± 0.015, p below 0.001)". */
function groupWords(group: readonly MaskComparison[]): string {
  const phrases = [
    { verdict: "higher", words: "a clearly higher AUC than" },
    { verdict: "lower", words: "a clearly lower one than" },
    { verdict: "not distinguishable", words: "one not distinguishable from that of" },
    { verdict: undefined, words: "an AUC that differs from that of" },
  ].flatMap(({ verdict, words }) => {
    const rows = group.filter((comparison) => comparison.verdict === verdict);
    return rows.length === 0 ? [] : [`${words} ${conjunction.format(rows.map(maskWords))}`];
  });
  return `soft MGN masks have ${conjunction.format(phrases)}`;
}

/** "Random (+0.311 ± 0.015, p below 0.001)" */
function maskWords({ other, mean, standardError, p }: MaskComparison): string {
  const difference = `${mean < 0 ? "−" : "+"}${Math.abs(mean).toFixed(3)}`;
  if (standardError === undefined || p === undefined) return `${other} (${difference})`;
  const words = pWords(p);
  return `${other} (${difference} ± ${standardError.toFixed(3)}, p ${words.startsWith("below") ? words : `= ${words}`})`;
}

function countedWords(comparisons: readonly MaskComparison[], settings: number): string {
  if (comparisons.every(({ verdict }) => verdict === undefined)) {
    const higher = comparisons.filter(({ mean }) => mean > 0).length;
    return `of ${comparisons.length} comparisons with masks that ignore the image, in ${settings} settings, soft MGN masks have the higher AUC in ${higher}`;
  }
  const count = (verdict: Verdict) =>
    comparisons.filter((comparison) => comparison.verdict === verdict).length;
  return `of ${comparisons.length} comparisons with masks that ignore the image, in ${settings} settings, soft MGN masks have a clearly higher AUC in ${count("higher")} and a clearly lower one in ${count("lower")}; ${count("not distinguishable")} are not distinguishable`;
}
