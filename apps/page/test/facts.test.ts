import type { ModelDescription } from "@mvt/core/portable";
import { describe, expect, test } from "vitest";
import { factsOf } from "../src/view/facts.ts";

const description: ModelDescription = {
  input: "bytes",
  classes: ["anger", "neutral"],
  preprocessing: {
    imageSize: 48,
    patchSize: 8,
    colours: "RGB",
    resize: "pillow-bilinear",
    mean: [0.5, 0.5, 0.5],
    std: [0.2, 0.2, 0.2],
  },
  mask: { form: { kind: "soft" }, polarity: "remove", space: "pixel", m: 0.2 },
  precision: "float32",
  about: {
    title: "RAF-DB, MGN m = 0.2",
    run: "3f2a",
    data: { title: "RAF-DB", kind: "synthetic", counts: { train: 1800 } },
    metrics: { test: { k: 44, n: 50 } },
    licence: "The graph: MIT.",
  },
};

const factOf = (name: string, changed: Partial<ModelDescription> = {}) =>
  new Map(factsOf({ ...description, ...changed })).get(name);

describe("the facts about a model", () => {
  test("are lines for people", () => {
    expect(factsOf(description)).toEqual([
      ["Model", "RAF-DB, MGN m = 0.2"],
      ["Trained on", "1800 synthetic faces, drawn in the layout of RAF-DB: not real faces"],
      ["Test accuracy", "88.0 % (44 of 50)"],
      ["Classes", "anger, neutral"],
      ["Images", "48 × 48 pixels in patches of 8 × 8, given as bytes"],
      ["Mask", "soft, removes what it marks; trained to remove the fraction m = 0.2 of the image"],
      ["Weights", "float32"],
      ["Run", "3f2a"],
      ["Licence", "The graph: MIT."],
    ]);
  });

  test("leave out what the file does not contain or has in another form", () => {
    const about = { data: "none", metrics: { test: { k: "44" } }, licence: ["a"] };
    expect(factsOf({ ...description, about }).map(([name]) => name)).toEqual([
      "Classes",
      "Images",
      "Mask",
      "Weights",
    ]);
  });

  test("tell images of a data set from drawn ones", () => {
    const data = { title: "RAF-DB", kind: "real", counts: { train: 12271 } };
    expect(factOf("Trained on", { about: { data } })).toBe("12271 images of RAF-DB");
  });

  test("say when only the first test images were compared", () => {
    const metrics = { test: { k: 9, n: 10, firstImagesOnly: true } };
    expect(factOf("Test accuracy", { about: { metrics } })).toBe("90.0 % (9 of the first 10)");
  });

  test("say that a model has no masks, or masks that keep", () => {
    const { mask, ...unmasked } = description;
    expect(new Map(factsOf(unmasked)).get("Mask")).toBe(
      "none: the classifier sees the whole image",
    );
    expect(factOf("Mask", { mask: { ...mask!, polarity: "keep" } })).toContain(
      "keeps what it marks",
    );
  });
});
