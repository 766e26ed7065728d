/** @file Texts and lists that may be too long for a message. */
import { expect, test } from "vitest";
import { listFirst, shorten } from "../src/index.ts";

test("shorten keeps 80 characters and shows that there are more", () => {
  expect(shorten("a".repeat(80))).toBe("a".repeat(80));
  expect(shorten("a".repeat(81))).toBe(`${"a".repeat(80)}...`);
});

test("listFirst counts the names that it leaves out", () => {
  expect(listFirst([], 2)).toBe("");
  expect(listFirst(["a", "b"], 2)).toBe("a, b");
  expect(listFirst(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
});
