/** @file The number of training's numerics changes when training gives other results, and only then. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { onnxBackend, tfjsBackend } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { numerics } from "@mvt/experiments";
import { describe, expect, test } from "vitest";
import { goldenPath, goldenSteps } from "./fixtures/golden-steps.ts";
import type { GoldenSteps } from "./fixtures/golden-steps.ts";

/** Processors and engines add in different orders; a change of an algorithm shows in the first digits. */
const tolerance = { rtol: 1e-4, atol: 1e-6 };

/** What to do when the steps differ. */
const advice = `training gives other results than numerics ${numerics} stands for. If that is meant, raise numerics to ${numerics + 1} in src/settings/numerics.ts, write its golden steps with \`node packages/experiments/test/golden/write-training-steps.ts\`, and make the reports of results/ again`;

async function golden(): Promise<GoldenSteps> {
  const text = await readFile(goldenPath(numerics), "utf8");
  return (JSON.parse(text) as { readonly steps: GoldenSteps }).steps;
}

/** What differs from the golden steps beyond the tolerance, with the first two unequal numbers. */
async function differences(backend: Backend): Promise<readonly string[]> {
  const [expected, steps] = [await golden(), await goldenSteps(backend)];
  const names = [...new Set([...Object.keys(expected), ...Object.keys(steps)])];
  return names.flatMap((name) => {
    const [were, are] = [expected[name] ?? [], steps[name] ?? []];
    const longest = were.length > are.length ? were : are;
    const at = longest.findIndex((_, i) => !isClose(are[i], were[i]));
    return at === -1 ? [] : [`${name}: ${were[at]} is now ${are[at]}`];
  });
}

function isClose(value: number | undefined, stored: number | undefined): boolean {
  if (value === undefined || stored === undefined) return false;
  return Math.abs(value - stored) <= tolerance.atol + tolerance.rtol * Math.abs(stored);
}

describe("a few training steps give what the number of the numerics stands for", () => {
  test("with ONNX Runtime on the CPU", async () => {
    expect(await differences(await onnxBackend({ threads: 1 })), advice).toEqual([]);
  });

  test("with TensorFlow.js", { tags: ["slow"] }, async () => {
    expect(await differences(await tfjsBackend({ engine: "cpu" })), advice).toEqual([]);
  });
});

describe("the golden steps of a number", () => {
  const git = (...args: readonly string[]) =>
    execFileSync("git", args, {
      cwd: dirname(goldenPath(numerics)),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  test("are there for every number up to the present one", () => {
    const numbers = Array.from({ length: numerics }, (_, i) => i + 1);
    expect(numbers.filter((number) => !existsSync(goldenPath(number)))).toEqual([]);
    expect(existsSync(goldenPath(numerics + 1))).toBe(false);
  });

  test.skipIf(!inCheckout())("are never changed once they are committed", () => {
    for (let number = 1; number <= numerics; number += 1) {
      const file = basename(goldenPath(number));
      const changes = [
        git("log", "--diff-filter=M", "--format=%h", "--", file),
        git("diff", "--diff-filter=M", "--name-only", "HEAD", "--", file),
      ];
      expect(changes.join(" "), `${file} was changed: ${advice}`).toBe(" ");
    }
  });

  function inCheckout(): boolean {
    try {
      return git("rev-parse", "HEAD") !== "";
    } catch {
      return false;
    }
  }
});
