/**
 * @file Writes the golden training steps of the present number of the numerics, which has none yet:
 *
 *     node packages/experiments/test/golden/write-training-steps.ts
 */
import { writeFile } from "node:fs/promises";
import { onnxBackend } from "@mvt/core";
import { numerics } from "@mvt/experiments";
import { goldenPath, goldenSteps } from "../fixtures/golden-steps.ts";

const path = goldenPath(numerics);
const steps = await goldenSteps(await onnxBackend({ threads: 1 }));
// "wx" fails if there is such a file: what a number stands for does not change.
await writeFile(path, `${JSON.stringify({ numerics, steps }, null, 2)}\n`, { flag: "wx" }).catch(
  (error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    throw new Error(
      `${path}: expected no golden steps of numerics ${numerics}, found some. If training gives other results now, raise the number in src/settings/numerics.ts first.`,
    );
  },
);
console.log(`wrote ${path}`);
