/**
 * @file The tfjs backends of the tests: those that need nothing installed, or the one that MVT_TEST_TFJS names.
 *
 *     MVT_TEST_TFJS=node pnpm exec vitest run --project core tfjs
 */
import { fileURLToPath } from "node:url";
import { tfjsBackend, tfjsEngines } from "@mvt/core";
import type { TfjsEngine } from "@mvt/core";

const asked = process.env["MVT_TEST_TFJS"];
const engines: readonly TfjsEngine[] =
  asked === undefined ? ["cpu", "wasm"] : tfjsEngines.filter((name) => name === asked);
if (engines.length === 0) {
  throw new Error(`MVT_TEST_TFJS=${asked}: expected ${tfjsEngines.join(", ")}`);
}

/** Where `exp setup tensorflow` puts what it builds. */
const folder = fileURLToPath(new URL("../../../../.tensorflow", import.meta.url));

/** The backends by the names of their packages. */
export const tfjsBackends = await Promise.all(
  engines.map(async (engine) => {
    const backend = await tfjsBackend({ engine, folder });
    return [backend.name, backend] as const;
  }),
);
