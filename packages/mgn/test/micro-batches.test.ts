/** The steps of both sides in micro-batches, beside the same steps on the whole batch. */
import { adamw, onnxBackend, printProgram } from "@mvt/core";
import type { Backend, Feeds, Program } from "@mvt/core";
import { alternatingMgn, discriminatorProgram, generatorProgram, monitorMgn } from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { runOn } from "./support/run-on.ts";
import { B, K, m, N, smallBatch, smallMgn } from "./support/small.ts";

const { weights, ...mgn } = smallMgn();
// Without an epsilon of this size AdamW's first step is the sign of a gradient, and rounding decides the sign of the smallest.
const optimizer = adamw({ epsilon: 1e-4 });
const options = { batchSize: B, optimizer };
const saturated = { lambda: 2, saturation: 0.5 };

/** Every image has a mask of its own; the last is padding, so that the micro-batches weigh differently. */
const feeds = {
  ...smallBatch(),
  randomMask: Float32Array.from({ length: B * N }, (_, i) => Number((i * 7) % 5 < 2)),
  learningRate: Float32Array.of(1e-2),
};

const sides: Readonly<
  Record<
    string,
    { readonly programIn: (microBatches?: number) => Program; readonly sums: string[] }
  >
> = {
  discriminator: {
    programIn: (microBatches) => discriminatorProgram(mgn, { ...options, microBatches }),
    sums: ["LD", "crossEntropyGm", "crossEntropyRm"],
  },
  generator: {
    programIn: (microBatches) => generatorProgram(mgn, { ...options, microBatches }),
    sums: ["LG", "variance", "area"],
  },
  "generator with saturation": {
    programIn: (microBatches) =>
      generatorProgram(mgn, { ...options, microBatches, loss: saturated }),
    sums: ["LG", "variance", "area"],
  },
};

const near = { rtol: 1e-5, atol: 1e-5 };

describe.for(Object.entries(sides))("a step of the %s", ([, { programIn, sums }]) => {
  test.for([
    ["one after another", 4, 1],
    ["side by side", 2, 2],
    ["side by side and one after another", 4, 2],
  ] as const)(
    "in micro-batches %s has the losses, masks and next weights of the whole batch",
    async ([, count, threads]) => {
      const backend = await onnxBackend({ threads });
      const whole = await runOn(backend, programIn(), weights, feeds, 1);
      const divided = await runOn(backend, programIn(count), weights, feeds, 1);
      expect(Object.keys(divided.results)).toEqual(Object.keys(whole.results));
      for (const [name, expected] of Object.entries(whole.results)) {
        expect(divided.results[name]!, name).toHaveLength(expected.length);
        expect(divided.results[name]!, name).toBeAllClose(expected, near);
      }
      for (const [name, { data }] of whole.state) {
        expect(divided.state.get(name)!.data, name).toBeAllClose(data, near);
      }
    },
  );

  test("adds the losses up, and joins what each image has", () => {
    const { outputs, microBatches } = programIn(2);
    expect(microBatches).toMatchObject({ count: 2, sums });
    for (const [name, { shape }] of Object.entries(outputs)) {
      expect(shape, name).toEqual(sums.includes(name) ? [] : [B / 2, name === "Mp" ? N : K]);
    }
  });

  test("in one micro-batch is the program of the whole batch", () => {
    expect(programIn(1).microBatches).toBeUndefined();
    expect(printProgram(programIn(1))).toBe(printProgram(programIn()));
    expect(printProgram(programIn())).not.toContain("batchWeights");
    expect(printProgram(programIn())).toContain(`images: uint8[${B}, 12, 12, 3]`);
  });

  test("is refused in micro-batches that do not divide the batch", () => {
    expect(() => programIn(3)).toThrow("a multiple of 3 micro-batches, got 4 samples");
  });
});

describe("the area of a batch's mean mask", () => {
  const programIn = (microBatches?: number) =>
    generatorProgram(mgn, { ...options, microBatches, loss: { areaOf: "batch" } });

  test("is refused in micro-batches, of which it is no sum", () => {
    expect(() => programIn(2)).toThrow(
      'expected a whole batch where areaOf is "batch", got a micro-batch of 2 of 4 images.',
    );
  });

  test("is computed in one", () => {
    expect(printProgram(programIn(1))).toBe(printProgram(programIn()));
  });
});

describe("alternating training in micro-batches", () => {
  /** The statistics of six batches, and the weights after them. */
  async function train(backend: Backend, microBatches?: number) {
    const side = { optimizer, microBatches };
    const training = await alternatingMgn(backend, mgn, {
      batchSize: B,
      discriminator: side,
      generator: { ...side, loss: saturated },
    });
    const monitor = monitorMgn({ patches: N, classes: K, m });
    try {
      await training.writeState(weights);
      for (let step = 1; step <= 6; step += 1) {
        const own: Feeds = { ...feeds, step: Float32Array.of(step) };
        monitor.discriminator(await training.discriminatorStep(own), feeds.labels, feeds.weights);
        monitor.generator(await training.generatorStep(own), feeds.weights);
      }
      return { statistics: monitor.statistics(), state: await training.readState() };
    } finally {
      await training.dispose();
    }
  }

  test("ends where training on whole batches ends, with the same statistics", async () => {
    const backend = await onnxBackend({ threads: 2 });
    const whole = await train(backend);
    const divided = await train(backend, 4);
    const numbers = ({ masks, ...others }: typeof whole.statistics) =>
      [...Object.values(others), ...Object.values(masks)] as number[];
    expect(numbers(divided.statistics)).toBeAllClose(numbers(whole.statistics), {
      rtol: 1e-4,
      atol: 1e-5,
    });
    for (const [name, { data }] of whole.state) {
      const tolerance = { rtol: 1e-3, atol: 1e-4 };
      expect(divided.state.get(name)!.data, name).toBeAllClose(data, tolerance);
    }
  });

  test("gives the same weights, bit for bit, when it is repeated", async () => {
    const backend = await onnxBackend({ threads: 2 });
    const [first, again] = [await train(backend, 4), await train(backend, 4)];
    expect(again).toEqual(first);
  });
});
