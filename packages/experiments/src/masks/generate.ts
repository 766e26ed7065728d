/** @file The masks that a trained generator makes for a subset of images. */
import { deit } from "@mvt/core";
import type { Backend } from "@mvt/core";
import { createBatchLoader } from "@mvt/datasets";
import { declareScopedGenerator, generatorScope, intoScope, maskProgram } from "@mvt/mgn";
import type { MgnFile } from "@mvt/mgn";
import type { Subset } from "../data/prepared.ts";
import { evaluationBatchSize } from "../training/predict.ts";

/** M_p of every image, [rows.length, N], soft, in the order of `rows` (of the subset's images). */
export async function generateMasks(
  backend: Backend,
  { config, weights, polarity, space }: MgnFile,
  images: Subset["images"],
  rows: Int32Array,
): Promise<Float32Array> {
  const batchSize = evaluationBatchSize(config.imageSize);
  const generator = declareScopedGenerator(config);
  const executable = await backend.compile(maskProgram(generator, { batchSize, polarity, space }));
  const loader = createBatchLoader(images, { batchSize });
  try {
    await executable.writeState(intoScope(generatorScope, weights));
    const N = deit.patchCount(config);
    const masks = new Float32Array(rows.length * N);
    let at = 0;
    for await (const batch of loader.epoch({ order: rows, seed: 0, epoch: 0 })) {
      const results = await executable.run({ images: batch.images });
      masks.set(results["Mp"]!.subarray(0, batch.count * N), at);
      at += batch.count * N;
    }
    return masks;
  } finally {
    await loader.close();
    await executable.dispose();
  }
}
