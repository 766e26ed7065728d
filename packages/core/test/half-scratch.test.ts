import { adamw, inHalfPrecision, operatorsOnHost, nn, ops, onnxBackend, deit } from "@mvt/core";
import { expect, test } from "vitest";
import { train, trainingStep, drawBatch, parameters, model } from "./support/small-training.ts";
import { backend as cpu } from "./support/evaluate.ts";
import { webgpu } from "./support/webgpu.ts";
test("scratch", { timeout: 600000 }, async () => {
  console.log("f16?", await webgpu!.computesFloat16!());
  const [images, labels, weights] = trainingStep.inputs;
  const logits = deit.classify(model, deit.normalizePixels(deit.toPixels(deit.patchify(images!, 8))));
  const [half] = inHalfPrecision([logits]);
  const loss = nn.crossEntropy(half!, labels!, weights!);
  const program = { inputs: trainingStep.inputs, outputs: { loss, probabilities: ops.softmax(half!) }, state: [],
    update: adamw(loss, parameters.map((p) => p.tensor), { weightDecay: 0.05, clipNorm: 1, epsilon: 1e-4, lossScaling: {} }) };
  console.log("host ops", await operatorsOnHost(program, "webgpu"));
  const batches = Array.from({ length: 50 }, (_, i) => drawBatch(`batch ${i}`));
  let t = performance.now();
  const a = await train(cpu, trainingStep, batches);
  console.log("cpu f32", performance.now() - t); t = performance.now();
  const b = await train(webgpu!, trainingStep, batches);
  console.log("gpu f32", performance.now() - t); t = performance.now();
  const c = await train(webgpu!, program, batches);
  console.log("gpu f16", performance.now() - t); t = performance.now();
  const d = await train(cpu, program, batches);
  console.log("cpu f16 emu", performance.now() - t);
  const rel = (x: readonly number[]) => Math.max(...x.map((l, i) => Math.abs(l - a.losses[i]!) / a.losses[i]!));
  console.log("rel", rel(b.losses), rel(c.losses), rel(d.losses));
  for (const k of ["lossScale", "lossScale.taken", "lossScale.refused"]) console.log(k, c.state.get(k)!.data[0]);
});
