/** @file The argument of `--threshold`: NAME|PATH|PACKAGE[:key=value,...]. Only the text is parsed; no file is opened. */
import { CommandLineError } from "@mvt/common";
import { isPluginPath } from "@mvt/common/plugins";
import { type BuiltInName, thresholds } from "./built-in.ts";

export type ThresholdSpec = {
  /** The numbers after the colon. */
  readonly parameters: Readonly<Record<string, number>>;
} & (
  | { readonly kind: "built-in"; readonly target: BuiltInName }
  | { readonly kind: "path" | "package"; readonly target: string }
);

/** The colons of a file: URL and of a Windows drive, which do not begin the parameters. */
const colonOfTarget = /^(file:\/\/(\/[a-z]:)?|[a-z]:[\\/])/i;

/**
 * The threshold and its parameters.
 *
 * - `sigmoid`, `sigmoid:k=20,x0=0.3`: a built-in function.
 * - `./mine.ts:k=2`, `../folder`, `C:\mine.ts`, `file:///home/me/mine.ts`: a path.
 * - `mvt-threshold-cosine`, `@me/thresholds/steep`: a package.
 *
 * The first colon begins the parameters, so write a path with a colon in it as a file: URL with %3A in its place.
 *
 * @throws CommandLineError on malformed text.
 */
export function parseThresholdSpec(spec: string): ThresholdSpec {
  const text = spec.trim();
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1];
  if (scheme !== undefined && scheme.toLowerCase() !== "file") {
    throw new CommandLineError(
      `--threshold "${spec}": expected a name, a path or a package, got a ${scheme}: address. Save the file and give its path.`,
    );
  }
  const colon = text.indexOf(":", colonOfTarget.exec(text)?.[0].length ?? 0);
  const target = colon === -1 ? text : text.slice(0, colon);
  if (target === "") {
    throw new CommandLineError(
      `--threshold "${spec}": expected NAME, PATH or PACKAGE before the parameters, got nothing. Built in are ${Object.keys(thresholds).join(", ")}.`,
    );
  }
  const parameters = colon === -1 ? {} : parseParameters(text.slice(colon + 1), spec);
  if (isBuiltIn(target)) return { kind: "built-in", target, parameters };
  return { kind: isPluginPath(target) ? "path" : "package", target, parameters };
}

function isBuiltIn(name: string): name is BuiltInName {
  return Object.hasOwn(thresholds, name);
}

/** "k=20,x0=0.3" */
function parseParameters(list: string, spec: string): Record<string, number> {
  const parameters: Record<string, number> = {};
  for (const pair of list.split(",")) {
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    if (key === undefined || value === undefined) {
      throw new CommandLineError(
        `--threshold "${spec}": expected key=value after the colon, got "${pair}". Write for instance sigmoid:k=20,x0=0.3; in a path, a colon is written file:///...%3A...`,
      );
    }
    const number = value === "" ? Number.NaN : Number(value);
    if (!Number.isFinite(number)) {
      throw new CommandLineError(
        `--threshold "${spec}": expected a number for ${key}, got "${value}". Write for instance ${key}=0.5.`,
      );
    }
    if (Object.hasOwn(parameters, key)) {
      throw new CommandLineError(
        `--threshold "${spec}": expected each parameter once, got ${key} twice. Remove one.`,
      );
    }
    parameters[key] = number;
  }
  return parameters;
}
