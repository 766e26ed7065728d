/**
 * @file The ledger as text, JSON Lines (jsonlines.org): a header, then one change per line.
 *
 * Numbers are written as JavaScript prints them, the shortest decimals that read back to the same bits,
 * so writing what was read gives the same text.
 */
import { isRecord, parseJson, shorten, UserError } from "@mvt/common";

/** The format written here. Raise the version if older code cannot read what is written. */
const format = "mvt-labels";
const version = 1;

/** One change of one label, with the numbers that Eq. 6 decided on. */
export interface LabelChange {
  /** Counted from 1. */
  readonly epoch: number;
  /** The sample's id in its data set. */
  readonly id: string;
  /** The label before and after, by class name. */
  readonly from: string;
  readonly to: string;
  readonly pMax: number;
  readonly pGt: number;
  /** f(P_gt) + delta. */
  readonly threshold: number;
}

export interface LedgerHeader {
  /** How many samples there are, changed or not. */
  readonly samples: number;
  readonly classes: readonly string[];
  /** A digest of all ids and given labels: which data the changes belong to. */
  readonly data: string;
}

export function writeLines(header: LedgerHeader, changes: readonly LabelChange[]): string {
  const lines = [
    { format, version, ...header },
    ...changes.map(({ epoch, id, from, to, pMax, pGt, threshold }) => {
      return { epoch, id, from, to, pMax, pGt, threshold };
    }),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Header and changes as written; the ledger checks whether they fit the data. */
export function readLines(text: string): {
  readonly header: LedgerHeader;
  readonly changes: readonly LabelChange[];
} {
  if (!text.endsWith("\n")) {
    const found = text === "" ? "an empty file" : "the end of the file: it is cut short";
    throw lineError(text.split("\n").length, "a line that ends in a line break", found);
  }
  const [first = "", ...rest] = text.slice(0, -1).split("\n");
  return { header: readHeader(first), changes: rest.map((line, i) => readChange(line, i + 2)) };
}

/** `line` is 1-based and counts the header. */
export function lineError(line: number, expected: string, found: string): UserError {
  return new UserError(
    `label ledger, line ${line}: expected ${expected}, got ${found}. Restore the file, or remove it to begin again from the given labels.`,
  );
}

function readHeader(line: string): LedgerHeader {
  const found = parse(line, 1);
  if (found["format"] !== format || found["version"] !== version) {
    throw lineError(1, `"format":"${format}","version":${version}`, quoted(line));
  }
  const { samples, classes, data } = found;
  if (!isCount(samples) || !isNames(classes) || typeof data !== "string") {
    throw lineError(1, "samples (a count), classes (names) and data (a digest)", quoted(line));
  }
  return { samples, classes, data };
}

function readChange(line: string, number: number): LabelChange {
  const change = parse(line, number);
  if (!isChange(change)) {
    throw lineError(number, "epoch, id, from, to, pMax, pGt and threshold", quoted(line));
  }
  const { epoch, id, from, to, pMax, pGt, threshold } = change;
  return { epoch, id, from, to, pMax, pGt, threshold };
}

function parse(line: string, number: number): Readonly<Record<string, unknown>> {
  const value = parseJson(line);
  if (isRecord(value)) return value;
  throw lineError(number, "one JSON object", quoted(line));
}

function isChange(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & LabelChange {
  const { epoch, id, from, to, pMax, pGt, threshold } = value;
  return (
    isCount(epoch) &&
    isNames([id, from, to]) &&
    [pMax, pGt, threshold].every((number) => typeof number === "number")
  );
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

const quoted = (line: string) => (line === "" ? "an empty line" : shorten(line));
