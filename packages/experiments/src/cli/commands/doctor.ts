/** @file `pnpm exp doctor`: what this machine has, and whether a training step works on it. */
import { UserError } from "@mvt/common";
import { engineName } from "../../engine/engine.ts";
import { describeTfjs, tfjsFacts } from "../../engine/tfjs.ts";
import { doctorJson, examine, problemOf } from "../../training/doctor-facts.ts";
import type { DoctorFacts } from "../../training/doctor-facts.ts";
import { defineCommand } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { jsonOption, writeJson } from "../json-output.ts";
import { engineOptions } from "../options.ts";

const options = { ...engineOptions, ...jsonOption } as const;

export default defineCommand({
  options,
  facts: { doctor: doctorJson },
  examples: [
    ["doctor", "one line per finding; exit code 1 if training does not work"],
    ["doctor --json", "the same for a script"],
  ],
  run,
});

async function run(args: ArgsOf<typeof options>): Promise<void> {
  const facts: Partial<DoctorFacts> = {};
  for await (const found of examine(args)) {
    Object.assign(facts, found);
    if (args.json) continue;
    for (const [what, line] of linesOf(found)) {
      process.stdout.write(`${what.padEnd(30)}${line}\n`);
    }
  }
  if (args.json) writeJson(doctorJson, facts as DoctorFacts);
  const problem = problemOf(facts);
  if (problem !== undefined) throw new UserError(problem);
}

/** What was found, in lines of two parts. A training step that fails has none: it is an error. */
function linesOf(found: Partial<DoctorFacts>): readonly (readonly [what: string, line: string])[] {
  const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const lines: (readonly [string, string])[] = [];
  const { node, engine, cuda, halfPrecision, leftToCpu, golden, step } = found;
  if (node !== undefined) {
    lines.push(
      ["Node", `${node} (${found.platform} ${found.arch})`],
      ["processor", `${found.processor}, ${found.cores} usable cores`],
      ["memory", gibibytes(found.memory!)],
      ["disk free here", gibibytes(found.diskFree!)],
      ...tfjsFacts().map((one) => [one.name, describeTfjs(one)] as const),
    );
  }
  if (engine) lines.push(["engine", engineName(engine)]);
  if ("webgpu" in found) lines.push(["GPU through WebGPU", adapterLine(found.webgpu)]);
  if (cuda) {
    lines.push(["GPU through CUDA", cuda.missing ?? "ONNX Runtime's provider is installed"]);
  }
  if (halfPrecision !== undefined) {
    lines.push(["half precision", halfPrecision ? "works" : "none: no 16-bit floats here"]);
  }
  if (leftToCpu?.length === 0) lines.push(["operators left to the CPU", "none"]);
  for (const { program, operators } of leftToCpu ?? []) {
    const list = Object.entries(operators).map(([name, count]) => `${count} ${name}`);
    lines.push(["operators left to the CPU", `${list.join(", ")} in ${program}`]);
  }
  if (golden !== undefined) lines.push(["PyTorch's values", goldenLine(golden)]);
  if (step?.works === true) {
    const rate = step.imagesPerSecond!.toFixed(0);
    lines.push(["a training step", `works: ${rate} images/s with the smoke model`]);
  }
  return lines;
}

function adapterLine(adapter: DoctorFacts["webgpu"]): string {
  if (adapter === undefined) return "none found";
  const { name = "one whose name is unknown", hardware } = adapter;
  return hardware ? name : `${name}: computes on the CPU, for tests`;
}

function goldenLine({ tolerance, values }: NonNullable<DoctorFacts["golden"]>): string {
  const wrong = values.filter(({ agrees }) => !agrees).map(({ name }) => name);
  if (wrong.length > 0) return `others in ${wrong.join(", ")}`;
  const largest = Math.max(...values.map(({ difference }) => difference!));
  return `equal in ${values.length - 1} operators and a training step, to ${largest.toExponential(0)} (at most ${tolerance})`;
}
