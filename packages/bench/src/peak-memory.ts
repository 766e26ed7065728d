/** @file The most memory that this process has ever had. */
import { existsSync, readFileSync } from "node:fs";

/**
 * Bytes of resident memory at its highest.
 *
 * On Linux from the kernel's own figure for this program: `maxRSS` begins with what the process that
 * started this one had, since it outlives the call that replaces one program by another.
 */
export function peakMemory(): number {
  const path = "/proc/self/status";
  const status = existsSync(path) ? readFileSync(path, "utf8") : "";
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return 1024 * Number(kibibytes ?? process.resourceUsage().maxRSS);
}
