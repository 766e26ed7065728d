/** @file The facts of a benchmark for scripts. */
import { describe, expect, test } from "vitest";
import { benchFacts, benchJson } from "../src/bench-facts.ts";

const ours = { id: "onnx-cpu", title: "ours", batchSize: 8, rounds: [[2], [2], []], peak: 100 };
const theirs = { id: "pytorch", title: "theirs", batchSize: 8, rounds: [[4], [8], [4]], peak: 400 };

describe("the facts of a benchmark", () => {
  test("have the times, and the ratios of rounds that both were part of", () => {
    const pairs = [
      { of: "onnx-cpu", to: "pytorch" },
      { of: "onnx-cpu", to: "left-out" },
    ];
    const setting = { id: "train", title: "training step", timings: [ours, theirs], pairs };
    const facts = benchFacts({ title: "nano", settings: [setting], scalings: [], notes: [] }, [
      "x 1",
    ]);
    const [found] = benchJson.parse(facts).settings;
    expect(found!.timings[0]).toMatchObject({
      seconds: 2,
      imagesPerSecond: 4,
      rounds: 2,
      peak: 100,
    });
    expect(found!.ratios).toEqual([
      { of: "onnx-cpu", to: "pytorch", speed: 3, least: 2, most: 4, rounds: 2, memory: 0.25 },
    ]);
  });

  test("have what grows, by the quantity, without a memory that was not measured", () => {
    const { peak: _, ...timing } = ours;
    const about = { id: "batch", quantity: "images per step", what: "training step" };
    const scaling = { ...about, points: [{ x: 8, timing }] };
    const facts = benchFacts({ title: "nano", settings: [], scalings: [scaling], notes: [] }, []);
    const [point] = benchJson.parse(JSON.parse(JSON.stringify(facts))).scalings[0]!.points;
    expect(point).toEqual({ x: 8, seconds: 2, fastest: 2, imagesPerSecond: 4 });
  });
});
