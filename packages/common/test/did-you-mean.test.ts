/** @file The suggestion for a name that is nearly right. */
import { didYouMean } from "@mvt/common";
import { describe, expect, test } from "vitest";

describe("the suggestion for a name", () => {
  const names = ["constant", "linear", "quadratic", "sigmoid"];

  test.each([
    ["sigmiod", ' Did you mean "sigmoid"?'],
    ["Quadratic", ' Did you mean "quadratic"?'],
    ["linea", ' Did you mean "linear"?'],
    ["k", ""],
    ["entropy", ""],
  ])("%s: %s", (word, suggestion) => {
    expect(didYouMean(word, names)).toBe(suggestion);
  });

  test("is empty where there are no candidates", () => {
    expect(didYouMean("sigmoid", [])).toBe("");
  });
});
