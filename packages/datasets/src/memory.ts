/** @file How much memory there is. */
import { totalmem } from "node:os";

/** The memory of the machine, or of its container if that is less, in bytes. */
export function availableBytes(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
