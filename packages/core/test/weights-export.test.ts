/**
 * @file Weights of a run in PyTorch: names and shapes always, the logits where a Python with torch and
 * safetensors is named.
 *
 *     MVT_TEST_PYTHON=.venv/bin/python pnpm exec vitest run --project core weights-export
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeSafetensors, deit, encodeSafetensors, nn } from "@mvt/core";
import { describe, expect, test } from "vitest";
import { bytesOf, logitsOf, reference, tiny } from "./support/weights.ts";

const python = process.env["MVT_TEST_PYTHON"];

describe("the weights of a run", () => {
  const { parameters } = nn.declareParameters((scope) => deit.declareVit(scope, tiny));
  const weights = nn.initialWeights(parameters, 3);
  const written = encodeSafetensors(weights);

  test("have the names and shapes that timm's module gives PyTorch", () => {
    const shapesIn = (bytes: Uint8Array) =>
      new Map(
        [...decodeSafetensors(bytes, "file").weights].map(([name, { shape }]) => [name, shape]),
      );
    expect(shapesIn(written)).toEqual(shapesIn(bytesOf("timm.safetensors")));
  });

  test.skipIf(python === undefined)("give our logits in PyTorch", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mvt-export-"));
    try {
      writeFileSync(join(folder, "weights.safetensors"), written);
      writeFileSync(
        join(folder, "images.safetensors"),
        encodeSafetensors(new Map([["images", reference.get("images")!]])),
      );
      const { imageSize: image, patchSize: patch, mlpRatio: ratio, ...rest } = tiny;
      const answer = execFileSync(
        python!,
        [
          fileURLToPath(new URL("../golden/load.py", import.meta.url)),
          join(folder, "weights.safetensors"),
          join(folder, "images.safetensors"),
          JSON.stringify({ image, patch, ratio, ...rest }),
        ],
        { encoding: "utf8" },
      );
      const logits = JSON.parse(answer) as number[];
      expect(await logitsOf(weights)).toBeAllClose(logits, { rtol: 1e-5, atol: 1e-6 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
