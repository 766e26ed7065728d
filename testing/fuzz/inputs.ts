/** @file Inputs of a target: its seeds with a few bytes changed, and well-formed inputs with odd values. */
import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { FuzzTarget } from "./target.ts";

/** Texts that parsers of numbers, names and paths stumble over. */
export const oddTexts: readonly string[] = [
  "",
  " ",
  "0",
  "-0",
  "-1",
  "1.5",
  "0x10",
  "1e999",
  "NaN",
  "Infinity",
  "4294967296",
  "9007199254740993",
  "99999999999999999999999",
  "1_000",
  "\u0661",
  "null",
  "true",
  "undefined",
  "\0",
  "\u001B[2J",
  "\uFEFF",
  "\uD800",
  "\u202E",
  "\u{1F600}",
  "'",
  '"',
  '""',
  ",",
  "\t",
  "\r",
  "\n",
  "=1+1",
  "../../../etc/passwd",
  "/dev/zero",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "a".repeat(2000),
  "9".repeat(400),
];

/** Values of JSON that a check may forget. `deep` stands for lists in lists, which JSON.stringify could not write. */
const deep = "<lists in lists>";
const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  0.5,
  1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e21,
  5e-324,
  [],
  {},
  [[[]]],
  [null],
  { a: 1 },
  deep,
  Array.from({ length: 1000 }, () => 0),
  ...oddTexts,
];

/** Numbers of the input at these places become these texts. */
const hugeNumbers = [
  "0",
  "-1",
  "65536",
  "2147483647",
  "4294967295",
  "18446744073709551615",
  "1e308",
];

const kinds = [
  "flip",
  "set",
  "truncate",
  "zero tail",
  "double",
  "remove",
  "swap",
  "insert",
  "integer",
  "number",
  "splice",
] as const;

interface Step {
  readonly kind: (typeof kinds)[number];
  /** Shares of the length of the input, so that a step fits every input. */
  readonly at: number;
  readonly to: number;
  /** Of the bytes that are written. */
  readonly value: number;
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const step: Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: share,
  to: share,
  value: fc.nat(2 ** 31 - 1),
});

/** How many edits an input has: mostly one, so that it gets far into the parser. */
function few<Edit>(edit: Arbitrary<Edit>): Arbitrary<readonly Edit[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(edit) },
    fc.array(edit, { minLength: 2, maxLength: 4 }),
  );
}

/** One of the seeds with one to four steps of damage. */
export function mutated(seeds: readonly Uint8Array[]): Arbitrary<Uint8Array> {
  const one = fc.constantFrom(...seeds);
  return fc
    .tuple(one, one, few(step))
    .map(([bytes, other, steps]) => steps.reduce((now, next) => damage(now, next, other), bytes));
}

/** The bytes after one step; a copy. */
function damage(bytes: Uint8Array, { kind, at, to, value }: Step, other: Uint8Array): Uint8Array {
  const from = Math.floor(at * bytes.length);
  const length = 1 + Math.floor(to * Math.min(64, bytes.length));
  const end = Math.min(bytes.length, from + length);
  const parts = (...all: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(all));
  const [before, middle, after] = [
    bytes.subarray(0, from),
    bytes.subarray(from, end),
    bytes.subarray(end),
  ];
  switch (kind) {
    case "flip":
      return with8(bytes, from, (byte) => byte ^ (1 << (value % 8)));
    case "set":
      return with8(bytes, from, () => value % 256);
    case "truncate":
      return bytes.slice(0, from);
    case "zero tail":
      return parts(before, new Uint8Array(bytes.length - from));
    case "double":
      return parts(before, middle, middle, after);
    case "remove":
      return parts(before, after);
    case "swap":
      return parts(after, middle, before);
    case "insert":
      return parts(
        before,
        Uint8Array.from({ length }, (_, i) => value >> (i % 24)),
        middle,
        after,
      );
    case "integer":
      return withInteger(bytes, from, value);
    case "number":
      return withNumber(bytes, from, value);
    case "splice":
      return parts(before, other.subarray(Math.floor(to * other.length)));
  }
}

function with8(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice();
  if (at < copy.length) copy[at] = change(copy[at]!);
  return copy;
}

/** Two, four or eight bytes become an extreme integer, in either order of bytes. */
function withInteger(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  const size = [2, 4, 8][value % 3]!;
  const extremes = [0n, 1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 2n ** 31n - 1n, 2n ** 32n - 1n, -1n];
  const integer = BigInt.asUintN(8 * size, extremes[(value >> 2) % extremes.length]!);
  for (let i = 0; i < size && at + i < copy.length; i += 1) {
    const place = value % 2 === 0 ? i : size - 1 - i;
    copy[at + i] = Number((integer >> BigInt(8 * place)) & 0xffn);
  }
  return copy;
}

/** The next number in digits behind `at` becomes another. */
function withNumber(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const number = /\d+/g;
  number.lastIndex = at;
  const found = number.exec(text);
  if (found === null) return bytes.slice();
  const other = hugeNumbers[value % hugeNumbers.length]!;
  const [before, after] = [text.slice(0, found.index), text.slice(found.index + found[0].length)];
  return Uint8Array.from(Buffer.from(before + other + after, "latin1"));
}

/** A text as UTF-8. */
export const utf8 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

/** JSON of one of these values with one to four of its parts replaced, removed, doubled or added. */
export function jsonLike(values: readonly unknown[]): Arbitrary<string> {
  const edit = fc.record({
    path: fc.array(fc.nat(1000), { maxLength: 6 }),
    what: fc.constantFrom("replace", "remove", "add", "wrap", "double"),
    key: fc.constantFrom(...oddTexts),
    value: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...oddValues) }, fc.jsonValue()),
  });
  return fc.tuple(fc.constantFrom(...values), few(edit)).map(([value, edits]) => {
    const holder = { value: structuredClone(value) };
    for (const each of edits) editJson(holder, each);
    const json = JSON.stringify(holder.value) ?? "";
    return json.replaceAll(JSON.stringify(deep), "[".repeat(20_000) + "]".repeat(20_000));
  });
}

interface JsonEdit {
  /** Which key to follow, again and again, modulo their number. */
  readonly path: readonly number[];
  readonly what: "replace" | "remove" | "add" | "wrap" | "double";
  readonly key: string;
  readonly value: unknown;
}

function editJson(root: object, { path, what, key, value }: JsonEdit): void {
  let [parent, name] = [root as Record<string, unknown>, "value"];
  for (const part of path) {
    const at = parent[name];
    if (typeof at !== "object" || at === null || Object.keys(at).length === 0) break;
    const names = Object.keys(at);
    [parent, name] = [at as Record<string, unknown>, names[part % names.length]!];
  }
  const at = parent[name];
  if (what === "remove") delete parent[name];
  else if (what === "wrap") parent[name] = [at];
  else if (what === "double" && Array.isArray(at)) parent[name] = [...at, ...at];
  else if (what === "add" && typeof at === "object" && at !== null) {
    // Not by assignment, which would set the prototype.
    Object.defineProperty(at, key, { value, enumerable: true, configurable: true, writable: true });
  } else parent[name] = value;
}

/** Lines of fields with some of them replaced, doubled, moved or removed; `separator` joins fields, `end` lines. */
export function tableLike(
  rows: readonly (readonly string[])[],
  separator = ",",
  ends: readonly string[] = ["\n", "\r\n"],
): Arbitrary<string> {
  const edit = fc.record({
    row: fc.nat(1000),
    column: fc.nat(1000),
    what: fc.constantFrom("field", "field", "field", "remove", "double", "move", "lengthen"),
    text: fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: "binary", maxLength: 8 })),
  });
  return fc.tuple(few(edit), fc.constantFrom(...ends)).map(([edits, end]) => {
    const table = rows.map((row) => [...row]);
    for (const { row, column, what, text } of edits) {
      const at = row % Math.max(table.length, 1);
      const fields = table[at];
      if (fields === undefined) break;
      if (what === "remove") table.splice(at, 1);
      else if (what === "double") table.splice(at, 0, [...fields]);
      else if (what === "move") table.push(...table.splice(at, 1));
      else if (what === "lengthen") fields.push(text);
      else fields[column % Math.max(fields.length, 1)] = text;
    }
    return table.map((fields) => fields.join(separator) + end).join("");
  });
}

/** Up to `most` of these tokens, or of `oddTexts`, one after another. */
export function sentenceOf(tokens: readonly string[], most = 12): Arbitrary<string> {
  const token = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...tokens) },
    fc.constantFrom(...oddTexts),
  );
  return fc.array(token, { maxLength: most }).map((all) => all.join(""));
}

/**
 * Input `i` of a target: the same for the same seed, whatever was made before it. Half of them are mutated seeds, the
 * others well-formed, if the target has such.
 */
export function inputOf(
  { name, seeds, structured }: FuzzTarget,
  seed: number,
  i: number,
): Uint8Array {
  const arbitrary = structured !== undefined && i % 2 === 1 ? structured : mutated(seeds);
  return fc.sample(arbitrary, { seed: hash(`${seed} ${name} ${i}`), numRuns: 1 })[0]!;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value;
}
