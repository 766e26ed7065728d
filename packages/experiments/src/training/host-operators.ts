/** @file Which operators of this project's programs a GPU leaves to the CPU, program by program. */
import { operatorsOnHost } from "@mvt/core";
import type { OnnxDevice, Program } from "@mvt/core";
import { declareMgn, discriminatorProgram, generatorConfig, generatorProgram } from "@mvt/mgn";
import type { Scale } from "../scales.ts";
import { declareClassifier, evaluationProgram, trainingProgram } from "./programs.ts";

export interface HostOperators {
  /** "a training step" */
  readonly program: string;
  /** How often each operator ran on the CPU in one run of the program. */
  readonly operators: ReadonlyMap<string, number>;
}

/**
 * Runs every kind of program once at batch 2 and returns those that left operators to the CPU. Which operators
 * these are does not depend on the sizes.
 *
 * @param half whether the device computes in half precision
 */
export async function hostOperators(
  { model, training: { adamw } }: Pick<Scale, "model" | "training">,
  device: OnnxDevice,
  half: boolean,
): Promise<readonly HostOperators[]> {
  const config = { ...model, classes: 7 };
  const batchSize = 2;
  const classifier = declareClassifier(config);
  const mgn = declareMgn(generatorConfig(config, 0.15), config);
  const inHalf = (): Program =>
    trainingProgram(classifier, { batchSize, adamw, precision: "float16" });
  const programs: readonly (readonly [name: string, program: Program])[] = [
    ["a training step", trainingProgram(classifier, { batchSize, adamw })],
    ["evaluation", evaluationProgram(classifier, batchSize)],
    ...(half ? [["a training step in half precision", inHalf()] as const] : []),
    ["a step of MGN's discriminator", discriminatorProgram(mgn, { batchSize })],
    ["a step of MGN's generator", generatorProgram(mgn, { batchSize })],
  ];
  const found: HostOperators[] = [];
  for (const [name, program] of programs) {
    const operators = await operatorsOnHost(program, device);
    if (operators.size > 0) found.push({ program: name, operators });
  }
  return found;
}
