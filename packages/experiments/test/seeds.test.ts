/** @file The argument of `--seeds`: a count, a range, a list. */
import { describe, expect, test } from "vitest";
import { parseSeeds } from "../src/cli/seeds.ts";

describe("--seeds", () => {
  test.each([
    ["3", [0, 1, 2]],
    ["5-9", [5, 6, 7, 8, 9]],
    ["7-7", [7]],
    ["0,5", [0, 5]],
    ["4-5, 5-6,1", [4, 5, 6, 1]],
  ])("%s means %j", (text, seeds) => {
    expect(parseSeeds(text)).toEqual(seeds);
  });

  test.each(["0", "two", "9-5", "-1", "1.5", "1,", "1-2-3", "99999999999999999999"])(
    "%s is refused",
    (text) => {
      expect(() => parseSeeds(text)).toThrow(
        `--seeds ${text}: expected a whole number of at least 1, a range such as 5-9, or a list such as 0,5.`,
      );
    },
  );
});
