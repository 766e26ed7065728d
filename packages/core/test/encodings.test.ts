/** What is written for one device, run on the CPU, which has every operator: here the numbers are compared, not the kernels. */
import { gradients, simplify } from "@mvt/core";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { cpuForm } from "../src/backends/onnx/cpu-encoders.ts";
import { cudaForm } from "../src/backends/onnx/cuda-encoders.ts";
import { encode } from "../src/backends/onnx/encode.ts";
import { engineForm } from "../src/backends/onnx/encoders.ts";
import type { Form } from "../src/backends/onnx/encoding.ts";
import { webgpuForm } from "../src/backends/onnx/webgpu-encoders.ts";
import { drawInputs, operatorCases, scalarOf } from "./support/operator-cases.ts";
import type { OperatorCase } from "./support/operator-cases.ts";

/** A case's value and gradients, as a form writes them. */
async function valuesOf(name: string, operatorCase: OperatorCase, form: Form) {
  const { xs, values } = drawInputs(name, operatorCase);
  const y = operatorCase.y(...xs);
  const results = simplify([y, ...gradients(scalarOf(y), xs)], form.decompositions);
  const { model, resultNames } = encode(results, form);
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const feeds = session.inputNames.map((input) => {
    const i = xs.findIndex((_, at) => input === `x${at}`);
    return [input, new ort.Tensor("float32", values[i]!, xs[i]!.shape)] as const;
  });
  const fetched = await session.run(Object.fromEntries(feeds));
  await session.release();
  return resultNames.map((result) => fetched[result]!.data as Float32Array);
}

describe.for(Object.entries({ cpu: cpuForm, webgpu: webgpuForm, cuda: cudaForm }))(
  "as it is written for %s,",
  ([, form]) => {
    test.for(operatorCases)(
      "%s has the value and the gradient that it has",
      async ([name, one]) => {
        const expected = await valuesOf(name, one, engineForm);
        for (const [i, actual] of (await valuesOf(name, one, form)).entries()) {
          expect(actual).toBeAllClose(expected[i]!, { rtol: 1e-5, atol: 1e-6 });
        }
      },
    );
  },
);
