/** @file `pnpm exp doctor`: what this machine has, and whether a training step works on it. */
import { statfsSync } from "node:fs";
import { arch, availableParallelism, cpus, totalmem } from "node:os";
import { DeviceError, findAdapter, missingCuda, onnxDevices } from "@mvt/core";
import type { Argv } from "yargs";
import { scales } from "../../scales.ts";
import { hostOperators } from "../../training/host-operators.ts";
import { measureThroughput } from "../../training/throughput.ts";
import { engineName } from "../../engine.ts";
import { tfjsFindings } from "../../tfjs-engine.ts";
import { UsageError } from "../../usage-error.ts";
import { backendOf, engineOptions } from "../options.ts";

export function builder(cli: Argv) {
  return cli
    .options(engineOptions)
    .example("$0 doctor", "one line per finding; exit code 1 if training does not work");
}

type Args = Awaited<ReturnType<typeof builder>["argv"]>;

export async function run(args: Args): Promise<void> {
  const say = (what: string, found: string) => process.stdout.write(`${what.padEnd(30)}${found}\n`);
  const { bavail, bsize } = statfsSync(".");
  say("Node", `${process.versions.node} (${process.platform} ${arch()})`);
  say("processor", `${cpus()[0]?.model.trim()}, ${availableParallelism()} usable cores`);
  say("memory", `${(totalmem() / 2 ** 30).toFixed(1)} GiB`);
  say("disk free here", `${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB`);
  for (const [name, found] of tfjsFindings()) say(name, found);
  const backend = await backendOf(args);
  say("engine", engineName(backend));
  say("GPU through WebGPU", await describeAdapter());
  say("GPU through CUDA", missingCuda() ?? "ONNX Runtime's provider is installed");
  const { model, training } = scales.smoke;
  const device = onnxDevices.find((name) => name === backend.device);
  if (args.backend === "onnx" && device !== undefined && device !== "cpu") {
    const half = (await backend.computesFloat16?.()) ?? false;
    say("half precision", half ? "works" : "none: no 16-bit floats here");
    const left = await hostOperators(scales.smoke, device, half);
    if (left.length === 0) say("operators left to the CPU", "none");
    for (const { program, operators } of left) {
      const list = [...operators].map(([name, count]) => `${count} ${name}`).join(", ");
      say("operators left to the CPU", `${list} in ${program}`);
    }
  }
  try {
    const rate = await measureThroughput(backend, { model: { ...model, classes: 7 }, training });
    say("a training step", `works: ${rate.toFixed(0)} images/s with the smoke model`);
  } catch (error) {
    throw new UsageError(
      `doctor: expected a training step to work, but the engine failed: ${(error as Error).message}. Reinstall with \`npx -y pnpm@12 install --force\`.`,
    );
  }
}

async function describeAdapter(): Promise<string> {
  try {
    const { name = "one whose name is unknown", hardware } = await findAdapter();
    return hardware ? name : `${name}: computes on the CPU, for tests`;
  } catch (error) {
    if (error instanceof DeviceError) return "none found";
    throw error;
  }
}
