/** @file What a synthetic set says about its faces: classes, wrong labels, votes. */
import { random } from "@mvt/core";
import { applyProtocol, expressions, ferplusProtocols, type FerplusProtocol } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import {
  classesOf,
  drawExpressions,
  lookalikes,
  mislabel,
  type SplitPlan,
} from "../src/synthetic/faces.ts";
import { ferplusFrequencies } from "../src/synthetic/ferplus-rows.ts";
import { drawUnknownVotes, drawVotes, notAFaceVotes } from "../src/synthetic/votes.ts";
import { rafDbFrequencies } from "../src/synthetic/write-raf-db.ts";

const protocols = Object.keys(ferplusProtocols) as FerplusProtocol[];

const rafDb: SplitPlan = {
  seed: 1,
  dataset: "raf-db",
  split: "train",
  frequencies: rafDbFrequencies,
};
const ferplus: SplitPlan = { ...rafDb, dataset: "ferplus", frequencies: ferplusFrequencies };

describe("the classes", () => {
  test("are seven for RAF-DB and eight for FERPlus", () => {
    expect(classesOf(rafDbFrequencies)).toHaveLength(7);
    expect(classesOf(rafDbFrequencies)).not.toContain("contempt");
    expect(classesOf(ferplusFrequencies)).toEqual(expressions);
  });

  test.each([rafDb, ferplus])("have $dataset's frequencies in every full round", (plan) => {
    const { frequencies } = plan;
    const size = Object.values(frequencies).reduce((sum, count) => sum + count, 0);
    const drawn = drawExpressions(plan, 3 * size);
    for (const expression of classesOf(frequencies)) {
      const found = drawn.slice(size, 2 * size).filter((one) => one === expression);
      expect(found).toHaveLength(frequencies[expression]!);
    }
  });

  test("of the first faces do not depend on how many follow", () => {
    expect(drawExpressions(rafDb, 500).slice(0, 33)).toEqual(drawExpressions(rafDb, 33));
  });

  test("differ between seeds and between splits", () => {
    const train = drawExpressions(rafDb, 100);
    expect(drawExpressions({ ...rafDb, seed: 2 }, 100)).not.toEqual(train);
    expect(drawExpressions({ ...rafDb, split: "test" }, 100)).not.toEqual(train);
  });
});

describe("wrong labels", () => {
  const truth = drawExpressions(rafDb, 1000);
  const wrongAt = (given: readonly string[]) =>
    given.flatMap((label, i) => (label === truth[i] ? [] : [i]));

  test.each([0, 0.1, 0.1234, 1])("are exactly as many as the rate %d asks for", (rate) => {
    const given = mislabel(rafDb, truth, rate, "symmetric");
    expect(wrongAt(given)).toHaveLength(Math.round(rate * 1000));
  });

  test("are uniform over the other classes", () => {
    const faces = Array.from({ length: 6000 }, () => "fear" as const);
    const given = mislabel(rafDb, faces, 1, "symmetric");
    expect(given).not.toContain("fear");
    for (const other of classesOf(rafDbFrequencies).filter((expression) => expression !== "fear")) {
      const share = given.filter((label) => label === other).length / 6000;
      expect(Math.abs(share - 1 / 6)).toBeLessThan(0.02); // four standard errors
    }
  });

  test("can be lookalikes only", () => {
    const given = mislabel(rafDb, truth, 0.3, "confusable");
    const wrong = wrongAt(given);
    expect(wrong).toHaveLength(300);
    for (const i of wrong) expect(lookalikes[truth[i]!]).toContain(given[i]);
  });

  test("at a low rate are wrong in the same way at a higher one", () => {
    const few = mislabel(rafDb, truth, 0.1, "symmetric");
    const many = mislabel(rafDb, truth, 0.2, "symmetric");
    for (const i of wrongAt(few)) expect(many[i]).toBe(few[i]);
  });
});

describe("the votes", () => {
  const stream = random.stream(1, "votes");

  test("are ten, and give the label under every protocol", () => {
    for (const given of expressions) {
      for (const intensity of [0.2, 0.6, 0.9, 1.3]) {
        const votes = drawVotes(stream, given, intensity);
        expect(votes.reduce((sum, vote) => sum + vote, 0)).toBe(10);
        for (const protocol of protocols) expect(applyProtocol(votes, protocol)).toBe(given);
      }
    }
  });

  test("agree more on strong expressions", () => {
    const agreed = (intensity: number) =>
      Array.from({ length: 200 }, () => Math.max(...drawVotes(stream, "fear", intensity))).reduce(
        (sum, votes) => sum + votes / 200,
        0,
      );
    expect(agreed(1.2)).toBeGreaterThan(agreed(0.6) + 1);
  });

  test("on an unreadable face are mostly unknown, and drop it under the usual protocols", () => {
    const votes = drawUnknownVotes(stream, "anger");
    expect(votes.reduce((sum, vote) => sum + vote, 0)).toBe(10);
    expect(votes[8]).toBeGreaterThan(5);
    expect(applyProtocol(votes, "argmax-10")).toBeUndefined();
  });

  test("on what is no face all say so", () => {
    expect(notAFaceVotes()).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 10]);
  });
});
