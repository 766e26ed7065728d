/** @file Values of unknown origin. */
import { expect, test } from "vitest";
import { isRecord, parseJson } from "../src/index.ts";

test("parseJson gives the value, and undefined for other text", () => {
  expect(parseJson('{"a": [1]}')).toEqual({ a: [1] });
  expect(parseJson("null")).toBeNull();
  expect(parseJson("{")).toBeUndefined();
  expect(parseJson("")).toBeUndefined();
});

test("isRecord accepts objects with named values only", () => {
  expect([{}, [], null, "a", undefined].map(isRecord)).toEqual([true, false, false, false, false]);
});
