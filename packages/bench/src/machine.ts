/** @file What this processor can do that the speed of arithmetic depends on. */
import { existsSync, readFileSync } from "node:fs";

/** As Linux calls them: vectors of x86 and ARM, 8-bit and 16-bit products, matrix units. */
const telling = [
  "avx2",
  "fma",
  "avx512f",
  "avx512_vnni",
  "avx512_bf16",
  "amx_tile",
  "asimd",
  "asimddp",
  "sve",
  "bf16",
] as const;

/** None where the system does not tell. */
export function cpuFeatures(path = "/proc/cpuinfo"): readonly string[] {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const flags = new Set(/^(?:flags|Features)\s*: (.*)$/m.exec(text)?.[1]?.split(" "));
  return telling.filter((name) => flags.has(name));
}
