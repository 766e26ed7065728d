/** @file What can be made to go wrong with a file operation. */

export const faultKinds = {
  kill: "the process is killed before the operation",
  torn: "half of the content is written, then the process is killed",
  ENOSPC: "the disk is full from this operation on",
  EIO: "the operation fails with an input/output error",
  EACCES: "the operation is not permitted",
} as const;
export type FaultKind = keyof typeof faultKinds;

export interface Fault {
  /** "count" only counts the operations. */
  readonly kind: FaultKind | "count";
  /** Which operation, from 1. */
  readonly at: number;
}

/** "kill:12" as a fault. */
export function faultOf(text: string): Fault {
  const [kind = "", at] = text.split(":");
  if (kind !== "count" && !Object.hasOwn(faultKinds, kind)) {
    throw new Error(
      `MVT_FAULT=${text}: expected count or one of ${Object.keys(faultKinds).join(", ")}`,
    );
  }
  return { kind: kind as Fault["kind"], at: Number(at) };
}
