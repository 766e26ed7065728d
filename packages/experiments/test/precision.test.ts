/** Half precision as a setting of training: who is refused, and what it trains. */
import { dirname, join } from "node:path";
import { nn, onnxBackend } from "@mvt/core";
import type { Backend, Program } from "@mvt/core";
import { instantiate, thresholds } from "@mvt/relabel";
import { describe, expect, test } from "vitest";
import { runId } from "../src/settings/run-config.ts";
import type { EpochMetrics } from "../src/runs/result.ts";
import { planRun, planRuns } from "../src/runs/planned-run.ts";
import { checkPlan } from "../src/training/execute.ts";
import {
  declareClassifier,
  evaluationProgram,
  requirePrecision,
  trainingProgram,
} from "../src/training/programs.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { temporaryFolder } from "@mvt/testing/folder";
import { configFor, tinyConfig } from "./fixtures/run-config.ts";
import { folderOf, readMetrics, remains, train, withRelabelling } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";

const { model, training } = tinyConfig;
const half = { ...tinyConfig, training: { ...training, precision: "float16" } } as const;

const drawData = async (folder: string) =>
  openedData(await drawFaces(join(folder, "data"), "raf-db"), {
    imageSize: 16,
    validationShare: 0.2,
    cacheFolder: join(folder, "cache"),
  });

/** An engine that nothing is computed on. */
const engine = (device: string, halfPrecision?: boolean): Backend => ({
  name: "onnxruntime-node 1.30.0",
  device,
  ...(halfPrecision === undefined ? {} : { computesFloat16: async () => halfPrecision }),
  compile: () => Promise.reject(new Error("nothing is compiled")),
});

describe("half precision", () => {
  test("is a part of what a run's result depends on", () => {
    expect(runId(half)).not.toBe(runId(tinyConfig));
  });

  test("is refused where the engine has none, with what to do", async () => {
    await expect(requirePrecision(engine("cpu"), [tinyConfig, half])).rejects.toThrow(
      "precision=float16: expected a GPU with 16-bit floats (WebGPU's shader-f16), got onnxruntime-node 1.30.0 on cpu. Add --device webgpu, or train without --set precision=float16.",
    );
    const software = { ...engine("webgpu", false), adapter: "SwiftShader Device (Subzero)" };
    await expect(requirePrecision(software, [half])).rejects.toThrow(
      "precision=float16: expected a GPU with 16-bit floats (WebGPU's shader-f16), got webgpu (SwiftShader Device (Subzero)), which has none. Train without --set precision=float16.",
    );
  });

  test("is granted where the device computes in it; full precision is everywhere", async () => {
    await expect(requirePrecision(engine("webgpu", true), [half])).resolves.toBeUndefined();
    await expect(requirePrecision(engine("cpu"), [tinyConfig])).resolves.toBeUndefined();
  });

  test("is refused before anything is trained", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    const data = await drawData(folder);
    const config = configFor(data);
    const asked = { ...config, training: { ...config.training, precision: "float16" } } as const;
    const run = planRun({ title: "tiny", config: asked, data, after: [] });
    const plan = await planRuns([run], join(folder, "runs"));
    await expect(checkPlan(plan, join(folder, "runs"), engine("cpu"))).rejects.toThrow(
      "precision=float16: expected a GPU",
    );
  });
});

describe("a classifier's programs in half precision", () => {
  const classifier = declareClassifier({ ...model, depth: 2 });
  const B = 4;
  const feeds = {
    images: Uint8Array.from({ length: B * 16 * 16 * 3 }, (_, i) => (i * 97) % 251),
    labels: Int32Array.of(0, 1, 2, 1),
    weights: Float32Array.of(1, 1, 1, 0),
    learningRate: Float32Array.of(1e-3),
    step: Float32Array.of(1),
  };

  /** On the CPU, which computes float16 as float32 for the most part. */
  async function run(program: Program) {
    const backend = await onnxBackend({ threads: 1 });
    const executable = await backend.compile(program);
    try {
      await executable.writeState(nn.initialWeights(classifier.parameters, 1));
      return { results: await executable.run(feeds), state: await executable.readState() };
    } finally {
      await executable.dispose();
    }
  }
  const options = { batchSize: B, adamw: { epsilon: 1e-4 } };

  test("train alike with activations computed again, and near full precision", async () => {
    const full = await run(trainingProgram(classifier, options));
    const plain = await run(trainingProgram(classifier, { ...options, precision: "float16" }));
    const saving = await run(
      trainingProgram(classifier, { ...options, precision: "float16", recompute: true }),
    );
    expect(plain.results["loss"]).toBeAllClose(full.results["loss"]!, { rtol: 5e-3 });
    for (const [name, { data }] of plain.state) {
      expect(saving.state.get(name)!.data, name).toBeAllClose(data, { rtol: 1e-3, atol: 1e-5 });
    }
  });

  test("answer as those in full precision, to float16's rounding", async () => {
    const full = await run(evaluationProgram(classifier, B));
    const lower = await run(evaluationProgram(classifier, B, 1, "float16"));
    expect(lower.results["probabilities"]).toBeAllClose(full.results["probabilities"]!, {
      rtol: 1e-2,
      atol: 1e-3,
    });
  });
});

const webgpu = await onnxBackend({ device: "webgpu" }).catch(() => undefined);

describe.skipIf(!(await webgpu?.computesFloat16?.()))("a run in half precision", () => {
  const slow = { tags: ["slow"], timeout: 300_000 };

  test(
    "that is interrupted ends where it would have, and near full precision",
    slow,
    async ({ onTestFinished }) => {
      const folder = await temporaryFolder(onTestFinished);
      const data = await drawData(folder);
      const config = configFor(data);
      const short = { ...config.training, epochs: 2 };
      const relabelling = (precision: "float32" | "float16") =>
        withRelabelling(
          { config: { ...config, training: { ...short, precision } }, data },
          instantiate(thresholds.constant),
          2,
        );
      const [full, lower] = [relabelling("float32"), relabelling("float16")];
      const runs = (name: string) => join(folder, name);
      const context = { backend: webgpu! };

      await train(lower, runs("whole"), context);
      const onEpoch = ({ epoch }: EpochMetrics) => {
        if (epoch === 1) throw new Error("interrupted");
      };
      const interrupted = train(lower, runs("parts"), { ...context, onEpoch });
      await expect(interrupted).rejects.toThrow("interrupted");
      await train(lower, runs("parts"), context);
      const path = (name: string) => dirname(folderOf(lower, runs(name)).path("result.json"));
      expect(await remains(path("parts"))).toEqual(await remains(path("whole")));

      await train(full, runs("cpu"));
      const losses = (metrics: readonly EpochMetrics[]) => metrics.map(({ loss }) => loss);
      expect(losses(await readMetrics(lower, runs("whole")))).toBeAllClose(
        losses(await readMetrics(full, runs("cpu"))),
        { rtol: 1e-2 },
      );
    },
  );
});
