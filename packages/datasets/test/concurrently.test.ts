/** @file Calls that run ahead of the one whose result is used. */
import { setTimeout } from "node:timers/promises";
import { mapAhead } from "@mvt/datasets";
import { describe, expect, test } from "vitest";

describe("running ahead", () => {
  /** Later items are done first. */
  const slow = async (item: number) => {
    await setTimeout(20 - 4 * item);
    return 10 * item;
  };

  test.each([0, 1, 3, 9])("by %d gives the results in the order of the items", async (ahead) => {
    expect(await Array.fromAsync(mapAhead([0, 1, 2, 3, 4], ahead, slow))).toEqual([
      0, 10, 20, 30, 40,
    ]);
  });

  test("has begun just so many further items when a result is used", async () => {
    let begun = 0;
    const counts: number[] = [];
    const items = (async function* items() {
      yield* [0, 1, 2, 3, 4];
    })();
    for await (const _ of mapAhead(items, 2, async () => void (begun += 1))) counts.push(begun);
    expect(counts).toEqual([3, 4, 5, 5, 5]);
  });

  test("fails where the failing item would have come, and not before", async () => {
    const used: number[] = [];
    const failing = async (item: number) => {
      if (item === 2) throw new Error("item 2");
      return item;
    };
    const all = (async () => {
      for await (const item of mapAhead([0, 1, 2, 3], 4, failing)) used.push(item);
    })();
    await expect(all).rejects.toThrow("item 2");
    expect(used).toEqual([0, 1]);
  });
});
