/** Every operator and every gradient with TensorFlow.js, against ONNX Runtime. */
import { gradients, ops } from "@mvt/core";
import type { Feed, Tensor } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { backend as onnx, evaluateOn } from "./support/evaluate.ts";
import { drawInputs, operatorCases, scalarOf } from "./support/operator-cases.ts";
import { tfjsBackends } from "./support/tfjs.ts";

/** Kernels sum in another order, and erf of TensorFlow.js is good to 1.5e-7. */
const tolerance = { rtol: 1e-5, atol: 2e-6 };

describe.for(tfjsBackends)("with %s", ([, tfjs]) => {
  async function expectAgreement(
    outputs: Readonly<Record<string, Tensor>>,
    xs: readonly Tensor[],
    values: readonly Feed[],
  ) {
    const feeds = Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
    const expected = await evaluateOn(onnx, outputs, xs, feeds);
    const actual = await evaluateOn(tfjs, outputs, xs, feeds);
    for (const [result, value] of Object.entries(expected)) {
      expect(actual[result]!, result).toBeAllClose(value, tolerance);
    }
  }

  describe("the value and the gradient of", () => {
    test.for(operatorCases)("%s agree with ONNX Runtime's", async ([name, operatorCase]) => {
      const { xs, values } = drawInputs(name, operatorCase);
      const y = operatorCase.y(...xs);
      const dxs = gradients(scalarOf(y), xs);
      await expectAgreement(
        { y, ...Object.fromEntries(dxs.map((dx, i) => [`d${i}`, dx])) },
        xs,
        values,
      );
    });
  });

  const whole = (values: readonly number[]) => Int32Array.from(values);

  test.for([
    ["add", ops.add],
    ["sub", ops.sub],
    ["mul", ops.mul],
    ["div", ops.div],
    ["minimum", ops.minimum],
    ["equal", ops.equal],
    ["greater", ops.greater],
  ] as const)("%s of whole numbers agrees with ONNX Runtime's", async ([, operator]) => {
    const xs = [ops.input("x0", [2, 4], "int32"), ops.input("x1", [4], "int32")] as const;
    const y = ops.cast(operator(...xs), "float32");
    await expectAgreement({ y }, xs, [whole([7, -7, 7, -7, 0, 6, 3, -1]), whole([2, 2, -2, -2])]);
  });

  test("whole numbers are moved as ONNX Runtime does", async () => {
    const x = ops.input("x0", [2, 3], "int32");
    const [a, b] = ops.split(x, 1, [1, 2]);
    const y = ops.transpose(ops.concat([b!, a!], 1), [1, 0]);
    const float = (z: Tensor) => ops.cast(z, "float32");
    const outputs = {
      moved: float(y),
      repeated: float(ops.broadcastTo(ops.reshape(x, [2, 1, 3]), [2, 2, 3])),
    };
    await expectAgreement(outputs, [x], [whole([1, -2, 3, -4, 5, -6])]);
  });

  test.for(["float32", "int32", "bool"] as const)(
    "bytes become %s as with ONNX Runtime",
    async (to) => {
      const x = ops.input("x0", [4], "uint8");
      const y = ops.cast(ops.cast(x, to), "float32");
      await expectAgreement({ y }, [x], [Uint8Array.of(0, 1, 128, 255)]);
    },
  );

  test.for(["int32", "bool", "uint8"] as const)(
    "numbers become %s as with ONNX Runtime",
    async (to) => {
      const x = ops.input("x0", [5]);
      const y = ops.cast(ops.cast(x, to), "float32");
      await expectAgreement({ y }, [x], [Float32Array.of(0, 0.4, 1.6, 2, 254.9)]);
    },
  );

  test("whole numbers become bytes modulo 256", async () => {
    const x = ops.input("x0", [4], "int32");
    const y = ops.cast(ops.cast(x, "uint8"), "float32");
    await expectAgreement({ y }, [x], [whole([0, 255, 256, -1])]);
  });

  test("truth can be fed", async () => {
    const x = ops.input("x0", [2], "bool");
    await expectAgreement({ y: ops.cast(x, "float32") }, [x], [Uint8Array.of(1, 0)]);
  });

  test("layer normalisation hands out mean and inverse deviation", async () => {
    const [x, gamma, beta] = [ops.input("x0", [2, 5]), ops.input("x1", [5]), ops.input("x2", [5])];
    const [, mean, inverse] = ops.layerNorm(x, gamma, beta, 1e-6).node.outputs;
    const values = [
      [1, 2, 4, 8, 16, -3, 0, 1, 0, 2],
      [1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1],
    ];
    await expectAgreement(
      { mean: mean!, inverse: inverse! },
      [x, gamma, beta],
      values.map((each) => Float32Array.from(each)),
    );
  });

  test.for([
    ["softmax", ops.softmax],
    ["logSoftmax", ops.logSoftmax],
  ] as const)("%s does not overflow", async ([, operator]) => {
    const x = ops.input("x0", [2, 3]);
    await expectAgreement({ y: operator(x) }, [x], [Float32Array.of(1000, 0, -1000, 88, 89, 90)]);
  });

  // The factor goes to whichever of the three matrices is the smallest.
  test.for([
    [
      [2, 2],
      [2, 9],
    ],
    [
      [9, 2],
      [2, 2],
    ],
    [
      [2, 9],
      [9, 2],
    ],
  ] as const)("a scaled product of %j and %j agrees with ONNX Runtime's", async ([a, b]) => {
    const xs = [ops.input("x0", a), ops.input("x1", b)] as const;
    const values = [a, b].map(([m, n]) => Float32Array.from({ length: m * n }, (_, i) => i - 3));
    await expectAgreement({ y: ops.matmul(...xs, { scale: 0.3 }) }, xs, values);
  });
});
