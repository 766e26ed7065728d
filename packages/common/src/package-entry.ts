/**
 * @file Finds the file that `import` of a package would load.
 *
 * Node has no public function for this that takes a starting folder, and `require.resolve` does not see
 * exports under "import" alone. Node's documentation, "Packages: Determining package entry points".
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommandLineError, reasonOf } from "./errors.ts";
import { isRecord } from "./records.ts";

/** The conditions under which Node resolves `import`. */
const conditions = new Set(["node", "import", "module-sync", "default"]);

/**
 * The entry file of the package whose package.json this is: `subpath` "." is the package itself,
 * "./steep" its entry of that name.
 *
 * @throws CommandLineError if package.json cannot be read or has no such entry.
 */
export function packageEntry(packageJson: string, subpath = "."): string {
  const { exports, main } = readPackageJson(packageJson);
  const table = isTable(exports) ? exports : { ".": exports };
  const offered = exports === undefined ? undefined : resolveTarget(table[subpath]);
  const fallback = subpath === "." ? (typeof main === "string" ? main : "index.js") : subpath;
  const entry = exports === undefined ? fallback : offered;
  if (entry === undefined) {
    throw new CommandLineError(
      `${packageJson}: expected "exports" with an entry for "${subpath}", got ${JSON.stringify(exports)}. Add "exports": { "${subpath}": "./src/index.ts" }.`,
    );
  }
  return join(dirname(packageJson), entry);
}

function readPackageJson(path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new CommandLineError(
      `${path}: expected JSON, got text that does not parse: ${reasonOf(cause)}. Correct the file.`,
      { cause },
    );
  }
  if (!isRecord(value)) {
    throw new CommandLineError(
      `${path}: expected a JSON object, got ${JSON.stringify(value)}. Correct the file.`,
    );
  }
  return value;
}

/** Whether "exports" lists entries ("." and "./x") rather than conditions or one path. */
function isTable(exports: unknown): exports is Record<string, unknown> {
  return isRecord(exports) && Object.keys(exports).some((key) => key.startsWith("."));
}

/** A path, or the first condition that holds, or the first of a list that resolves. */
function resolveTarget(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  const candidates = Array.isArray(target)
    ? target
    : isRecord(target)
      ? Object.entries(target).flatMap(([key, value]) => (conditions.has(key) ? [value] : []))
      : [];
  for (const candidate of candidates) {
    const found = resolveTarget(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}
