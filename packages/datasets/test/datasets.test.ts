/** @file The record of data sets, which names, help, loaders and checks read. */
import {
  datasetFolder,
  datasetNames,
  datasets,
  isSynthetic,
  syntheticLayouts,
  syntheticNames,
} from "@mvt/datasets";
import { describe, expect, test } from "vitest";

describe("the data sets", () => {
  test("are these, in this order", () => {
    expect(datasetNames.map((name) => [name, datasets[name].title])).toEqual([
      ["raf-db", "RAF-DB"],
      ["ferplus", "FERPlus"],
      ["affectnet-7", "AffectNet-7"],
      ["affectnet-8", "AffectNet-8"],
      ["custom", "Custom data"],
    ]);
  });

  test("have folders of their own, but for a set that is part of another", () => {
    const own = datasetNames.filter((name) => datasets[name].partOf === undefined);
    expect(new Set(own.map((name) => datasets[name].folder)).size).toBe(own.length);
    expect(datasetFolder("data", "affectnet-7")).toBe(datasetFolder("data", "affectnet-8"));
  });

  test.each(datasetNames)("%s is part of a set in the same folder, or of none", (name) => {
    const { partOf, folder } = datasets[name];
    const whole = datasetNames.find((other) => other === partOf);
    expect(whole === undefined ? undefined : datasets[whole].folder).toBe(partOf && folder);
  });

  test("can be drawn if they say how", () => {
    expect(syntheticNames).toEqual(["raf-db", "ferplus", "affectnet-7", "affectnet-8"]);
    expect(datasetNames.filter((name) => !isSynthetic(name))).toEqual(["custom"]);
    expect(syntheticLayouts).toEqual(["official", "kaggle", "csv", "folders", "npy"]);
  });
});
