/** Every operator's gradient against central differences, on inputs away from kinks. */
import { gradients, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { evaluate } from "./support/evaluate.ts";
import { drawInputs, operatorCases, scalarOf } from "./support/operator-cases.ts";

describe.for(operatorCases)("the gradient of %s", ([name, operatorCase]) => {
  test("is what finite differences give", async () => {
    const { shapes, y } = operatorCase;
    const { xs, values } = drawInputs(name, operatorCase);
    const loss = scalarOf(y(...xs));
    const dxs = gradients(loss, xs);
    const feeds = Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
    const outputs = Object.fromEntries(dxs.map((dx, i) => [`d${i}`, dx]));
    const analytic = await evaluate(outputs, xs, feeds);

    // All shifted copies at once: loss(x + h e) - loss(x - h e) over 2h.
    const h = 2 ** -7;
    for (const [i, value] of values.entries()) {
      const differences: Tensor[] = [];
      for (let k = 0; k < value.length; k += 1) {
        const shift = new Float32Array(value.length);
        shift[k] = h;
        const e = ops.constant(shift, shapes[i]!);
        const at = (x: Tensor) => scalarOf(y(...xs.map((other, j) => (j === i ? x : other))));
        differences.push(ops.sub(at(ops.add(xs[i]!, e)), at(ops.sub(xs[i]!, e))));
      }
      const difference = ops.concat(
        differences.map((d) => ops.reshape(d, [1])),
        0,
      );
      const { d } = await evaluate({ d: ops.mul(difference, 1 / (2 * h)) }, xs, feeds);
      expect(analytic[`d${i}`]!).toBeAllClose(d, { rtol: 5e-3, atol: 5e-3 });
    }
  });
});

describe("gradients", () => {
  test("add up over the uses of a tensor", async () => {
    const x = ops.input("x", [2]);
    const [dx] = gradients(ops.sum(ops.add(ops.mul(x, x), ops.mul(x, 3))), [x]);
    const { d } = await evaluate({ d: dx! }, [x], { x: Float32Array.of(1, -2) });
    expect(d).toBeAllClose([5, -1]); // 2x + 3
  });

  test("are zero for what the loss does not depend on", async () => {
    const [x, other] = [ops.input("x", [2]), ops.input("other", [3])];
    const [, zero] = gradients(ops.sum(x), [x, other]);
    const { d } = await evaluate({ d: zero! });
    expect(d).toEqual(new Float32Array(3));
  });

  test("are refused for a loss that is not a scalar", () => {
    const x = ops.input("x", [2]);
    expect(() => gradients(x, [x])).toThrow("gradients: expected a loss of shape [], got [2]");
  });
});
