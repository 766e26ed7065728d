/**
 * @file MGN's two steps beside their matrix products: `node measure/mgn-steps.ts [SIDE [ROUNDS [COUNT ...]]]`, where SIDE
 * is discriminator or generator and each COUNT a number of micro-batches; default: 1, and what a run uses. DeiT-S at 224
 * pixels, batch 8, two threads, AdamW, on noise; nothing is learnt from it.
 *
 * Every round runs three steps in each number of micro-batches in turn, then times the products, so that whatever else the
 * machine does hits all of them. A line gives the fastest of all rounds so far.
 */
import { onnxBackend } from "@mvt/core";
import { timeSteps } from "@mvt/experiments";
import { productTimer, totalSeconds } from "../src/workloads/matrix-products.ts";
import { openMgnStep, programOf, usedCount } from "./mgn-step.ts";

const [, , asked = "discriminator", rounds = "5", ...given] = process.argv;
const side = asked === "generator" ? asked : "discriminator";
const threads = 2;
const stepsPerRound = 3;

const backend = await onnxBackend({ threads });
const counts = given.length > 0 ? given.map(Number) : [1, usedCount(backend, side)];
const timed: {
  readonly microBatches: number;
  readonly run: () => Promise<void>;
  fastest: number;
}[] = [];
for (const microBatches of counts) {
  const run = await openMgnStep(backend, side, { microBatches, warmUp: 2 });
  timed.push({ microBatches, run, fastest: Infinity });
}
const products = productTimer(programOf(side), threads);
let alone = Infinity;
for (let round = 1; round <= Number(rounds); round += 1) {
  for (let i = 0; i < stepsPerRound; i += 1) {
    for (const one of timed) {
      one.fastest = Math.min(one.fastest, ...(await timeSteps(one.run, 1)));
    }
  }
  alone = Math.min(alone, totalSeconds(await products.time()));
  const figures = timed.map(
    ({ microBatches, fastest }) =>
      `${fastest.toFixed(3)} s in ${microBatches} (${(alone / fastest).toFixed(2)})`,
  );
  process.stdout.write(
    `${side}, round ${round}: ${figures.join(", ")}; products alone ${alone.toFixed(3)} s\n`,
  );
}
process.exit();
