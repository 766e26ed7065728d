import { fromBinary } from "@bufbuild/protobuf";
import { deit, nn, ops, type StoragePrecision, type Program, random } from "@mvt/core";
import { encodePortable, portableOpset, readMetadata, withMetadata } from "@mvt/core/portable";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { ModelProtoSchema } from "../src/backends/onnx/schema/onnx_pb.js";
import { backend } from "./support/evaluate.ts";

const config = {
  imageSize: 16,
  patchSize: 8,
  width: 16,
  depth: 2,
  heads: 2,
  mlpRatio: 2,
  classes: 3,
  initStd: 0.2,
};
const { model: vit, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, config));
const weights = nn.initialWeights(parameters, 1);

function program(batchSize: number): Program {
  const images = ops.input("images", [batchSize, 16, 16, 3], "uint8");
  const patches = deit.normalizePixels(deit.toPixels(deit.patchify(images, 8)));
  return {
    inputs: [images],
    outputs: { probabilities: ops.softmax(deit.classify(vit, patches)) },
    state: parameters.map(({ tensor }) => ({ input: tensor })),
  };
}

const exported = (precision?: StoragePrecision) => encodePortable({ program, weights, precision });
const parsed = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes);

function noise(images: number): Uint8Array {
  const stream = random.stream(3, "portable");
  return Uint8Array.from({ length: images * 16 * 16 * 3 }, () => stream.integer(256));
}

async function answers(model: Uint8Array, images: Uint8Array): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model);
  const batch = images.length / (16 * 16 * 3);
  const results = await session.run({
    images: new ort.Tensor("uint8", images, [batch, 16, 16, 3]),
  });
  expect(results["probabilities"]!.dims).toEqual([batch, 3]);
  await session.release();
  return results["probabilities"]!.data as Float32Array;
}

describe("a portable model", () => {
  test("holds operators of ONNX itself only, of one stated version", () => {
    const { graph, opsetImport, irVersion } = parsed(exported());
    expect(new Set(graph!.node.map(({ domain }) => domain))).toEqual(new Set([""]));
    expect(opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ["", BigInt(portableOpset)],
    ]);
    expect(irVersion).toBe(8n);
  });

  test("has images as its only input, answers as its only output, and an open batch size", () => {
    const { graph } = parsed(exported());
    const described = [...graph!.input, ...graph!.output].map(({ name, type }) => {
      const tensor = type!.value.case === "tensorType" ? type!.value.value : undefined;
      return [name, ...tensor!.shape!.dim.map(({ value }) => value.value)];
    });
    expect(described).toEqual([
      ["images", "batch", 16n, 16n, 3n],
      ["probabilities", "batch", 3n],
    ]);
  });

  test("holds the weights under their names", () => {
    const names = new Set(parsed(exported()).graph!.initializer.map(({ name }) => name));
    expect(parameters.filter(({ name }) => !names.has(name))).toEqual([]);
  });

  test.each([1, 3, 32])("answers a batch of %i as the program does", async (batch) => {
    const images = noise(batch);
    const executable = await backend.compile(program(batch));
    await executable.writeState(weights);
    const { probabilities } = await executable.run({ images });
    expect(await answers(exported(), images)).toBeAllClose(probabilities!, { atol: 1e-6 });
    await executable.dispose();
  });

  test.each([
    ["float16", 2e-3],
    ["int8", 5e-2],
  ] as const)(
    "with weights in %s is smaller and answers nearly the same",
    async (precision, atol) => {
      const images = noise(8);
      const smaller = exported(precision);
      expect(await answers(smaller, images)).toBeAllClose(await answers(exported(), images), {
        rtol: 0,
        atol,
      });
      const stored = (model: Uint8Array) =>
        parsed(model).graph!.initializer.reduce((sum, { rawData }) => sum + rawData.length, 0);
      expect(stored(smaller)).toBeLessThan(stored(exported()) * (precision === "int8" ? 0.4 : 0.6));
    },
  );

  test("has every quantised matrix within half a step of the trained one, per output channel", () => {
    const { initializer } = parsed(exported("int8")).graph!;
    const bytesOf = (name: string) =>
      new Uint8Array(initializer.find((array) => array.name === name)!.rawData).buffer;
    const q = new Int8Array(bytesOf("blocks.0.attn.qkv.weight.int8"));
    const scales = new Float32Array(bytesOf("blocks.0.attn.qkv.weight.scale"));
    const { data } = weights.get("blocks.0.attn.qkv.weight")!;
    expect(scales).toHaveLength(48);
    const steps = data.map((w, i) => Math.abs(w / scales[Math.floor(i / 16)]! - q[i]!));
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.5 + 1e-4);
    expect(Math.max(...q.map(Math.abs))).toBe(127);
  });

  test("takes the place of every operator that only one engine has", async () => {
    const y = ops.input("y", [2, 5, 4]);
    const gate = ops.input("gate", [2, 1]);
    const state = new Map([
      ["y", { shape: [2, 5, 4], data: Float32Array.from({ length: 40 }, (_, i) => i / 9 - 2) }],
      ["gate", { shape: [2, 1], data: Float32Array.of(0.5, -3) }],
    ]);
    const mixed = (batch: number): Program => {
      const x = ops.input("x", [batch, 2, 4]);
      const product = ops.matmul(ops.gelu(y), y, { transposeX: true, scale: 0.3 }); // [2, 4, 4]
      const rows = ops.reshape(product, [2, 16]);
      const gated = ops.reshape(ops.scaleRowsAdd(rows, rows, gate), [1, 8, 4]);
      return {
        inputs: [x],
        outputs: {
          z: ops.matmul(x, ops.broadcastTo(gated, [batch, 8, 4]), { transposeY: true }),
        },
        state: [{ input: y }, { input: gate }],
      };
    };
    const x = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i));
    const executable = await backend.compile(mixed(3));
    await executable.writeState(state);
    const { z } = await executable.run({ x });
    const session = await ort.InferenceSession.create(
      encodePortable({ program: mixed, weights: state }),
    );
    const results = await session.run({ x: new ort.Tensor("float32", x, [3, 2, 4]) });
    expect(results["z"]!.data as Float32Array).toBeAllClose(z!, { atol: 1e-5 });
  });

  test("is refused where an image's answer depends on the others", () => {
    const averaging = (batch: number): Program => {
      const x = ops.input("x", [batch, 4]);
      return { inputs: [x], outputs: { y: ops.sub(x, ops.mean(x, [0])) }, state: [] };
    };
    expect(() => encodePortable({ program: averaging, weights: new Map() })).toThrow(
      "constant: expected the same operator for every batch size",
    );
  });

  test("is refused where weights are missing", () => {
    expect(() => encodePortable({ program, weights: new Map() })).toThrow(
      "encodePortable: expected weights [1, 1, 16] for cls_token, got none",
    );
  });
});

describe("metadata", () => {
  test("is read as it was added, and leaves the graph as it was", () => {
    const model = withMetadata(exported(), { "mvt.format": "1", classes: '["Ärger"]' });
    expect(readMetadata(model, "model.onnx")).toEqual({ "mvt.format": "1", classes: '["Ärger"]' });
    expect(parsed(model).graph).toEqual(parsed(exported()).graph);
    expect(parsed(model).metadataProps.map(({ key }) => key)).toEqual(["mvt.format", "classes"]);
  });

  test("is refused of bytes that are no model", () => {
    expect(() => readMetadata(Buffer.from("{ no model }"), "x.onnx")).toThrow(
      "x.onnx: expected an ONNX model, got something else or a part of one",
    );
  });
});
