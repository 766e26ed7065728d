import { UserError } from "@mvt/common";
import { decodeSafetensors, encodeSafetensors, nn } from "@mvt/core";
import {
  declareGenerator,
  decodeMgn,
  encodeMgn,
  generatorConfig,
  intoScope,
  type MgnFile,
  outOfScope,
} from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { backbone } from "./support/small.ts";

const config = generatorConfig(backbone, 0.15);
const { parameters } = nn.declareParameters((scope) => declareGenerator(scope, config));
const file: MgnFile = {
  config,
  weights: nn.initialWeights(parameters, 7),
  dataset: "raf-db",
  polarity: "remove",
  space: "pixel",
  provenance: { command: "exp table1", seed: 0, statistics: { LD: 2.1 } },
};
const expected = { imageSize: 12, patchSize: 4, dataset: "raf-db" };
const bytes = encodeMgn(file);

/** The same file with other metadata or weights. */
function altered(changes: Record<string, string | undefined>, weights = file.weights): Uint8Array {
  const { metadata } = decodeSafetensors(bytes, "file");
  const entries = Object.entries({ ...metadata, ...changes }).filter(([, v]) => v !== undefined);
  return encodeSafetensors(weights, Object.fromEntries(entries) as Record<string, string>);
}

const refusal = (given: Uint8Array, wanted: Parameters<typeof decodeMgn>[2] = expected) => {
  try {
    decodeMgn(given, "mgn.safetensors", wanted);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error("expected decodeMgn to refuse");
};

describe("the file of a mask generator", () => {
  test("gives back what it was made from", () => {
    expect(decodeMgn(bytes, "mgn.safetensors", expected)).toEqual(file);
  });

  test("can be read without knowing the data set", () => {
    const { dataset } = decodeMgn(bytes, "mgn.safetensors", { imageSize: 12, patchSize: 4 });
    expect(dataset).toBe("raf-db");
  });

  test("is a safetensors file with timm's names, for whoever reads it elsewhere", () => {
    const { weights, metadata } = decodeSafetensors(bytes, "file");
    expect([...weights.keys()]).toContain("blocks.0.attn.qkv.weight");
    expect(metadata).toMatchObject({
      m: "0.15",
      imageSize: "12",
      patchSize: "4",
      dataset: "raf-db",
    });
  });

  test("holds the generator's weights only", () => {
    const more = new Map([
      ...file.weights,
      ["adamw.m/norm.weight", file.weights.get("norm.weight")!],
    ]);
    expect(encodeMgn({ ...file, weights: more })).toEqual(bytes);
  });

  test("is refused for another image size, patch size, data set or m", () => {
    expect(refusal(bytes, { ...expected, imageSize: 224 })).toBe(
      "mgn.safetensors: expected a mask generator for image size 224, got one for image size 12; train one for it, or choose the file that was.",
    );
    expect(refusal(bytes, { ...expected, patchSize: 16 })).toContain(
      "for patch size 16, got one for patch size 4;",
    );
    expect(refusal(bytes, { ...expected, dataset: "ferplus" })).toContain(
      "for data set ferplus, got one for data set raf-db;",
    );
    expect(refusal(bytes, { ...expected, m: 0.2 })).toContain("for m 0.2, got one for m 0.15;");
  });

  test("is not written, nor read, with m outside of 0 to 1", () => {
    for (const m of [0, 1, 15]) {
      expect(() => encodeMgn({ ...file, config: { ...config, m } })).toThrow(
        `MGN file: expected m, the share of the image to remove, between 0 and 1, got ${m};`,
      );
      expect(refusal(altered({ config: JSON.stringify({ ...config, m }) }))).toContain(
        `mgn.safetensors: expected m, the share of the image to remove, between 0 and 1, got ${m};`,
      );
    }
  });

  test("is not written with weights missing or not finite", () => {
    const without = new Map([...file.weights].filter(([name]) => name !== "head.bias"));
    expect(() => encodeMgn({ ...file, weights: without })).toThrow(
      "MGN file: expected head.bias [1] of finite numbers, got none;",
    );
    const broken = new Map([
      ...file.weights,
      ["head.bias", { shape: [1], data: Float32Array.of(NaN) }],
    ]);
    expect(() => encodeMgn({ ...file, weights: broken })).toThrow("got some that are not finite;");
  });

  test("is refused when it is cut off", () => {
    for (const length of [0, 7, 100, bytes.length - 1]) {
      expect(refusal(bytes.subarray(0, length))).toContain(
        "the file is damaged or of another kind",
      );
    }
  });

  test("is refused when a weight has changed", () => {
    const flipped = bytes.slice();
    flipped[bytes.length - 2]! ^= 1;
    expect(refusal(flipped)).toMatch(
      /expected weights of SHA-256 \w{64}, got \w{64}; the file is damaged/,
    );
  });

  test("is refused when it is another file of weights", () => {
    expect(refusal(encodeSafetensors(file.weights))).toBe(
      "mgn.safetensors: expected a mask generator of format mvt-mgn/1, got weights without a format; use a file that was written when MGN was trained.",
    );
    expect(refusal(altered({ format: "mvt-mgn/2" }))).toContain("got mvt-mgn/2;");
  });

  test.for([
    [
      { depth: 4294967295 },
      "expected a number from 1 to 1000 for depth in config, got 4294967295;",
    ],
    [{ heads: 3 }, "expected sizes of a generator that fit each other, got others (block:"],
    [
      { registers: "4" },
      'expected a number from 0 to 1000, or nothing for registers in config, got "4";',
    ],
    [{ positions: "none" }, "expected truncated-normal or sin-cos, or nothing for positions"],
  ] as const)("is refused at once with %o in its configuration", ([wrong, finding]) => {
    expect(refusal(altered({ config: JSON.stringify({ ...config, ...wrong }) }))).toContain(
      finding,
    );
  });

  test("is refused when its metadata is incomplete", () => {
    expect(refusal(altered({ config: undefined }))).toContain(
      "expected a JSON object under config, got none;",
    );
    expect(refusal(altered({ config: "[1]" }))).toContain(
      "expected a JSON object under config, got [1];",
    );
    expect(refusal(altered({ config: JSON.stringify({ ...config, depth: 0 }) }))).toContain(
      "expected a number from 1 to 1000 for depth in config, got 0;",
    );
    expect(refusal(altered({ config: JSON.stringify({ ...config, mlpRatio: "2" }) }))).toContain(
      'expected a number above 0 for mlpRatio in config, got "2";',
    );
    expect(refusal(altered({ polarity: "both" }))).toContain(
      'expected polarity "remove" or "keep" and space "pixel" or "normalized", got both and pixel;',
    );
    expect(refusal(altered({ space: undefined }))).toContain("got remove and undefined;");
    expect(refusal(altered({ provenance: "{" }))).toContain(
      "expected a JSON object under provenance, got {;",
    );
  });

  test("is refused when its weights are of another configuration", () => {
    const deeper = JSON.stringify({ ...config, depth: 2 });
    expect(refusal(altered({ config: deeper }))).toContain(
      "expected blocks.1.norm1.weight [16] of finite numbers, got none;",
    );
  });
});

describe("scopes", () => {
  test("prefix names and take the prefix off again, leaving other names out", () => {
    const scoped = intoScope("generator", file.weights);
    expect([...scoped.keys()][0]).toBe("generator.pos_embed");
    const state = new Map([
      ...scoped,
      ...intoScope("discriminator", file.weights),
      ...file.weights,
    ]);
    expect(outOfScope("generator", state)).toEqual(file.weights);
  });
});
