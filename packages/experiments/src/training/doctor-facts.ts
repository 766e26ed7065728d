/** @file What `doctor --json` writes: what this machine has, and whether training works on it. */
import { statfsSync } from "node:fs";
import { arch, availableParallelism, cpus, totalmem } from "node:os";
import { reasonOf } from "@mvt/common";
import { DeviceError, findAdapter, missingCuda, onnxDevices } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { z } from "zod";
import { engineSpecOf, openBackend } from "../engine/engine.ts";
import type { EngineRequest } from "../engine/engine.ts";
import { tfjsFacts } from "../engine/tfjs.ts";
import { scales } from "../settings/scales.ts";
import { hostOperators } from "./host-operators.ts";
import { measureThroughput } from "./throughput.ts";

export const doctorJson = z.object({
  node: z.string().describe("the version of Node"),
  platform: z.string().describe("the system, as Node names it"),
  arch: z.string().describe("the processor's architecture, as Node names it"),
  processor: z.string().describe("the processor's model"),
  cores: z.int().describe("usable cores"),
  memory: z.int().describe("bytes of memory"),
  diskFree: z.number().describe("free bytes of the disk of this folder"),
  tfjs: z
    .array(
      z.object({
        name: z.string().describe("a package of TensorFlow.js"),
        version: z.string().optional().describe("its version; absent if it is not installed"),
        complete: z.boolean().describe("whether it is installed with its native addon"),
      }),
    )
    .readonly()
    .describe("the packages of TensorFlow.js"),
  engine: z
    .object({
      name: z.string().describe("the engine with its version"),
      device: z.string().describe("the device"),
      adapter: z.string().optional().describe("the device's own name, where it is known"),
    })
    .describe("what the options name"),
  webgpu: z
    .object({
      name: z.string().optional().describe("its name, where it is known"),
      hardware: z.boolean().describe("false for a driver that computes on the CPU, for tests"),
    })
    .optional()
    .describe("the GPU through WebGPU; absent if there is none"),
  cuda: z
    .object({
      ready: z.boolean().describe("whether ONNX Runtime's provider is installed"),
      missing: z.string().optional().describe("what it lacks"),
    })
    .describe("the GPU through CUDA"),
  halfPrecision: z
    .boolean()
    .optional()
    .describe("whether the GPU computes with 16-bit floats; only of a GPU that the options name"),
  leftToCpu: z
    .array(
      z.object({
        program: z.string().describe("a program"),
        operators: z.record(z.string(), z.int()).describe("how often each operator ran on the CPU"),
      }),
    )
    .readonly()
    .optional()
    .describe("programs that leave operators to the CPU; only of a GPU that the options name"),
  step: z
    .object({
      works: z.boolean().describe("whether a training step works; if not, the exit code is 1"),
      imagesPerSecond: z.number().optional().describe("its speed, with the model of scale smoke"),
      problem: z.string().optional().describe("why it does not work"),
    })
    .describe("a training step on the engine"),
});
export type DoctorFacts = z.input<typeof doctorJson>;

/**
 * Finds out, one part after the other, so that what is known is told even if what follows crashes. All parts together
 * are the facts. Throws where the engine cannot be opened.
 */
export async function* examine(request: EngineRequest): AsyncGenerator<Partial<DoctorFacts>> {
  const { bavail, bsize } = statfsSync(".");
  yield {
    node: process.versions.node,
    platform: process.platform,
    arch: arch(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: totalmem(),
    diskFree: bavail * bsize,
    tfjs: tfjsFacts(),
  };
  const backend = await openBackend(await engineSpecOf(request));
  const { name, device, adapter } = backend;
  yield { engine: { name, device, adapter } };
  yield { webgpu: await adapterFacts() };
  const missing = missingCuda();
  yield { cuda: { ready: missing === undefined, missing } };
  if (request.backend === "onnx") yield* examineGpu(backend);
  yield { step: await tryStep(backend) };
}

async function* examineGpu(backend: Backend): AsyncGenerator<Partial<DoctorFacts>> {
  const device = onnxDevices.find((one) => one === backend.device);
  if (device === undefined || device === "cpu") return;
  const halfPrecision = (await backend.computesFloat16?.()) ?? false;
  yield { halfPrecision };
  const left = await hostOperators(scales.smoke, device, halfPrecision);
  yield {
    leftToCpu: left.map(({ program, operators }) => ({
      program,
      operators: Object.fromEntries(operators),
    })),
  };
}

async function tryStep(backend: Backend): Promise<DoctorFacts["step"]> {
  const { model, training } = scales.smoke;
  try {
    const config = { model: { ...model, classes: 7 }, training };
    return { works: true, imagesPerSecond: await measureThroughput(backend, config) };
  } catch (error) {
    return { works: false, problem: reasonOf(error) };
  }
}

async function adapterFacts(): Promise<DoctorFacts["webgpu"]> {
  try {
    const { name, hardware } = await findAdapter();
    return { name, hardware };
  } catch (error) {
    if (error instanceof DeviceError) return undefined;
    throw error;
  }
}
