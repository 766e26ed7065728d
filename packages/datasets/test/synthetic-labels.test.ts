/** @file What a synthetic set says about its faces: classes, wrong labels, votes. */
import { random } from "@mvt/core";
import { applyProtocol, expressions, ferplusProtocols, type FerplusProtocol } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { classesOf, deal, decks, lookalikes } from "../src/synthetic/classes.ts";
import { mislabel } from "../src/synthetic/label-noise.ts";
import { drawUnknownVotes, drawVotes, notAFaceVotes } from "../src/synthetic/votes.ts";

const protocols = Object.keys(ferplusProtocols) as FerplusProtocol[];

describe("the classes", () => {
  test("are seven for RAF-DB and eight for FERPlus", () => {
    expect(classesOf("raf-db")).toHaveLength(7);
    expect(classesOf("raf-db")).not.toContain("contempt");
    expect(classesOf("ferplus")).toEqual(expressions);
  });

  test.each(["raf-db", "ferplus"] as const)("have %s's shares in every full deck", (dataset) => {
    const size = Object.values(decks[dataset]).reduce((sum, cards) => sum + cards, 0);
    const dealt = deal(1, dataset, "train", 3 * size);
    for (const expression of classesOf(dataset)) {
      const found = dealt.slice(size, 2 * size).filter((card) => card === expression);
      expect(found).toHaveLength(decks[dataset][expression]!);
    }
  });

  test("of the first faces do not depend on how many follow", () => {
    expect(deal(1, "raf-db", "train", 500).slice(0, 33)).toEqual(deal(1, "raf-db", "train", 33));
  });

  test("differ between seeds and between splits", () => {
    const train = deal(1, "raf-db", "train", 100);
    expect(deal(2, "raf-db", "train", 100)).not.toEqual(train);
    expect(deal(1, "raf-db", "test", 100)).not.toEqual(train);
  });
});

describe("wrong labels", () => {
  const truth = deal(1, "raf-db", "train", 1000);
  const wrongAt = (given: readonly string[]) =>
    given.flatMap((label, i) => (label === truth[i] ? [] : [i]));

  test.each([0, 0.1, 0.1234, 1])("are exactly as many as the rate %d asks for", (rate) => {
    const given = mislabel(1, "raf-db", "train", truth, rate, "symmetric");
    expect(wrongAt(given)).toHaveLength(Math.round(rate * 1000));
  });

  test("are uniform over the other classes", () => {
    const faces = Array.from({ length: 6000 }, () => "fear" as const);
    const given = mislabel(1, "raf-db", "train", faces, 1, "symmetric");
    expect(given).not.toContain("fear");
    for (const other of classesOf("raf-db").filter((expression) => expression !== "fear")) {
      const share = given.filter((label) => label === other).length / 6000;
      expect(Math.abs(share - 1 / 6)).toBeLessThan(0.02); // four standard errors
    }
  });

  test("can be lookalikes only", () => {
    const given = mislabel(1, "raf-db", "train", truth, 0.3, "confusable");
    const wrong = wrongAt(given);
    expect(wrong).toHaveLength(300);
    for (const i of wrong) expect(lookalikes[truth[i]!]).toContain(given[i]);
  });

  test("at a low rate are wrong in the same way at a higher one", () => {
    const few = mislabel(1, "raf-db", "train", truth, 0.1, "symmetric");
    const many = mislabel(1, "raf-db", "train", truth, 0.2, "symmetric");
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
