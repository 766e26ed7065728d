/**
 * @file Reads a configuration file. Whatever its format, a value is the text that would be typed behind a flag, so that
 * flags and files are checked by the same code.
 */
import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CommandLineError, isRecord, reasonOf } from "@mvt/common";
import { readRegularText } from "@mvt/common/files";

/** A text as it would be typed, a list, or a mapping. */
export type Entry = string | readonly Entry[] | Entries;
export type Entries = ReadonlyMap<string, Entry>;

/** How files are read, by the ending of their names. JSON is YAML, too. */
const formats = {
  ".yaml": readYaml,
  ".yml": readYaml,
  ".json": readYaml,
  ".ts": importDefault,
  ".js": importDefault,
  ".mjs": importDefault,
} as const;

export const configurationEndings = Object.keys(formats).join(", ");

/** More than any configuration needs, and little enough to be read at once. */
const maximumBytes = 2 ** 20;

/**
 * What the file says, by the names of options.
 *
 * @throws CommandLineError that begins with `path` for a file of another format, for one that is damaged, and for values
 *   that nobody could type.
 */
export async function readEntries(path: string): Promise<Entries> {
  const read = formats[extname(path).toLowerCase() as keyof typeof formats];
  if (read === undefined) {
    throw new CommandLineError(
      `--config ${path}: expected a file whose name ends in one of ${configurationEndings}. Rename it.`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new CommandLineError(
      `--config ${path}: expected a file, found none at ${resolve(path)}. Check the path.`,
    );
  }
  return read(path);
}

async function readYaml(path: string): Promise<Entries> {
  return parseEntries(await readRegularText(path, { maximumBytes }), path);
}

/** The entries of a text in YAML or JSON; `path` is for messages. */
export async function parseEntries(text: string, path: string): Promise<Entries> {
  const { parseDocument } = await import("yaml"); // only where there is a file: it takes time at every start
  // The schema "failsafe" has no numbers, dates or nulls: every value stays the text that was written.
  try {
    const document = parseDocument(text, { schema: "failsafe", prettyErrors: true });
    const [error] = document.errors;
    if (error !== undefined) {
      const line = error.linePos?.[0].line;
      const [reason = ""] = error.message.split(/ at line|\n/);
      throw damaged(path, line === undefined ? reason : `line ${line}: ${reason}`);
    }
    return topOf(document.toJS({ mapAsMap: true }) ?? new Map(), path);
  } catch (error) {
    if (error instanceof CommandLineError) throw error;
    throw damaged(path, reasonOf(error)); // aliases beyond all bounds, lists in lists in lists
  }
}

async function importDefault(path: string): Promise<Entries> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(/* @vite-ignore */ pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const [reason = ""] = reasonOf(cause).split("\n");
    throw new CommandLineError(`${path}: expected a module, but loading it failed: ${reason}.`, {
      cause,
    });
  }
  if (!isRecord(module["default"])) {
    throw new CommandLineError(
      `${path}: expected the default export to be an object of options. Write export default { scale: "quick" }.`,
    );
  }
  return topOf(module["default"], path);
}

function topOf(value: unknown, path: string): Entries {
  const entries = entryOf(value, path);
  if (isEntries(entries)) return entries;
  throw new CommandLineError(
    `${path}: expected options and their values, such as scale: quick, got ${kindOf(entries)}.`,
  );
}

/** @param at the file, and the names that lead to the value */
function entryOf(value: unknown, at: string): Entry {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map((one, i) => entryOf(one, `${at}: ${i + 1}`));
  if (value instanceof Map || isRecord(value)) {
    const pairs: readonly (readonly [unknown, unknown])[] =
      value instanceof Map ? [...value] : Object.entries(value);
    return new Map(
      pairs.map(([key, inner]) => {
        if (typeof key === "string") return [key, entryOf(inner, `${at}: ${key}`)];
        throw new CommandLineError(`${at}: expected names as keys, got a list or a mapping.`);
      }),
    );
  }
  throw new CommandLineError(
    `${at}: expected a text, a number, true or false, got ${value === null ? "null" : typeof value}. Leave it out for the default.`,
  );
}

export function isEntries(entry: Entry): entry is Entries {
  return entry instanceof Map;
}

/** "a list", for messages. */
export function kindOf(entry: Entry): string {
  if (typeof entry === "string") return "a text";
  return isEntries(entry) ? "a mapping" : "a list";
}

const damaged = (path: string, reason: string) =>
  new CommandLineError(`${path}: expected YAML or JSON, but ${reason.replace(/[.:]+$/, "")}.`);
