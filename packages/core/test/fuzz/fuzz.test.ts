import { fuzzBriefly } from "@mvt/testing/fuzz";
import { expect, test } from "vitest";

test("damaged and odd files of weights are read or refused, quickly and in little memory", async () => {
  const { failures, counts } = await fuzzBriefly(new URL("./targets.ts", import.meta.url));
  expect(failures).toEqual([]);
  const withoutRefusal = [...counts.values()].filter(({ refused }) => refused === 0);
  expect(withoutRefusal.map(({ target }) => target)).toEqual([]);
}, 300_000);
