/** What `doctor` says of an engine that computes wrong: PyTorch's stored values are what it is held against. */
import { onnxBackend } from "@mvt/core";
import type { Backend, Results } from "@mvt/core";
import { beforeAll, describe, expect, test } from "vitest";
import { problemOf } from "../src/training/doctor-facts.ts";
import { compareWithGolden } from "../src/training/golden-values.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await onnxBackend();
});

/** An engine whose results are changed before anybody sees them. */
function withFault(change: (results: Results) => void): Backend {
  return {
    ...backend,
    compile: async (program) => {
      const executable = await backend.compile(program);
      return {
        ...executable,
        run: async (feeds) => {
          const results = await executable.run(feeds);
          change(results);
          return results;
        },
      };
    },
  };
}

const wrongIn = ({ values }: Awaited<ReturnType<typeof compareWithGolden>>) =>
  values.filter(({ agrees }) => !agrees).map(({ name }) => name);

const engine = { name: "onnxruntime-node", device: "webgpu" };
const step = { works: true };

describe("an engine that computes as PyTorch does", () => {
  test("agrees to a few millionths in every operator and in a training step", async () => {
    const golden = await compareWithGolden(backend);
    expect(golden.values.map(({ name }) => name)).toContain("layer norm");
    expect(golden.values.at(-1)!.name).toBe("a training step");
    for (const { name, difference } of golden.values) expect(difference, name).toBeLessThan(5e-6);
    expect(problemOf({ engine, golden, step })).toBeUndefined();
  });
});

describe("a planted fault", () => {
  test("in one operator is named, with its size", async () => {
    const golden = await compareWithGolden(
      withFault(({ gelu }) => {
        if (gelu) gelu[3]! += 0.01;
      }),
    );
    expect(wrongIn(golden)).toEqual(["gelu"]);
    expect(problemOf({ engine, golden, step })).toMatch(
      /^doctor: expected the values that PyTorch computes, within 0\.0001 of the largest; got others from onnxruntime-node on webgpu: gelu \(\d\.\de-3\)\. Do not train on it: update its driver, or use --device cpu\.$/,
    );
  });

  test("of a value that is not a number is named as such", async () => {
    const golden = await compareWithGolden(
      withFault(({ softmax }) => {
        if (softmax) softmax[0] = Number.NaN;
      }),
    );
    expect(wrongIn(golden)).toEqual(["softmax"]);
    expect(problemOf({ engine, golden, step })).toContain("softmax (not finite)");
  });

  test.each(["blocks.0.attn.qkv.weight", "cls_token", "head.bias"])(
    "in the gradient of %s fails the training step",
    async (name) => {
      const faulty: Backend = {
        ...backend,
        compile: async (program) => {
          const executable = await backend.compile(program);
          return {
            ...executable,
            readState: async () => {
              const state = new Map(await executable.readState());
              const moment = state.get(`adamw.m/${name}`)!;
              state.set(`adamw.m/${name}`, { ...moment, data: moment.data.map((m) => m * 1.001) });
              return state;
            },
          };
        },
      };
      expect(wrongIn(await compareWithGolden(faulty))).toEqual(["a training step"]);
    },
  );

  test("in the update fails the training step: the rate is a hundredth higher", async () => {
    const faulty: Backend = {
      ...backend,
      compile: async (program) => {
        const executable = await backend.compile(program);
        if (program.update === undefined) return executable;
        const learningRate = Float32Array.of(0.101);
        return { ...executable, run: (feeds) => executable.run({ ...feeds, learningRate }) };
      },
    };
    expect(wrongIn(await compareWithGolden(faulty))).toEqual(["a training step"]);
  });
});

describe("an engine that computes nothing", () => {
  test("is told by the training step, which says why", () => {
    expect(problemOf({ engine, step: { works: false, problem: "no memory" } })).toContain(
      "the engine failed: no memory",
    );
  });

  test("of the stored values alone is told, too", () => {
    expect(problemOf({ engine, step })).toBe(
      "doctor: expected onnxruntime-node on webgpu to compute the stored operators and training step, but it failed. Use --device cpu.",
    );
  });
});

describe("CUDA", () => {
  test("may differ by what TensorFloat-32 leaves out", async () => {
    expect((await compareWithGolden({ ...backend, device: "cuda" })).tolerance).toBe(1e-2);
  });
});
