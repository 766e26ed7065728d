/** @file `pnpm exp setup`: what a package manager alone does not install. */
import { TfjsError } from "@mvt/core";
import type { Argv } from "yargs";
import { describeSetup, setUpTensorflow } from "../../setup/tensorflow.ts";
import { tensorflowFolder } from "../../tfjs-engine.ts";
import { UsageError } from "../../usage-error.ts";

export function builder(cli: Argv) {
  return cli
    .positional("what", {
      choices: ["tensorflow"] as const,
      demandOption: true,
      describe: "a native TensorFlow for --backend tfjs",
    })
    .options({
      gpu: { type: "boolean", default: false, describe: "with CUDA (not tested)" },
      yes: { type: "boolean", default: false, describe: "do it; without it only say what" },
      python: { type: "string", default: "python3", describe: "the Python whose pip downloads" },
      "pip-args": {
        type: "string",
        describe: "further arguments of pip download, as in --pip-args='--index-url URL'",
      },
    })
    .example("$0 setup tensorflow", "says what would be downloaded, built and written")
    .example("$0 setup tensorflow --yes", "does it; again: does what is missing");
}

export async function run({
  gpu,
  yes,
  python,
  "pip-args": pipArguments,
}: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const setup = {
    folder: tensorflowFolder(),
    gpu,
    python,
    pipArguments: pipArguments?.split(" ").filter(Boolean) ?? [],
  };
  for (const line of describeSetup(setup)) print(line);
  if (!yes) return print("Nothing was done. Repeat the command with --yes to do it.");
  try {
    print(`works: ${await setUpTensorflow(setup, print)}`);
  } catch (error) {
    if (!(error instanceof TfjsError)) throw error;
    throw new UsageError(`${error.finding}. Remove ${setup.folder} to begin anew.`);
  }
}
