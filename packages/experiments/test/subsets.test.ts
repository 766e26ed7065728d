/** @file Counting a part of the test set in the answers for all of it. */
import { UserError } from "@mvt/common";
import { describe, expect, test } from "vitest";
import { parsePredictions } from "../src/runs/predictions.ts";
import { countSubset } from "../src/studies/table5.ts";
import { predictionsOf } from "./fixtures/finished-run.ts";

const images = ["t1 fear fear", "t2 fear anger", "t3 anger anger", "t4 anger fear"];
const answers = parsePredictions(predictionsOf(images, ["fear", "anger"]), "predictions.csv");
const count = (...ids: readonly string[]) =>
  countSubset(answers, { name: "occlusion", title: "Occlusion-RAF-DB", ids, notes: [] });

describe("a subset", () => {
  test("is counted by its own images, in whatever order", () => {
    expect(count("t4", "t1", "t3").listed).toEqual({ k: 2, n: 3 });
  });

  test("counts an image as often as its list has it, and once beside that", () => {
    expect(count("t1", "t2", "t1")).toEqual({ listed: { k: 2, n: 3 }, unique: { k: 1, n: 2 } });
  });

  test("refuses images that were not answered, and to be empty", () => {
    expect(() => count("t1", "t9", "t8")).toThrow(
      new UserError(
        "Occlusion-RAF-DB: expected a list of test images, found 2 that are not, such as t9. Use the list that belongs to this data set.",
      ),
    );
    expect(() => count()).toThrow("found an empty list");
  });
});
