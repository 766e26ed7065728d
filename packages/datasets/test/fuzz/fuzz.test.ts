import { fuzzBriefly } from "@mvt/testing/fuzz";
import { expect, test } from "vitest";

test("damaged and odd files of data sets are read or refused, quickly and in little memory", async () => {
  const { failures, counts } = await fuzzBriefly(new URL("./targets.ts", import.meta.url));
  expect(failures).toEqual([]);
  const withoutRefusal = [...counts.values()].filter(({ refused }) => refused === 0);
  // A cache that is damaged is done without.
  expect(withoutRefusal.map(({ target }) => target)).toEqual(["decoded images"]);
}, 300_000);
