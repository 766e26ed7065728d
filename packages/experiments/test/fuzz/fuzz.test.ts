import { fuzzBriefly } from "@mvt/testing/fuzz";
import { expect, test } from "vitest";

test("damaged and odd files of runs, and odd settings, are read or refused, quickly and in little memory", async () => {
  const { failures, counts } = await fuzzBriefly(new URL("./targets.ts", import.meta.url));
  expect(failures).toEqual([]);
  const withoutRefusal = [...counts.values()].filter(({ refused }) => refused === 0);
  // A lock that cannot be read is one that names no process.
  expect(withoutRefusal.map(({ target }) => target)).toEqual(["lock"]);
}, 300_000);
