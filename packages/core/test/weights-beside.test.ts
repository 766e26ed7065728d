/** @file Weights in several files, and weights in ONNX models: with external data, and exported by this project. */
import { backbones, deit, describeModel, nn, openWeights, ops } from "@mvt/core";
import { encodePortable, withMetadata } from "@mvt/core/portable";
import type { ModelDescription, NdArray, OpenOptions, Weights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { loadWild, matchWild, refusalOf, wild, wildBytes } from "./support/wild.ts";

const plain = await loadWild("plain.safetensors");

/** Answers with these bytes for these names, and with the golden files for the others. */
const besideWith =
  (changed: Readonly<Record<string, Uint8Array>>): NonNullable<OpenOptions["beside"]> =>
  async (name) =>
    changed[name] ?? wildBytes(name);

describe("sharded safetensors", () => {
  const index = "model.safetensors.index.json";
  const second = "model-00002-of-00002.safetensors";

  test("are read by their index", async () => {
    const match = await matchWild(index);
    expect(match.file.format).toBe("safetensors");
    expect(backbones.deit.load(match)).toEqual(plain);
  });

  test("are refused one by one, with the advice to pass the index", async () => {
    expect(await refusalOf(() => loadWild(second))).toMatch(
      /expected all parameters of the network, got none for .*\. The file is one of several: pass their index, which ends in .index.json\.$/,
    );
  });

  const made = (map: unknown) => new Uint8Array(Buffer.from(JSON.stringify({ weight_map: map })));
  const shards = "model-00001-of-00002.safetensors";
  test.each([
    [
      "an array that its file does not have",
      made({ "norm.rate": shards }),
      `expected norm.rate in ${shards}, got a file without it`,
    ],
    [
      "an array in two files",
      made({ "norm.weight": "plain.safetensors", cls_token: shards }),
      "in one file, got it again in",
    ],
    ["no array", made({}), "expected the names of arrays in weight_map, got none"],
    ["no map", made("norm.weight"), "got other JSON. Pass the file of the weights themselves"],
    ["a number for a file", made({ "norm.weight": 3 }), "got other JSON"],
    ["a file outside", made({ x: "../x" }), "expected names of files in its own folder, got ../x"],
    ["an absolute path", made({ x: "/etc/passwd" }), "got /etc/passwd"],
    ["a path of Windows", made({ x: "C:\\x" }), "got C:\\x"],
    ["itself", made({ x: index }), `expected weights in ${index}, got another index`],
    [
      "more files than a network has arrays",
      made(Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`x${i}`, `f${i}`]))),
      "expected at most 2000 files beside it, got 2001",
    ],
  ])("are refused with %s in the index", async (_, bytes, reason) => {
    const work = () => openWeights(bytes, index, { beside: besideWith({}) });
    expect(await refusalOf(work)).toContain(reason);
  });
});

describe("external data of an ONNX model", () => {
  test.each(["dynamo.onnx", "helper.onnx"])("is read: %s", async (name) => {
    expect(await loadWild(name)).toEqual(plain);
  });

  test("is refused where no other file may be read", async () => {
    const work = () => openWeights(wildBytes("helper.onnx"), "helper.onnx");
    expect(await refusalOf(work)).toBe(
      "helper.onnx: expected all values in the file, got a reference to helper.onnx.data. Save the model in one file: onnx.save(onnx.load(FILE), OUT), which holds up to 2 GiB.",
    );
  });

  test("is refused where its file is too short", async () => {
    const beside = besideWith({
      "helper.onnx.data": wildBytes("helper.onnx.data").subarray(0, 900),
    });
    expect(await refusalOf(() => loadWild("helper.onnx", { beside }))).toMatch(
      /expected bytes \d+ to \d+ of helper.onnx.data for initialiser .*, got a file of 900 bytes/,
    );
  });

  test.each(["../per.onnx.data", "/elp/r.onnx.data", "h\\lper.onnx.data"])(
    "is refused outside the folder: %s",
    async (name) => {
      const bytes = Buffer.from(wildBytes("helper.onnx")).toString("latin1");
      const changed = bytes.replaceAll("helper.onnx.data", name);
      const work = () =>
        openWeights(new Uint8Array(Buffer.from(changed, "latin1")), "m.onnx", {
          beside: besideWith({}),
        });
      expect(await refusalOf(work)).toContain("m.onnx: expected names of files in its own folder");
    },
  );
});

describe("an ONNX model that this project exported", () => {
  const { model: vit, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, wild));
  const { model: generator, parameters: generated } = nn.declareParameters((scope) =>
    deit.declareVit(scope.at("generator"), wild),
  );
  const weights = new Map([
    ...nn.initialWeights(parameters, 3),
    ...nn.initialWeights(generated, 4),
  ]);
  const description: ModelDescription = {
    input: "bytes",
    classes: ["a", "b", "c"],
    preprocessing: {
      imageSize: 12,
      patchSize: 4,
      colours: "RGB",
      resize: "pillow-bilinear",
    } as never,
    precision: "float32",
    about: {},
  };
  const exported = (precision: ModelDescription["precision"]) => {
    const program = (batchSize: number) => {
      const images = ops.input("images", [batchSize, 12, 12, 3], "uint8");
      const patches = deit.normalizePixels(deit.toPixels(deit.patchify(images, 4)));
      const probabilities = ops.softmax(
        ops.add(deit.classify(vit, patches), deit.classify(generator, patches)),
      );
      const state = [...parameters, ...generated].map(({ tensor }) => ({ input: tensor }));
      return { inputs: [images], outputs: { probabilities }, state };
    };
    return withMetadata(
      encodePortable({ program, weights, precision }),
      describeModel({ ...description, precision }),
    );
  };
  const loadOwn = async (precision: ModelDescription["precision"]): Promise<Weights> =>
    backbones.deit.load(
      backbones.deit.match(await openWeights(exported(precision), "own.onnx"), wild),
    );

  test("gives the weights of its classifier, and leaves the mask generator out", async () => {
    const file = await openWeights(exported("float32"), "own.onnx");
    expect(backbones.deit.load(backbones.deit.match(file, wild))).toEqual(
      new Map([...weights].filter(([name]) => !name.startsWith("generator."))),
    );
    expect(file.otherEntries).toContain("generator.norm.weight");
  });

  /** The largest difference, as a share of the largest weight. */
  const apart = (a: NdArray, b: NdArray) =>
    Math.max(...a.data.map((x, i) => Math.abs(x - b.data[i]!))) / Math.max(...b.data.map(Math.abs));

  test.each([
    ["float16", 2 ** -11],
    ["int8", 1 / 254],
  ] as const)("in %s, rounded as it is stored", async (precision, bound) => {
    const loaded = await loadOwn(precision);
    const name = "blocks.0.attn.qkv.weight";
    expect(apart(loaded.get(name)!, weights.get(name)!)).toBeLessThanOrEqual(bound * 1.001);
    expect(apart(loaded.get(name)!, weights.get(name)!)).toBeGreaterThan(0);
    expect(loaded.get("norm.bias")).toEqual(weights.get("norm.bias"));
  });
});
