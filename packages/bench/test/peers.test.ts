/** @file What `bench peers` makes of another package's probabilities. */
import { rafDbClasses } from "@mvt/datasets";
import { peerExpressions } from "@mvt/faces";
import { describe, expect, test } from "vitest";
import { classOf, cropTo, meaningOfPeer } from "../src/peers-command.ts";

const certain = (name: (typeof peerExpressions)[number]) =>
  peerExpressions.map((other) => (other === name ? 1 : 0));

describe("classOf", () => {
  test.each(peerExpressions)("finds %s in the classes of RAF-DB by its meaning", (name) => {
    expect(rafDbClasses[classOf(certain(name), rafDbClasses)]).toBe(meaningOfPeer[name]);
  });

  test("takes the most probable class that the data set has", () => {
    const probabilities = peerExpressions.map((name) =>
      name === "happy" ? 0.6 : name === "sad" ? 0.3 : 0.02,
    );
    expect(classOf(probabilities, ["contempt", "neutral", "sadness"])).toBe(2);
  });

  test("refuses a data set without any of the classes", () => {
    expect(() => classOf(certain("sad"), ["contempt"])).toThrow(/got contempt/);
  });
});

describe("cropTo", () => {
  const image = {
    width: 4,
    height: 3,
    channels: 1 as const,
    data: Uint8Array.from({ length: 12 }, (_, i) => i),
  };

  test("keeps the whole pixels inside a box, within the image", () => {
    const cut = cropTo(image, { left: 1.5, top: -2, width: 9, height: 4.2 });
    expect(cut).toEqual({
      width: 3,
      height: 2,
      channels: 1,
      data: Uint8Array.of(1, 2, 3, 5, 6, 7),
    });
  });

  test("is nothing where the box misses the image", () => {
    expect(cropTo(image, { left: 5, top: 0, width: 2, height: 2 })).toBeUndefined();
  });
});
