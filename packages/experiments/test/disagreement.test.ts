/** @file How `data check` prints where FER2013's labels and FERPlus' votes disagree. */
import { expect, test } from "vitest";
import { describeDisagreement } from "../src/cli/disagreement.ts";

test("a disagreement is a matrix with a row per label, counts, and the share that differs", () => {
  const lines = describeDisagreement({
    given: ["neutral", "fear"],
    truth: ["neutral", "fear", "contempt"],
    counts: [
      [90, 4, 6],
      [10, 30, 0],
    ],
    wrong: [10, 10],
  });
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    training labels of FER2013 in rows, votes of FERPlus in columns:
               neutral  fear  contempt  images  differ   share
      neutral       90     4         6     100      10  10.0 %
      fear          10    30         0      40      10  25.0 %
      all          100    34         6     140      20  14.3 %
    "
  `);
});
