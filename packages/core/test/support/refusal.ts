/** @file Loading the tiny DeiT out of bytes, and the reason why that is refused. */
import { backbones, openWeights, WeightsError } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { expect } from "vitest";
import { tiny } from "./weights.ts";

export async function load(bytes: Uint8Array, source: string): Promise<Weights> {
  return backbones.deit.load(backbones.deit.match(await openWeights(bytes, source), tiny));
}

/** The finding of the WeightsError; the test fails if there is none, or no advice behind it. */
export async function expectRefusal(bytes: Uint8Array, source = "file"): Promise<string> {
  const error: unknown = await load(bytes, source).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WeightsError);
  const { message, finding } = error as WeightsError;
  expect(message.startsWith(`${finding}. `)).toBe(true);
  expect(message.slice(finding.length + 2)).toMatch(/^[A-Z].*[^.]\.$/);
  return finding;
}
