/** @file Precision, recall and harm of relabelling, by hand and by their identities. */
import { relabelQuality } from "@mvt/relabel";
import { describe, expect, test } from "vitest";

describe("the quality of relabelling", () => {
  const truth = [0, 0, 0, 1, 1, 1, 2, 2];
  const given = [0, 0, 1, 1, 2, 0, 2, 1]; //   wrong: samples 2, 4, 5, 7
  const current = [0, 2, 0, 1, 1, 2, 2, 1]; // changed: 1 (harmed), 2, 4 (repaired), 5 (wrong again)
  const quality = relabelQuality({ given, current, truth });

  test("counts each share as it is defined", () => {
    expect(quality).toEqual({
      precision: { k: 2, n: 4, value: 0.5 }, //  2 and 4, of 1, 2, 4, 5
      hits: { k: 3, n: 4, value: 0.75 }, //      2, 4 and 5
      recall: { k: 2, n: 4, value: 0.5 }, //     2 and 4, of 2, 4, 5, 7
      harm: { k: 1, n: 4, value: 0.25 }, //      1, of 0, 1, 3, 6
      correctBefore: { k: 4, n: 8, value: 0.5 },
      correctAfter: { k: 5, n: 8, value: 0.625 },
    });
  });

  test("has no precision where nothing changed, and no recall where nothing was wrong", () => {
    const none = { k: 0, n: 0, value: null };
    expect(relabelQuality({ given: truth, current: truth, truth })).toMatchObject({
      precision: none,
      hits: none,
      recall: none,
      harm: { k: 0, n: 8, value: 0 },
    });
  });

  test("gains what is repaired and loses what is harmed, for every possible pair of samples", () => {
    const triples = Array.from({ length: 27 }, (_, i) => [
      i % 3,
      Math.floor(i / 3) % 3,
      Math.floor(i / 9),
    ]);
    for (const a of triples) {
      for (const b of triples) {
        const q = relabelQuality({
          given: [a[0]!, b[0]!],
          current: [a[1]!, b[1]!],
          truth: [a[2]!, b[2]!],
        });
        expect(q.correctAfter.k).toBe(q.correctBefore.k + q.recall.k - q.harm.k);
        expect(q.precision.k).toBe(q.recall.k);
        expect(q.hits.k + q.harm.k).toBe(q.precision.n); // every change hits a wrong label or harms
        expect(q.harm.n + q.recall.n).toBe(2);
      }
    }
  });

  test("wants three label sets of one length", () => {
    expect(() => relabelQuality({ given, current: [0], truth })).toThrow(
      "as many current and true labels as given ones (8), got 1 and 8",
    );
  });
});
