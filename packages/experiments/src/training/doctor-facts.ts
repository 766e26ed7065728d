/** @file What `doctor --json` writes: what this machine has, and whether training works on it. */
import { statfsSync } from "node:fs";
import { arch, availableParallelism, cpus, totalmem } from "node:os";
import { reasonOf } from "@mvt/common";
import { DeviceError, findAdapter, missingCuda, onnxDevices } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { z } from "zod";
import { openRequested } from "../engine/engine.ts";
import type { EngineRequest } from "../engine/engine.ts";
import { tfjsFacts } from "../engine/tfjs.ts";
import { scales } from "../settings/scales.ts";
import { compareWithGolden } from "./golden-values.ts";
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
  golden: z
    .object({
      tolerance: z.number().describe("the largest difference that counts as equal"),
      values: z
        .array(
          z.object({
            name: z.string().describe("an operator, or `a training step`"),
            difference: z
              .number()
              .optional()
              .describe("the largest, over the largest value; absent if a value is not finite"),
            agrees: z.boolean().describe("whether it is within the tolerance"),
          }),
        )
        .readonly()
        .describe("everything that was computed"),
    })
    .optional()
    .describe(
      "the engine's values beside stored ones of PyTorch; absent if it computed none. If one does not agree, the exit code is 1",
    ),
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
  const backend = await openRequested(request);
  const { name, device, adapter } = backend;
  yield { engine: { name, device, adapter } };
  yield { webgpu: await adapterFacts() };
  const missing = missingCuda();
  yield { cuda: { ready: missing === undefined, missing } };
  if (request.backend === "onnx") yield* examineGpu(backend);
  yield await compare(backend);
  yield { step: await tryStep(backend) };
}

/** An engine that fails here fails at the training step as well, which says why. */
async function compare(backend: Backend): Promise<Partial<DoctorFacts>> {
  try {
    return { golden: await compareWithGolden(backend) };
  } catch {
    return {};
  }
}

/** What is wrong with the engine, in one sentence with what to do; undefined if training works. */
export function problemOf({ golden, step, engine }: Partial<DoctorFacts>): string | undefined {
  if (step?.works !== true) {
    return `doctor: expected a training step to work, but the engine failed: ${step?.problem}. Reinstall with \`npx -y pnpm@12 install --force\`.`;
  }
  const wrong = golden?.values.filter(({ agrees }) => !agrees) ?? [];
  if (golden !== undefined && wrong.length === 0) return undefined;
  const device = engine === undefined ? "the engine" : `${engine.name} on ${engine.device}`;
  if (golden === undefined) {
    return `doctor: expected ${device} to compute the stored operators and training step, but it failed. Use --device cpu.`;
  }
  const found = wrong.map(({ name, difference }) =>
    difference === undefined ? `${name} (not finite)` : `${name} (${difference.toExponential(1)})`,
  );
  return `doctor: expected the values that PyTorch computes, within ${golden.tolerance} of the largest; got others from ${device}: ${found.join(", ")}. Do not train on it: update its driver, or use --device cpu.`;
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
