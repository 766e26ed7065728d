/** @file From votes to a label, by protocol: cases worked out by hand. */
import { applyProtocol, type FerplusProtocol, ferplusProtocols } from "@mvt/datasets";
import { describe, expect, test } from "vitest";

// Columns: neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown, NF.
const cases: readonly [string, readonly number[], Record<FerplusProtocol, string | undefined>][] = [
  [
    "a clear majority",
    [0, 9, 0, 0, 0, 0, 0, 0, 1, 0],
    {
      "argmax-10": "happiness",
      "official-majority": "happiness",
      "argmax-8": "happiness",
      "strict-majority": "happiness",
    },
  ],
  [
    "four of ten votes",
    [4, 0, 0, 2, 2, 2, 0, 0, 0, 0],
    {
      "argmax-10": "neutral",
      "official-majority": undefined, // 4 of 10
      "argmax-8": "neutral",
      "strict-majority": undefined,
    },
  ],
  [
    "four votes among single ones",
    [0, 0, 0, 4, 1, 1, 1, 1, 1, 1],
    {
      "argmax-10": "sadness",
      "official-majority": "sadness", // 4 of the 4 that are left
      "argmax-8": "sadness",
      "strict-majority": undefined, // 4 of 10
    },
  ],
  [
    "half of the votes exactly",
    [0, 0, 0, 0, 0, 0, 5, 3, 2, 0],
    {
      "argmax-10": "fear",
      "official-majority": undefined, // more than half is asked for
      "argmax-8": "fear",
      "strict-majority": undefined,
    },
  ],
  [
    "a tie",
    [0, 0, 0, 5, 5, 0, 0, 0, 0, 0],
    {
      "argmax-10": "sadness", // the first column
      "official-majority": undefined,
      "argmax-8": "sadness",
      "strict-majority": undefined,
    },
  ],
  [
    "a tie with unknown",
    [0, 0, 0, 0, 0, 0, 0, 4, 4, 2],
    {
      "argmax-10": "contempt", // its column comes first
      "official-majority": undefined,
      "argmax-8": "contempt",
      "strict-majority": undefined,
    },
  ],
  [
    "most votes for unknown",
    [1, 0, 0, 0, 0, 3, 0, 0, 6, 0],
    {
      "argmax-10": undefined,
      "official-majority": undefined,
      "argmax-8": "disgust",
      "strict-majority": undefined,
    },
  ],
  [
    "single votes for unknown and not a face",
    [3, 0, 2, 0, 0, 0, 1, 0, 1, 1],
    {
      "argmax-10": "neutral",
      "official-majority": "neutral", // 3 of 5: those two do not count either
      "argmax-8": "neutral",
      "strict-majority": undefined, // 3 of 8
    },
  ],
  [
    "no face",
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 10],
    {
      "argmax-10": undefined,
      "official-majority": undefined,
      "argmax-8": "neutral", // as numpy.argmax of zeros
      "strict-majority": undefined,
    },
  ],
  [
    "single votes only",
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
    {
      "argmax-10": "neutral",
      "official-majority": undefined, // nothing is left
      "argmax-8": "neutral",
      "strict-majority": undefined,
    },
  ],
];

describe.each(Object.keys(ferplusProtocols) as FerplusProtocol[])(
  "FERPlus under %s",
  (protocol) => {
    test.each(cases)(`labels %s`, (_, votes, expected) => {
      expect(applyProtocol(votes, protocol)).toBe(expected[protocol]);
    });
  },
);

describe("applyProtocol", () => {
  test("asks for all ten columns", () => {
    expect(() => applyProtocol([10, 0, 0, 0, 0, 0, 0, 0], "argmax-8")).toThrow(
      "applyProtocol: expected 10 votes (neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF), found 8",
    );
  });
});
