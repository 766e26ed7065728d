import { describe, expect, test } from "vitest";
import { alignColumns, argmax, isRecord, percent, sum } from "@mvt/common";

describe("numbers", () => {
  test("argmax is the first of equals", () => {
    expect(argmax([1, 3, 2, 3])).toBe(1);
    expect(argmax(Float32Array.of(-2, -1))).toBe(1);
  });

  test("a sum of nothing is 0", () => {
    expect(sum([])).toBe(0);
    expect(sum(new Set([1, 2]))).toBe(3);
  });

  test("a percentage has one digit unless told otherwise", () => {
    expect(percent(0.8537)).toBe("85.4");
    expect(percent(0.8537, 2)).toBe("85.37");
  });
});

test("a record is an object with names", () => {
  expect([{}, [], null, "a", undefined].map(isRecord)).toEqual([true, false, false, false, false]);
});

test("columns are as wide as their widest cell", () => {
  const rows = [
    ["images", "12", "ok"],
    ["a", "3", "differs"],
  ];
  expect(alignColumns(rows, ["left", "right", "left"])).toEqual([
    "images  12  ok",
    "a        3  differs",
  ]);
});
