import type { Executable, Feeds } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { runEach } from "../src/training/predict.ts";

async function* items(count: number) {
  for (let i = 0; i < count; i += 1) yield i;
}

const feedsOf = (i: number): Feeds => ({ x: Float32Array.of(i) });
const answer = ({ x }: Feeds) => ({ y: Float32Array.of(10 * x![0]!) });
const refused = async () => Promise.reject(new Error("not asked for here"));

/** An executable that multiplies by ten; three runs per call if `calls` is given, where it notes the number of runs. */
function tenfold(calls?: number[]): Executable {
  const multiStep = {
    steps: 3,
    run: async (all: readonly Feeds[]) => {
      calls?.push(all.length);
      return all.map((feeds) => answer(feeds));
    },
  };
  const others = { readState: refused, writeState: refused, dispose: refused };
  return calls
    ? { run: refused, multiStep, ...others }
    : { run: async (x) => answer(x), ...others };
}

describe("runs over a stream", () => {
  /** `settled`: the items after which the state is theirs. */
  const expected = (...settled: readonly number[]) =>
    Array.from({ length: 7 }, (_, i) => [i, { y: Float32Array.of(10 * i) }, settled.includes(i)]);

  test("give every item its results, in order", async () => {
    const seen = await Array.fromAsync(runEach(tenfold(), items(7), feedsOf));
    expect(seen).toEqual(expected(0, 1, 2, 3, 4, 5, 6));
  });

  test("go several per call if the backend can, the last call with fewer", async () => {
    const calls: number[] = [];
    const seen = await Array.fromAsync(runEach(tenfold(calls), items(7), feedsOf));
    expect(seen).toEqual(expected(2, 5, 6));
    expect(calls).toEqual([3, 3, 1]);
  });

  test("give the stream back when they are left early", async () => {
    let closed = false;
    async function* endless() {
      try {
        for (let i = 0; ; i += 1) yield i;
      } finally {
        closed = true;
      }
    }
    for await (const [i] of runEach(tenfold([]), endless(), feedsOf)) if (i === 1) break;
    expect(closed).toBe(true);
  });
});
