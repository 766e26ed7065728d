/** @file Parses one input twice and judges what came of it. */
import { createHash } from "node:crypto";
import { printableLines, UserError } from "@mvt/common";
import type { FailureKind, FuzzTarget } from "./target.ts";

/** What a parser made of an input: a value, by its digest, or a refusal. */
export type Verdict =
  | { readonly kind: "parsed"; readonly digest: string }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "failed"; readonly failure: FailureKind; readonly what: string };

/**
 * Parses the input twice. It fails if the parser throws another error than the project's own, if the second time differs
 * from the first, and if a file with a checksum gives another value than its seeds.
 *
 * @param known digests of what the seeds give; used only of a target with a checksum
 */
export async function examine(
  target: FuzzTarget,
  input: Uint8Array,
  known: ReadonlySet<string> | undefined,
): Promise<Verdict> {
  const first = await parseOnce(target, input.slice());
  if (first.kind === "failed") return first;
  const second = await parseOnce(target, input.slice());
  const [a, b] = [describe(first), describe(second)];
  if (a !== b) return failed("difference", `first: ${a}\nthen: ${b}`);
  if (target.checksum === true && first.kind === "parsed" && known?.has(first.digest) === false) {
    return failed("accepted", "a changed file that gives another value than it had");
  }
  return first;
}

async function parseOnce(target: FuzzTarget, input: Uint8Array): Promise<Verdict> {
  const verdict = await verdictOn(target, input);
  const changed = Object.keys(Object.prototype);
  if (changed.length === 0) return verdict;
  for (const key of changed) delete (Object.prototype as Record<string, unknown>)[key];
  return failed("error", `every object now has ${changed.join(", ")}`);
}

async function verdictOn(target: FuzzTarget, input: Uint8Array): Promise<Verdict> {
  let value: unknown;
  try {
    value = await target.parse(input);
  } catch (error) {
    if (isOwn(error, target)) return refusal(error as Error);
    return failed("error", error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { kind: "parsed", digest: digestOf(value) };
}

/** A message may quote the input, but must neither steer a terminal nor go on for ever. A mere reason becomes part of one. */
function refusal(error: Error): Verdict {
  const { message } = error;
  const isPrintable = !(error instanceof UserError) || printableLines(message) === message;
  if (isPrintable && message.length <= mostMessage) return { kind: "refused", message };
  return failed(
    "error",
    `a message that cannot be printed: ${JSON.stringify(message.slice(0, 500))}`,
  );
}

/** Characters of a message: twice what `boundLines` of @mvt/common leaves of a text, for finding and advice. */
const mostMessage = 400_000;

const failed = (failure: FailureKind, what: string) => ({ kind: "failed", failure, what }) as const;

const describe = (verdict: Verdict) =>
  verdict.kind === "parsed" ? `parsed, ${verdict.digest}` : JSON.stringify(verdict);

/**
 * Whether an error is one of the project's own: a UserError or a subclass (CommandLineError, UnreadableFileError,
 * WeightsError, DatasetError), whose message says what was expected, what came and what to do. Errors of the language,
 * of Node and of libraries are not; a plain Error is, of a parser that gives a reason to its caller.
 */
function isOwn(error: unknown, { refusesByReason = false }: FuzzTarget): boolean {
  if (error instanceof UserError) return true;
  return refusesByReason && error instanceof Error && error.constructor === Error;
}

/** SHA-256 of a value, whatever it is made of, however deep, and in whatever order its keys. Functions count as one. */
export function digestOf(value: unknown): string {
  const hash = createHash("sha256");
  const left: unknown[] = [value]; // the next is the last
  while (left.length > 0) {
    const next = left.pop();
    if (ArrayBuffer.isView(next)) {
      hash.update(`${next.constructor.name} ${next.byteLength} `);
      hash.update(new Uint8Array(next.buffer, next.byteOffset, next.byteLength));
    } else if (typeof next === "object" && next !== null) {
      const isList = next instanceof Map || next instanceof Set || Array.isArray(next);
      const entries = Object.entries(next).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const items: readonly unknown[] = isList ? [...next] : entries.flat();
      hash.update(`${next.constructor?.name ?? "object"} ${items.length} `);
      left.push(...items.toReversed());
    } else hash.update(`${typeof next} ${shown(next)} `);
  }
  return hash.digest("hex");
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  return typeof value === "function" ? "" : String(value);
}
