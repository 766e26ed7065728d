import { fuzzBriefly } from "@mvt/testing/fuzz";
import { expect, test } from "vitest";

test("damaged and odd files of runs, and odd settings, are read or refused, quickly and in little memory", async () => {
  const { failures, counts } = await fuzzBriefly(new URL("./targets.ts", import.meta.url));
  expect(failures).toEqual([]);
  for (const { parsed, refused, target } of counts.values()) {
    expect(parsed, target).toBeGreaterThan(0);
    expect(refused, target).toBeGreaterThan(0);
  }
}, 120_000);
