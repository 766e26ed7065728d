/** @file The entry of `pnpm exp`. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Node keeps what it has compiled, types stripped; where it cannot, it compiles again.
enableCompileCache(join(import.meta.dirname, "../../../.cache/compile"));
await import("./run.ts");
