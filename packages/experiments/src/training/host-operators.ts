/** @file What of this project's programs a device leaves to the CPU, program by program. */
import { operatorsOnHost } from "@mvt/core";
import type { OnnxDevice, Program } from "@mvt/core";
import { declareMgn, discriminatorProgram, generatorConfig, generatorProgram } from "@mvt/mgn";
import type { Scale } from "../scales.ts";
import { declareClassifier, evaluationProgram, trainingProgram } from "../training/programs.ts";

export interface HostOperators {
  /** "a training step" */
  readonly program: string;
  /** How often each operator ran on the CPU in one run of the program. */
  readonly operators: ReadonlyMap<string, number>;
}

/**
 * Those of every kind of program that have any, at batch 2: which ones does not depend on sizes.
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
  const programs: Readonly<Record<string, Program>> = {
    "a training step": trainingProgram(classifier, { batchSize, adamw }),
    evaluation: evaluationProgram(classifier, batchSize),
    ...(half
      ? {
          "a training step in half precision": trainingProgram(classifier, {
            batchSize,
            adamw,
            precision: "float16",
          }),
        }
      : {}),
    "a step of MGN's discriminator": discriminatorProgram(mgn, { batchSize }),
    "a step of MGN's generator": generatorProgram(mgn, { batchSize }),
  };
  const found: HostOperators[] = [];
  for (const [program, graph] of Object.entries(programs)) {
    const operators = await operatorsOnHost(graph, device);
    if (operators.size > 0) found.push({ program, operators });
  }
  return found;
}
