/** @file What the user says of custom data, above all what its class names mean. It is never guessed from an order. */
import { didYouMean, isRecord, listFirst, reasonOf, shorten, UserError } from "@mvt/common";
import { DatasetError } from "../error.ts";
import { type Expression, expressions } from "../expression.ts";
import { readLabelText } from "../label-text.ts";
import { nameKey } from "../names.ts";

/** What a class name means; "drop" leaves its images out. */
export type ClassMeaning = Expression | "drop";

/** Class names as the user's folders or tables have them. */
export type ClassMapping = Readonly<Record<string, ClassMeaning>>;

export const customLayouts = ["folders", "csv"] as const;
export type CustomLayout = (typeof customLayouts)[number];

export interface CustomOptions {
  /** What the names of folders or labels mean. */
  readonly classes: ClassMapping;
  /** Default: "csv" if there is a labels.csv, else "folders". */
  readonly layout?: CustomLayout;
  /** As reports print it; default "Custom data". */
  readonly title?: string;
}

const meanings: ReadonlySet<string> = new Set([...expressions, "drop"]);
const allowed = [...expressions, "or drop"].join(", ");

/** Reads "angry=anger,happy=happiness,other=drop". */
function parseClassMapping(text: string): ClassMapping {
  const entries = text.split(",").map((entry): [string, string] => {
    const [, name, meaning] = /^([^=]+)=([^=]+)$/.exec(entry) ?? [];
    if (name === undefined || meaning === undefined) {
      throw new DatasetError(
        `classes: expected NAME=EXPRESSION with commas between, as in "angry=anger,happy=happiness", ` +
          `found "${shorten(entry)}". Write a mapping file for names with commas or equals signs.`,
      );
    }
    return [name.trim(), meaning.trim()];
  });
  return toMapping("classes", entries);
}

/** Reads a JSON file such as {"angry": "anger", "happy": "happiness", "other": "drop"}. */
async function readClassMapping(path: string): Promise<ClassMapping> {
  const text = await readLabelText(path).catch((cause: Error) => {
    if (cause instanceof UserError) throw cause;
    throw new DatasetError(
      `${path}: expected a mapping file, found none that can be read (${cause.message}). Check the path.`,
      { cause },
    );
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DatasetError(
      `${path}: expected JSON such as {"angry": "anger"}, found something else ` +
        `(${reasonOf(cause)}). Correct the file.`,
      { cause },
    );
  }
  if (!isRecord(json)) {
    throw new DatasetError(
      `${path}: expected an object such as {"angry": "anger"}, found ${shorten(text.trim())}. ` +
        `Name a meaning for every class; an order means nothing here.`,
    );
  }
  const mapping = toMapping(path, Object.entries(json));
  requireKeysOnce(path, text);
  return mapping;
}

/**
 * Throws DatasetError if a key stands twice, of which JSON.parse keeps the last.
 *
 * @param text JSON of an object whose values are all texts
 */
function requireKeysOnce(path: string, text: string): void {
  const seen = new Set<string>();
  for (const [, literal, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)/gs)) {
    if (colon !== ":") continue;
    const name = JSON.parse(literal!) as string;
    if (seen.has(name)) throw namedTwice(path, name);
    seen.add(name);
  }
}

/** Reads a mapping: from the text of `spec` itself, or from the JSON file that it names. */
export async function readClasses(spec: string): Promise<ClassMapping> {
  return /\.json$/i.test(spec) ? readClassMapping(spec) : parseClassMapping(spec);
}

function toMapping(where: string, entries: readonly (readonly [string, unknown])[]): ClassMapping {
  const mapping = new Map<string, ClassMeaning>();
  for (const [given, meaning] of entries) {
    const name = given.normalize("NFC");
    if (!isMeaning(meaning)) {
      throw new DatasetError(
        `${where}: expected ${shorten(name)} to mean one of ${allowed}, found ${shorten(JSON.stringify(meaning))}. ` +
          `Use one of these names.`,
      );
    }
    if (mapping.has(name)) throw namedTwice(where, name);
    mapping.set(name, meaning);
  }
  return Object.fromEntries(mapping);
}

function namedTwice(where: string, name: string): DatasetError {
  return new DatasetError(
    `${where}: expected ${shorten(name)} once, found it twice. Leave one out.`,
  );
}

function isMeaning(value: unknown): value is ClassMeaning {
  return typeof value === "string" && meanings.has(value);
}

/** The expressions of a mapping, in the order of `expressions`, whatever the order of the mapping. */
export function classesOfMapping(mapping: ClassMapping): readonly Expression[] {
  const meant: ReadonlySet<string> = new Set(Object.values(mapping));
  return expressions.filter((expression) => meant.has(expression));
}

/** Translates class names, and keeps track of names in the mapping that never occurred. */
export class ClassReader {
  readonly #mapping: ClassMapping;
  readonly #unused: Set<string>;

  constructor(mapping: ClassMapping) {
    this.#mapping = mapping;
    this.#unused = new Set(Object.keys(mapping));
  }

  /**
   * The expression, or undefined for a dropped class. Composed and decomposed letters are the same, upper and lower case
   * are not. `where` is path:line, or a folder.
   */
  read(where: string, given: string): Expression | undefined {
    const name = given.normalize("NFC");
    const meaning = Object.hasOwn(this.#mapping, name) ? this.#mapping[name] : undefined;
    if (meaning === undefined) {
      const known = Object.keys(this.#mapping);
      const near = known.filter((each) => nameKey(each.trim()) === nameKey(name.trim()));
      throw new DatasetError(
        `${where}: expected one of the classes ${listFirst(known, 20)}, ` +
          `found "${shorten(name)}".${didYouMean(name, near)} Say what it means, as in ${shorten(name)}=${expressions[0]}, or leave it ` +
          `out with ${shorten(name)}=drop.`,
      );
    }
    this.#unused.delete(name);
    return meaning === "drop" ? undefined : meaning;
  }

  /** Throws DatasetError if a name in the mapping occurred nowhere in `folder`: it was misspelt. */
  requireAllUsed(folder: string): void {
    if (this.#unused.size === 0) return;
    throw new DatasetError(
      `classes: expected every name of the mapping in ${folder}, found no image of ` +
        `${[...this.#unused].join(", ")}. Correct the names, or leave them out of the mapping.`,
    );
  }
}
