/** Every operator and every gradient on the WebGPU device, against the CPU. */
import { gradients } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { backend as cpu, evaluateOn } from "./support/evaluate.ts";
import { drawInputs, operatorCases, scalarOf } from "./support/operator-cases.ts";
import { webgpu } from "./support/webgpu.ts";

/** Kernels sum in another order, and SwiftShader's exp and log are those of Vulkan's accuracy, not of libm. */
const tolerance = { rtol: 1e-4, atol: 1e-5 };

describe.skipIf(webgpu === undefined)("on webgpu, the value and the gradient of", () => {
  test.for(operatorCases)("%s agree with those on the cpu", async ([name, operatorCase]) => {
    const { xs, values } = drawInputs(name, operatorCase);
    const y = operatorCase.y(...xs);
    const dxs = gradients(scalarOf(y), xs);
    const outputs = { y, ...Object.fromEntries(dxs.map((dx, i) => [`d${i}`, dx])) };
    const feeds = Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
    const expected = await evaluateOn(cpu, outputs, xs, feeds);
    const actual = await evaluateOn(webgpu!, outputs, xs, feeds);
    for (const [result, value] of Object.entries(expected)) {
      expect(actual[result as "y"], result).toBeAllClose(value, tolerance);
    }
  });
});
