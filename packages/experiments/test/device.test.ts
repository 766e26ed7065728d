import { DeviceError } from "@mvt/core";
import type { Adapter } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { chooseDevice, deviceOf, requireOneJob } from "../src/engine/engine.ts";

const finds = (adapter: Adapter) => async () => adapter;
const findsNone = async () => Promise.reject(new DeviceError("expected a GPU"));
const gpu = { name: "NVIDIA GeForce RTX 4090", hardware: true };
const software = { name: "SwiftShader Device (Subzero)", hardware: false };

describe("--device auto", () => {
  test("is webgpu on a GPU, by its name", async () => {
    const chosen = { device: "webgpu", adapter: "NVIDIA GeForce RTX 4090" };
    expect(await chooseDevice("auto", "onnx", finds(gpu))).toEqual(chosen);
  });

  test("is cpu where the only adapter computes on the CPU, or there is none", async () => {
    expect(await chooseDevice("auto", "onnx", finds(software))).toEqual({ device: "cpu" });
    expect(await chooseDevice("auto", "onnx", findsNone)).toEqual({ device: "cpu" });
  });
});

describe("--device webgpu", () => {
  test("takes an adapter that computes on the CPU, since it was asked for", async () => {
    const chosen = { device: "webgpu", adapter: "SwiftShader Device (Subzero)" };
    expect(await chooseDevice("webgpu", "onnx", finds(software))).toEqual(chosen);
  });

  test("is refused where there is no adapter", async () => {
    await expect(chooseDevice("webgpu", "onnx", findsNone)).rejects.toThrow("expected a GPU");
  });
});

describe("--device cpu", () => {
  test("asks for no adapter, and is the default", async () => {
    expect(await chooseDevice("cpu", "onnx", findsNone)).toEqual({ device: "cpu" });
    expect(await chooseDevice(undefined, "onnx", findsNone)).toEqual({ device: "cpu" });
  });
});

describe("--jobs", () => {
  test("of several is for the CPU, and for CUDA", () => {
    for (const device of ["cpu", "cuda"] as const) {
      expect(() => requireOneJob({ backend: "onnx", jobs: 2 }, { device })).not.toThrow();
    }
    expect(() => requireOneJob({ backend: "onnx", jobs: 1 }, { device: "webgpu" })).not.toThrow();
    expect(() => requireOneJob({ backend: "onnx" }, { device: "webgpu" })).not.toThrow();
  });

  test("of several is refused on webgpu, however it was chosen", () => {
    expect(() => requireOneJob({ backend: "onnx", jobs: 2 }, { device: "webgpu" })).toThrow(
      "--jobs 2: expected 1 on webgpu, because sessions of ONNX Runtime that compute on one WebGPU device at once end the process (microsoft/onnxruntime issue 32561). Pass --device cpu to train several runs at once.",
    );
  });
});

describe("a device in reports", () => {
  test("says how CUDA multiplies", () => {
    expect(deviceOf({ device: "cpu" })).toBe("cpu");
    expect(deviceOf({ device: "cuda" })).toBe(
      "cuda (float32 products in TensorFloat-32 on GPUs since Ampere)",
    );
  });
});

describe("with TensorFlow.js, --device", () => {
  test("is left to it", async () => {
    expect(await chooseDevice(undefined, "tfjs", findsNone)).toEqual({ device: "auto" });
    expect(await chooseDevice("cuda", "tfjs", findsNone)).toEqual({ device: "cuda" });
  });
});
