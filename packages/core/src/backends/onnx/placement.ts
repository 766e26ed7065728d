/** @file Which operators of a program the device has no kernel for, so that ONNX Runtime runs them on the host. */
import { groupBy } from "@mvt/common";
import { inputOf } from "../../program/program.ts";
import type { Feed, Feeds, Program } from "../../program/program.ts";
import { sizeOf } from "../../tensor.ts";
import type { InputType } from "../../tensor.ts";
import { profileKernels } from "./profile.ts";
import type { OnnxDevice } from "./options.ts";

/** The operators that ran on the host in one run of the program on `device`, and how often each of them ran. */
export async function operatorsOnHost(
  program: Program,
  device: OnnxDevice,
): Promise<ReadonlyMap<string, number>> {
  const kernels = await profileKernels({ device }, async (backend) => {
    const executable = await backend.compile(program);
    await executable.run(zeroFeeds(program));
    await executable.dispose();
  });
  const onHost = kernels.filter(({ provider }) => provider === "CPUExecutionProvider");
  const byOperator = groupBy(onHost, ({ operator }) => operator);
  return new Map([...byOperator].map(([operator, all]) => [operator, all.length]));
}

function zeroFeeds({ inputs }: Program): Feeds {
  const fed = inputs.map(inputOf);
  return Object.fromEntries(
    fed.map(({ name, shape, dtype }) => [name, new feedTypes[dtype](sizeOf(shape))]),
  );
}

const feedTypes: Readonly<Record<InputType, new (length: number) => Feed>> = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};
