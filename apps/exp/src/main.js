/** @file The entry of `pnpm exp`: JavaScript, so that Node need not load what strips types before its cache is open. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Node keeps what it has compiled, types stripped; where it cannot, it compiles again.
enableCompileCache(join(import.meta.dirname, "../../../.cache/compile"));
await import("./run.ts");
