/** @file Imports a plugin's file and checks its default export. */
import { pathToFileURL } from "node:url";
import { CommandLineError } from "./errors.ts";

/** What messages say of a kind of plugin, and how its definitions are checked. */
export interface PluginKind {
  /** What messages begin with: "--threshold". */
  readonly option: string;
  /** What the default export must be: "a threshold, { name, about, parameters, f }". */
  readonly expected: string;
  /** The function that authors call: "defineThreshold". */
  readonly define: string;
  /** The package that exports it: "@mvt/relabel". */
  readonly library: string;
  /** Why a value is no definition, as a clause; undefined if it is one. */
  readonly whatIsWrong: (value: unknown) => string | undefined;
}

/**
 * The default export of the file, which `whatIsWrong` has nothing against. The file is code and runs with the rights of this
 * process.
 *
 * @param target What the user typed, for the message.
 * @throws CommandLineError that names the file; if the file itself threw, that is the `cause`.
 */
export async function importPlugin(
  file: string,
  target: string,
  { option, expected, define, library, whatIsWrong }: PluginKind,
): Promise<unknown> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(/* @vite-ignore */ pathToFileURL(file).href);
  } catch (cause) {
    throw new CommandLineError(
      `${option} ${target}: loading ${file} failed${why(cause, file, library)}`,
      { cause },
    );
  }
  const exported: unknown = module["default"];
  const wrong = whatIsWrong(exported);
  if (wrong !== undefined) {
    const names = Object.keys(module).toSorted();
    const others = names.length === 0 ? "no exports" : `only ${names.join(", ")}`;
    const found = "default" in module ? wrong : `it has ${others}`;
    throw new CommandLineError(
      `${option} ${target}: expected the default export of ${file} to be ${expected}, but ${found}${found.endsWith("?") ? "" : `. Write export default ${define}({ ... }).`}`,
    );
  }
  return exported;
}

/** " at line 3: the message. What to do", as far as each is known. */
function why(cause: unknown, file: string, library: string): string {
  if (!(cause instanceof Error)) return `: it threw ${String(cause)}.`;
  const [message = ""] = cause.message.split("\n"); // Node appends suggestions and excerpts
  const [, line] = cause.stack?.split(`${pathToFileURL(file).href}:`) ?? [];
  const at = line === undefined ? "" : ` at line ${Number.parseInt(line, 10)}`;
  const advice = hint(cause, message, file, { library, hasLine: line !== undefined });
  return `${at}: ${message}. ${advice}`.trimEnd();
}

/** What to do about the failures that an author meets first. */
function hint(
  cause: Error,
  message: string,
  file: string,
  { library, hasLine }: { readonly library: string; readonly hasLine: boolean },
): string {
  const code = "code" in cause ? cause.code : undefined;
  if (code === "ERR_MODULE_NOT_FOUND" && message.includes(`'${library}'`)) {
    return "Put the file inside the repository, or export a plain object and drop the import.";
  }
  if (code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING") {
    return "Publish JavaScript: Node strips types only outside node_modules.";
  }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return "Node only strips types: use no enum, namespace or parameter property.";
  }
  return cause instanceof SyntaxError && !hasLine ? `Run node --check ${file} to see where.` : "";
}
