/** @file What a run's id depends on. */
import { canonicalJson, runId } from "@mvt/experiments";
import { describe, expect, test } from "vitest";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const relabelling: ClassifierConfig = {
  ...tinyConfig,
  pretrained: { run: "0123456789ab" },
  relabel: {
    threshold: { name: "linear", parameters: { scale: 1 }, fingerprint: "fedcba9876543210" },
    delta: 0.2,
    reference: "current",
    startEpoch: 3,
    minTrainAccuracy: 0.5,
  },
};

/** Every path to a value that is not an object: ["training", "adamw", "betas", "0"]. */
function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

/** A copy in which the value at `path` is another one of its type, or is gone. */
function changed(config: ClassifierConfig, path: readonly string[], how: "altered" | "removed") {
  const copy = structuredClone(config) as never as Record<string, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  const key = path.at(-1)!;
  const value = at[key] as string | number;
  if (how === "altered") at[key] = typeof value === "number" ? value + 1 : `${value}x`;
  else delete at[key];
  return copy as never as ClassifierConfig;
}

function withKeysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKeysReversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withKeysReversed(item)]);
  return Object.fromEntries(entries.toReversed());
}

describe("runId", () => {
  test("is the same for ever, so that finished runs are found again", () => {
    expect(runId(tinyConfig)).toMatchInlineSnapshot(`"c6bd1a0a8ce3"`);
    expect(runId(relabelling)).toMatchInlineSnapshot(`"125473de6093"`);
  });

  test("does not depend on the order of keys", () => {
    const reversed = withKeysReversed(relabelling) as ClassifierConfig;
    expect(Object.keys(reversed)).not.toEqual(Object.keys(relabelling));
    expect(runId(reversed)).toBe(runId(relabelling));
  });

  test("does not tell a field that is undefined from one that is absent", () => {
    const clipped = { ...tinyConfig, pretrained: undefined } as never as ClassifierConfig;
    expect(runId(clipped)).toBe(runId(tinyConfig));
  });

  test.each(leaves(relabelling).map((path) => [path.join("."), path] as const))(
    "changes with %s",
    (_, path) => {
      expect(runId(changed(relabelling, path, "altered"))).not.toBe(runId(relabelling));
      expect(runId(changed(relabelling, path, "removed"))).not.toBe(runId(relabelling));
    },
  );

  test("is another one for each of these changes", () => {
    const all = leaves(relabelling).map((path) => changed(relabelling, path, "altered"));
    const ids = [relabelling, ...all].map((config) => runId(config));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("changes when relabelling, pre-training, clipping or an augmentation is left out", () => {
    const { relabel: _, ...plain } = relabelling;
    const { pretrained: __, ...scratch } = relabelling;
    const { adamw, augmentation } = relabelling.training;
    const { clipNorm: ___, ...unclipped } = adamw!;
    const training = (part: Partial<ClassifierConfig["training"]>) => ({
      ...relabelling,
      training: { ...relabelling.training, ...part },
    });
    const ids = [
      relabelling,
      plain,
      scratch,
      training({ adamw: unclipped }),
      training({ augmentation: { ...augmentation, jitter: false } }),
      training({ augmentation: { ...augmentation, erasing: false } }),
    ].map((config) => runId(config));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("tells the run that weights come from and the file that they come from apart", () => {
    const from = (pretrained: NonNullable<ClassifierConfig["pretrained"]>) =>
      runId({ ...tinyConfig, pretrained });
    expect(from({ run: "0123456789ab" })).not.toBe(from({ sha256: "0123456789ab" }));
  });

  test("is twelve hexadecimal digits", () => {
    expect(runId(tinyConfig)).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("canonicalJson", () => {
  test("sorts keys at every depth and keeps the order of arrays", () => {
    const value = { b: [{ z: 1, a: 2 }, 1], a: { d: null, c: "x" } };
    expect(canonicalJson(value)).toBe('{"a":{"c":"x","d":null},"b":[{"a":2,"z":1},1]}');
  });

  test("leaves fields out that are undefined", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  test("is JSON that reads back as the value", () => {
    const value = { 'quote "': "line\nbreak", numbers: [1e-7, 0.1 + 0.2, -1, 1e21], on: true };
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });

  test("keeps every bit of a number", () => {
    expect(canonicalJson(0.1 + 0.2)).not.toBe(canonicalJson(0.3));
  });
});
