/** @file Imports a plugin's file and checks its default export. */
import { pathToFileURL } from "node:url";
import { CommandLineError, isRecord } from "@mvt/common";
import type { ThresholdDefinition } from "./threshold.ts";

/**
 * The threshold definition that is the default export of the file.
 *
 * @param target What the user typed, for the message.
 * @throws CommandLineError that names the file; if the file itself threw, that is the `cause`.
 */
export async function importDefinition(file: string, target: string): Promise<ThresholdDefinition> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(/* @vite-ignore */ pathToFileURL(file).href);
  } catch (cause) {
    throw new CommandLineError(`--threshold ${target}: loading ${file} failed${why(cause, file)}`, {
      cause,
    });
  }
  const exported: unknown = module["default"];
  const wrong = whatIsWrong(exported);
  if (wrong !== undefined) {
    const names = Object.keys(module).toSorted();
    const others = names.length === 0 ? "no exports" : `only ${names.join(", ")}`;
    const found = "default" in module ? wrong : `it has ${others}`;
    throw new CommandLineError(
      `--threshold ${target}: expected the default export of ${file} to be a threshold, { name, about, parameters, f }, but ${found}. Write export default defineThreshold({ ... }).`,
    );
  }
  return exported as ThresholdDefinition;
}

/** " at line 3: the message. What to do", as far as each is known. */
function why(cause: unknown, file: string): string {
  if (!(cause instanceof Error)) return `: it threw ${String(cause)}.`;
  const [message = ""] = cause.message.split("\n"); // Node appends suggestions and excerpts
  const [, line] = cause.stack?.split(`${pathToFileURL(file).href}:`) ?? [];
  const at = line === undefined ? "" : ` at line ${Number.parseInt(line, 10)}`;
  return `${at}: ${message}. ${hint(cause, message, file, line !== undefined)}`.trimEnd();
}

/** What to do about the failures that an author meets first. */
function hint(cause: Error, message: string, file: string, hasLine: boolean): string {
  const code = "code" in cause ? cause.code : undefined;
  if (code === "ERR_MODULE_NOT_FOUND" && message.includes("'@mvt/relabel'")) {
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

/** Why this is not a definition, as a clause; undefined when it is one. */
function whatIsWrong(value: unknown): string | undefined {
  if (!isRecord(value)) {
    return `it is ${Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`}`;
  }
  const { name, about, parameters, context, f } = value;
  if (typeof name !== "string" || name === "") return `its name is ${show(name)}, not a text`;
  if (typeof about !== "string") return `its about is ${show(about)}, not a text`;
  if (typeof f !== "function") return `its f is ${show(f)}, not a function`;
  if (context !== undefined && context !== true) {
    return `its context is ${show(context)}, not true (leave it out for a function of P_gt alone)`;
  }
  if (!isRecord(parameters)) {
    return `its parameters are ${show(parameters)}, not an object ({} for none)`;
  }
  const wrong = Object.entries(parameters).find(([, parameter]) => !isParameter(parameter));
  return wrong === undefined
    ? undefined
    : `its parameter ${wrong[0]} is ${show(wrong[1])}, not { default: a number, about: a text }`;
}

function isParameter(value: unknown): boolean {
  return (
    isRecord(value) && typeof value["default"] === "number" && typeof value["about"] === "string"
  );
}

function show(value: unknown): string {
  return value === undefined ? "missing" : (JSON.stringify(value) ?? `a ${typeof value}`);
}
