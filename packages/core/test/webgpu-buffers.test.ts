/** Tensors that are larger than a GPU's buffers may be: told before anything is computed. */
import { ops } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { webgpu } from "./support/webgpu.ts";

/** Sums a tensor of so many MiB. */
const large = (mebibytes: number) => {
  const x = ops.input("x", [1, 1024]);
  const rows = mebibytes * 256;
  const y = ops.sum(ops.exp(ops.broadcastTo(x, [rows, 1024])), [0]);
  return { rows, program: { inputs: [x], outputs: { y }, state: [] } };
};

describe.skipIf(webgpu === undefined)("on webgpu, a tensor", { tags: ["slow"] }, () => {
  test("that a buffer can hold is computed", async () => {
    const { rows, program } = large(160);
    const executable = await webgpu!.compile(program);
    const { y } = await executable.run({ x: new Float32Array(1024) });
    expect(y![1023]).toBe(rows);
    await executable.dispose();
  });

  test("that no buffer can hold is refused with its size and shape, and what to do", async () => {
    await expect(webgpu!.compile(large(8192).program)).rejects.toThrow(
      "device webgpu: expected buffers of 8192 MiB, for a tensor of shape [2097152, 1024], got a GPU that allows smaller ones only. Compute in smaller batches, or on the device cpu.",
    );
  });
});
