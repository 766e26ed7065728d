/** @file JSON out of a file's metadata, checked before anything relies on it. */
import type { GeneratorConfig } from "./config.ts";
import { MgnError } from "./error.ts";

/** A JSON object, or an MgnError that names the file and the entry. */
export function parseRecord(
  json: string | undefined,
  entry: string,
  source: string,
): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json ?? "");
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new MgnError(
    `${source}: expected a JSON object under ${entry}, got ${json ?? "none"}; the file is damaged, copy it again or train MGN again.`,
  );
}

const sizes = ["imageSize", "patchSize", "width", "depth", "heads"] as const;
const numbers = ["mlpRatio", "m"] as const;

/** The configuration of a generator, with every number it needs. */
export function parseConfig(json: string | undefined, source: string): GeneratorConfig {
  const record = parseRecord(json, "config", source);
  const wrong =
    sizes.find((name) => !(Number.isSafeInteger(record[name]) && (record[name] as number) > 0)) ??
    numbers.find((name) => !Number.isFinite(record[name]));
  if (wrong === undefined) return record as unknown as GeneratorConfig;
  throw new MgnError(
    `${source}: expected a number for ${wrong} in config, got ${JSON.stringify(record[wrong])}; the file is damaged, copy it again or train MGN again.`,
  );
}
