/** @file predictions.csv, read back. */
import { UserError } from "@mvt/common";
import { describe, expect, test } from "vitest";
import { parsePredictions, predictionsCsv } from "../src/runs/predictions.ts";
import { predictionsOf } from "./fixtures/finished-run.ts";
import { subset } from "./fixtures/noise-data.ts";

const classes = ["neutral", "happiness", "surprise"];
const read = (csv: string) => () => parsePredictions(csv, "runs/3f2a/predictions.csv");
const images = ["test_1 neutral neutral", "test_2 surprise happiness"];

describe("predictions.csv", () => {
  test("is read as it was written", () => {
    const named = {
      ...subset("test", 6, { imageSize: 4 }),
      ids: ["a", "b,c", 'd"', "e", "f", "g"],
    };
    const predicted = Int32Array.of(2, 0, 1, 1, 0, 2);
    const answers = { k: 0, n: 6, predicted, probabilities: new Float32Array(18).fill(1 / 3) };
    const { ids, labels } = named;
    expect(read(predictionsCsv(classes, named, answers))()).toEqual({
      classes,
      ids,
      labels,
      predicted,
    });
  });

  const good = predictionsOf(images, classes);
  const again = "Remove the run's folder to train it again.";
  test.for([
    {
      what: "other columns",
      csv: good.replace("predicted", "answer"),
      found: `:1: expected the columns id, label, predicted and one per class, found id,label,answer,neutral,happiness,surprise. ${again}`,
    },
    {
      what: "nothing",
      csv: "",
      found: `:1: expected the columns id, label, predicted and one per class, found . ${again}`,
    },
    {
      what: "a class that is named twice",
      csv: good.replace("neutral,happiness,surprise", "neutral,happiness,happiness"),
      found: `:1: expected the columns id, label, predicted and one per class, found id,label,predicted,neutral,happiness,happiness. ${again}`,
    },
    {
      what: "a class that is none, naming the line",
      csv: good.replace("surprise,happiness,", "surprise,joy,"),
      found: `:3: expected a class out of neutral, happiness, surprise, found joy. ${again}`,
    },
    {
      what: "an image that comes twice, naming the line",
      csv: good.replace("test_2", "test_1"),
      found: `:3: expected every image once, found test_1 again. ${again}`,
    },
    {
      what: "no image",
      csv: `${good.split("\n")[0]}\n`,
      found: `:2: expected a line per image, found none. ${again}`,
    },
    {
      what: "a line that is cut short",
      csv: good.slice(0, -8),
      found: `: expected the predictions of a run, found Invalid Record Length: expect 6, got 5 on line 3. ${again}`,
    },
  ])("refuses $what", ({ csv, found }) => {
    expect(read(csv)).toThrow(UserError);
    expect(read(csv)).toThrow(`runs/3f2a/predictions.csv${found}`);
  });
});
