/** @file `pnpm exp setup`: builds what no npm package brings. */
import { UserError } from "@mvt/common";
import { TfjsError } from "@mvt/core";
import { defineCommand } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { describeSetup, setUpTensorflow } from "../../setup/tensorflow.ts";
import { tensorflowFolder } from "../../engine/tfjs.ts";

const options = {
  gpu: { type: "boolean", default: false, describe: "with CUDA (not tested)" },
  yes: {
    type: "boolean",
    default: false,
    describe: "build it; without --yes the command only says what it would do",
  },
  python: { type: "string", default: "python3", describe: "the Python whose pip downloads" },
  "pip-args": {
    type: "string",
    describe: "further arguments of pip download, as in --pip-args='--index-url URL'",
  },
} as const;

export default defineCommand({
  options,
  positionals: {
    what: {
      choices: ["tensorflow"],
      demandOption: true,
      describe: "a native TensorFlow for --backend tfjs",
    },
  },
  examples: [
    ["setup tensorflow", "says what it would download, build and write"],
    ["setup tensorflow --yes", "does it; if repeated, only what is missing"],
  ],
  run,
});

async function run({ gpu, yes, python, pipArgs }: ArgsOf<typeof options>): Promise<void> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const setup = {
    folder: tensorflowFolder(),
    gpu,
    python,
    pipArguments: pipArgs?.split(" ").filter(Boolean) ?? [],
  };
  for (const line of describeSetup(setup)) print(line);
  if (!yes) return print("Nothing was done. Repeat the command with --yes to do it.");
  try {
    print(`works: ${await setUpTensorflow(setup, print)}`);
  } catch (error) {
    if (!(error instanceof TfjsError)) throw error;
    throw new UserError(`${error.finding}. Remove ${setup.folder} to begin anew.`);
  }
}
