/** @file What the system says of this processor and of this process's memory. */
import { existsSync, readFileSync } from "node:fs";

/** Features that decide how fast arithmetic is, as Linux names them: vectors, 8-bit and 16-bit products, matrix units. */
const relevantFeatures = [
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

/** Those of the features above that this processor has. Empty where the system does not list any. */
export function cpuFeatures(path = "/proc/cpuinfo"): readonly string[] {
  const flags = new Set(/^(?:flags|Features)\s*: (.*)$/m.exec(textOf(path))?.[1]?.split(" "));
  return relevantFeatures.filter((name) => flags.has(name));
}

/**
 * The most resident memory that this process has ever had, in bytes.
 *
 * On Linux the kernel has a figure of this program alone (VmHWM). `maxRSS` would include the memory of the
 * process that started this one.
 */
export function peakMemory(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(textOf("/proc/self/status"))?.[1];
  return 1024 * Number(kibibytes ?? process.resourceUsage().maxRSS);
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
