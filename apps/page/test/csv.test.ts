import { describe, expect, test } from "vitest";
import { csvName, csvOf } from "../src/csv.ts";

const imageOf = (name: string, anger: number) => ({
  name,
  prediction: {
    expression: anger >= 0.5 ? "anger" : "neutral",
    probability: Math.max(anger, 1 - anger),
    probabilities: { anger, neutral: 1 - anger },
  },
});

describe("predictions as CSV", () => {
  test("have the image, its class, its probability, and a column per class", () => {
    expect(csvOf([imageOf("a.png", 0.75), imageOf("b.png", 1 / 3)], ["anger", "neutral"])).toBe(
      [
        "image,expression,probability,anger,neutral",
        "a.png,anger,0.750000,0.750000,0.250000",
        "b.png,neutral,0.666667,0.333333,0.666667",
        "",
      ].join("\n"),
    );
  });

  test("quote names with commas and quotation marks", () => {
    const [, row] = csvOf([imageOf('me, "smiling".png', 0)], ["anger", "neutral"]).split("\n");
    expect(row).toBe('"me, ""smiling"".png",neutral,1.000000,0.000000,1.000000');
  });

  test.each([
    ["mvt-raf-db-3f2a.onnx", "mvt-raf-db-3f2a-predictions.csv"],
    ["A.ONNX", "A-predictions.csv"],
  ])("of %s are saved as %s", (name, saved) => {
    expect(csvName({ name })).toBe(saved);
  });
});
