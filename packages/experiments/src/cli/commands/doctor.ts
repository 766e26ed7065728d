/** @file `pnpm exp doctor`: what this machine has, and whether a training step works on it. */
import { statfsSync } from "node:fs";
import { arch, availableParallelism, cpus, totalmem } from "node:os";
import type { Argv } from "yargs";
import { scales } from "../../scales.ts";
import { measureThroughput } from "../../bench/throughput.ts";
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
  say("engine", `${backend.name}, ${backend.device}`);
  const { model, training } = scales.smoke;
  try {
    const rate = await measureThroughput(backend, { model: { ...model, classes: 7 }, training });
    say("a training step", `works: ${rate.toFixed(0)} images/s with the smoke model`);
  } catch (error) {
    throw new UsageError(
      `doctor: expected a training step to work, but the engine failed: ${(error as Error).message}. Reinstall with \`npx -y pnpm@12 install --force\`.`,
    );
  }
}
