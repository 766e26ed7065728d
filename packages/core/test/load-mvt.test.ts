import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deit,
  describeModel,
  loadMvt,
  type ModelDescription,
  nn,
  ops,
  type DecodedImage,
  type Program,
  random,
  resizeBilinear,
} from "@mvt/core";
import { encodePortable, withMetadata } from "@mvt/core/portable";
import { describe, expect, test } from "vitest";

const config = {
  imageSize: 16,
  patchSize: 8,
  width: 16,
  depth: 1,
  heads: 2,
  mlpRatio: 2,
  classes: 3,
  initStd: 0.3,
};
const { model: vit, parameters } = nn.declareParameters((scope) => deit.declareVit(scope, config));
const weights = nn.initialWeights(parameters, 1);

/** The classifier, and as its "mask" the mean of every patch, which tells where a pixel went. */
function program(input: "bytes" | "pixels", batchSize: number): Program {
  const images =
    input === "bytes"
      ? ops.input("images", [batchSize, 16, 16, 3], "uint8")
      : ops.input("images", [batchSize, 3, 16, 16]);
  const patches =
    input === "bytes"
      ? deit.normalizePixels(deit.toPixels(deit.patchify(images, 8)))
      : deit.patchifyPlanar(images, 8);
  const mask = ops.mean(deit.denormalizePixels(patches), [2]);
  return {
    inputs: [images],
    outputs: { probabilities: ops.softmax(deit.classify(vit, patches)), mask },
    state: parameters.map(({ tensor }) => ({ input: tensor })),
  };
}

const description: ModelDescription = {
  input: "bytes",
  classes: ["anger", "fear", "neutral"],
  preprocessing: {
    imageSize: 16,
    patchSize: 8,
    colours: "RGB",
    resize: "pillow-bilinear",
    ...deit.imagenet,
  },
  mask: { form: { kind: "soft" }, polarity: "remove", space: "pixel", m: 0.2 },
  precision: "float32",
  about: { title: "tiny", metrics: { test: { k: 1, n: 3 } } },
};

const graph = (input: "bytes" | "pixels") =>
  encodePortable({ program: (batchSize) => program(input, batchSize), weights });
const model = (input: "bytes" | "pixels" = "bytes") =>
  withMetadata(graph(input), describeModel({ ...description, input }));

function picture(
  width: number,
  height: number,
  channels: DecodedImage["channels"] = 3,
): DecodedImage {
  const stream = random.stream(7, `${width}x${height}`);
  const length = width * height * channels;
  return { width, height, channels, data: Uint8Array.from({ length }, () => stream.integer(256)) };
}

describe("a loaded model", () => {
  test("says what it is", async () => {
    const mvt = await loadMvt(model());
    expect(mvt.description).toEqual(description);
    await mvt.dispose();
  });

  test("answers with the most probable class, all probabilities, and a mask value per patch", async () => {
    const mvt = await loadMvt(model());
    const answer = await mvt.predict(picture(16, 16));
    expect(Object.keys(answer.probabilities)).toEqual(["anger", "fear", "neutral"]);
    const values = Object.values(answer.probabilities);
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(answer.probability).toBe(Math.max(...values));
    expect(answer.probabilities[answer.expression]).toBe(answer.probability);
    expect(answer.mask).toHaveLength(4);
    await mvt.dispose();
  });

  test("answers the same from bytes and from normalised pixels", async () => {
    const [bytes, pixels] = [await loadMvt(model("bytes")), await loadMvt(model("pixels"))];
    const [a, b] = [await bytes.predict(picture(20, 30)), await pixels.predict(picture(20, 30))];
    expect(Object.values(b.probabilities)).toBeAllClose(Object.values(a.probabilities), {
      atol: 1e-5,
    });
    expect(b.mask).toBeAllClose(a.mask!, { atol: 1e-5 });
    await Promise.all([bytes.dispose(), pixels.dispose()]);
  });

  test("resizes pictures of any shape as training did", async () => {
    const mvt = await loadMvt(model());
    const wide = picture(40, 10);
    const resized = { width: 16, height: 16, channels: 3 as const };
    const data = resizeBilinear(wide.data, 40, 3, 16);
    expect(await mvt.predict(wide)).toEqual(await mvt.predict({ ...resized, data }));
    await mvt.dispose();
  });

  test("takes grey as three equal channels, and leaves alpha out", async () => {
    const mvt = await loadMvt(model());
    const grey = picture(16, 16, 1);
    const spread = (pixel: (value: number) => readonly number[]) =>
      Uint8Array.from([...grey.data].flatMap((value) => [...pixel(value)]));
    const rgb = await mvt.predict({ ...grey, channels: 3, data: spread((v) => [v, v, v]) });
    expect(await mvt.predict(grey)).toEqual(rgb);
    const transparent = spread((v) => [v, v, v, 9]);
    expect(await mvt.predict({ ...grey, channels: 4, data: transparent })).toEqual(rgb);
    await mvt.dispose();
  });

  test("answers many in batches as it answers each", async () => {
    const mvt = await loadMvt(model());
    const pictures = Array.from({ length: 35 }, (_, i) => picture(16 + i, 16));
    const answers = await mvt.predictAll(pictures);
    expect(answers).toHaveLength(35);
    for (const i of [0, 31, 32, 34]) {
      const alone = await mvt.predict(pictures[i]!);
      expect(answers[i]!.expression).toBe(alone.expression);
      expect(answers[i]!.mask).toBeAllClose(alone.mask!, { atol: 1e-6 });
    }
    await mvt.dispose();
  });

  test("refuses a picture whose data is not of its size", async () => {
    const mvt = await loadMvt(model());
    await expect(mvt.predict({ ...picture(16, 16), width: 17 })).rejects.toThrow(
      "predict: expected 17 x 16 pixels of 3 bytes, got 768 bytes",
    );
    await mvt.dispose();
  });

  test("refuses pixels that are no bytes, and channels that are not counted so", async () => {
    const mvt = await loadMvt(model());
    const whole = picture(16, 16);
    for (const [changed, message] of [
      [{ data: Float32Array.from(whole.data, (v) => v / 255) }, "got a Float32Array"],
      [{ data: [...whole.data] }, "got a Array"],
      [{ data: undefined }, "got a undefined"],
      [{ channels: 2, data: new Uint8Array(512) }, "expected 1, 3, 4 channels, got 2"],
      [{ width: 0 }, "expected 0 x 16 pixels"],
    ] as const) {
      const wrong = { ...whole, ...changed } as unknown as DecodedImage;
      await expect(mvt.predict(wrong)).rejects.toThrow(message);
    }
    const canvas = { ...whole, data: Uint8ClampedArray.from(whole.data) as unknown as Uint8Array };
    expect(await mvt.predict(canvas)).toEqual(await mvt.predict(whole));
    await mvt.dispose();
  });

  test("comes from a file as well", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mvt-core-"));
    const path = join(folder, "model.onnx");
    await writeFile(path, model());
    const mvt = await loadMvt(path, { threads: 1 });
    expect(mvt.description.about["title"]).toBe("tiny");
    await mvt.dispose();
    await rm(folder, { recursive: true });
  });
});

describe("a file of another kind", () => {
  test("is refused when its metadata does not say how it is used", async () => {
    await expect(loadMvt(graph("bytes"))).rejects.toThrow(
      "model: expected a model of format mvt-model/1, got an ONNX file that does not say how it is used",
    );
  });

  test.each([
    ["classes", "[]"],
    ["preprocessing", '{"imageSize":16}'],
    ["mask", '{"form":{"kind":"soft"}}'],
    ["input", "text"],
    ["precision", "int4"],
  ])("is refused when its %s is %s", async (key, value) => {
    const damaged = withMetadata(graph("bytes"), { ...describeModel(description), [key]: value });
    await expect(loadMvt(damaged)).rejects.toThrow(`expected ${key} in its metadata, got ${value}`);
  });

  test.each([[["anger", "fear"]], [["anger", "fear", "neutral", "happiness"]]])(
    "is refused when its metadata name the classes %j and its output has three",
    async (classes) => {
      const changed = withMetadata(graph("bytes"), describeModel({ ...description, classes }));
      await expect(loadMvt(changed)).rejects.toThrow(
        `expected an output "probabilities" with a column for each of the ${classes.length} classes in its metadata, got an output of shape [batch, 3]`,
      );
    },
  );

  test("is refused when two of its classes have one name", async () => {
    const classes = ["anger", "anger", "neutral"];
    const changed = withMetadata(graph("bytes"), describeModel({ ...description, classes }));
    await expect(loadMvt(changed)).rejects.toThrow("expected classes in its metadata");
  });

  test("has no class whose name steers a terminal", async () => {
    const classes = ["anger\u001B[31m", "fear", "neutral"];
    const mvt = await loadMvt(
      withMetadata(graph("bytes"), describeModel({ ...description, classes })),
    );
    expect(mvt.description.classes.join()).not.toMatch(/\p{Cc}/u);
    await mvt.dispose();
  });

  test("is refused when the engine cannot run it", async () => {
    const empty = withMetadata(new Uint8Array(), describeModel(description));
    await expect(loadMvt(empty)).rejects.toThrow("got one that it refuses (");
  });
});
