/** @file Texts and lists that may be too long for a message. */
import { expect, test } from "vitest";
import { listFirst, printable, printableLines, shorten } from "../src/index.ts";

test("shorten keeps 80 characters and shows that there are more", () => {
  expect(shorten("a".repeat(80))).toBe("a".repeat(80));
  expect(shorten("a".repeat(81))).toBe(`${"a".repeat(80)}...`);
});

test("listFirst counts the names that it leaves out", () => {
  expect(listFirst([], 2)).toBe("");
  expect(listFirst(["a", "b"], 2)).toBe("a, b");
  expect(listFirst(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
});

test("printable shows what steers a terminal as JavaScript escapes it, and leaves the rest", () => {
  expect(printable("a\u001B[2Jb\n\t\u009B")).toBe(String.raw`a\x1b[2Jb\n\t\x9b`);
  expect(printable("gpj.\u202Eexe")).toBe(String.raw`gpj.\u202eexe`);
  expect(printable("Zoë 笑顔 😀")).toBe("Zoë 笑顔 😀");
  expect(printableLines("a\nb\rc")).toBe(`a\nb${String.raw`\r`}c`);
});

test("shortened and listed names are printable and have an end", () => {
  expect(shorten("a\nb")).toBe(String.raw`a\nb`);
  expect(shorten(`${"a".repeat(79)}😀`)).toBe(`${"a".repeat(79)}\uFFFD...`);
  expect(listFirst(["a\u0007", "b".repeat(1_000_000)], 2)).toBe(
    `${String.raw`a\x07`}, ${"b".repeat(500)}...`,
  );
});
