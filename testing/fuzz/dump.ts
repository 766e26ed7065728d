/** @file A failure and its input as a text file of hexadecimal digits, to repeat it. */
import { readFileSync } from "node:fs";
import { isRecord, parseJson, UserError } from "@mvt/common";
import type { FuzzFailure } from "./target.ts";

const perLine = 32;

/** A line of JSON about the failure behind "# ", then the bytes, 32 to a line. */
export function hexDump(failure: FuzzFailure, bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  const lines = hex.match(new RegExp(`.{1,${2 * perLine}}`, "g")) ?? [];
  return [`# ${JSON.stringify(failure)}`, ...lines, ""].join("\n");
}

/** The inverse of `hexDump`. Throws a UserError for another file. */
export function readDump(path: string): {
  readonly about: FuzzFailure;
  readonly bytes: Uint8Array;
} {
  const [first = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  const about = first.startsWith("# ") ? parseJson(first.slice(2)) : undefined;
  const hex = lines.join("");
  if (!isRecord(about) || typeof about["target"] !== "string" || !/^(?:[0-9a-f]{2})*$/.test(hex)) {
    throw new UserError(`${path}: expected an input that the fuzzer saved, found something else`, {
      advice: "Name a file that `pnpm fuzz` wrote.",
    });
  }
  return {
    about: about as unknown as FuzzFailure,
    bytes: Uint8Array.from(Buffer.from(hex, "hex")),
  };
}
