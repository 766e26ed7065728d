/** @file A run with all state on the WebGPU device. */
import { dirname, join } from "node:path";
import { DeviceError, onnxBackend } from "@mvt/core";
import { instantiate, thresholds } from "@mvt/relabel";
import { describe, expect, test } from "vitest";
import type { EpochMetrics } from "../src/runs/result.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { temporaryFolder } from "@mvt/testing/folder";
import { configFor } from "./fixtures/run-config.ts";
import { folderOf, readMetrics, remains, train, withRelabelling } from "./fixtures/train.ts";
import { openedData } from "./fixtures/opened-data.ts";

const webgpu = await onnxBackend({ device: "webgpu" }).catch((error: unknown) => {
  if (!(error instanceof DeviceError)) throw error;
  return undefined;
});

describe.skipIf(webgpu === undefined)("a run on webgpu", () => {
  const slow = { tags: ["slow"], timeout: 300_000 }; // SwiftShader compiles kernels for seconds on an idle core

  test(
    "that is interrupted ends where it would have, and near the cpu",
    slow,
    async ({ onTestFinished }) => {
      const folder = await temporaryFolder(onTestFinished);
      const data = await openedData(await drawFaces(join(folder, "data"), "raf-db"), {
        imageSize: 16,
        validationShare: 0.2,
        cacheFolder: join(folder, "cache"),
      });
      const config = configFor(data);
      const short = { ...config, training: { ...config.training, epochs: 2 } };
      const run = withRelabelling({ config: short, data }, instantiate(thresholds.constant), 2);
      const runs = (name: string) => join(folder, name);
      const backend = webgpu!;

      await train(run, runs("whole"), { backend });
      const interrupt = ({ epoch }: EpochMetrics) => {
        if (epoch === 1) throw new Error("interrupted");
      };
      const interrupted = train(run, runs("parts"), { backend, onEpoch: interrupt });
      await expect(interrupted).rejects.toThrow("interrupted");
      await train(run, runs("parts"), { backend });
      const path = (name: string) => dirname(folderOf(run, runs(name)).path("result.json"));
      expect(await remains(path("parts"))).toEqual(await remains(path("whole")));

      await train(run, runs("cpu"));
      const losses = async (name: string) =>
        (await readMetrics(run, runs(name))).map(({ loss }) => loss);
      expect(await losses("whole")).toBeAllClose(await losses("cpu"), { rtol: 1e-3 });
    },
  );
});
