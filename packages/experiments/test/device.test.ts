import { DeviceError } from "@mvt/core";
import type { Adapter } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { chooseDevice } from "../src/engine/engine.ts";

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

describe("with TensorFlow.js, --device", () => {
  test("is left to it", async () => {
    expect(await chooseDevice(undefined, "tfjs", findsNone)).toEqual({ device: "auto" });
    expect(await chooseDevice("cuda", "tfjs", findsNone)).toEqual({ device: "cuda" });
  });
});
