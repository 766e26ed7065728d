/** @file The entry of `pnpm exp`: JavaScript, so that Node need not load what strips types before its cache is open. */
import { enableCompileCache } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";

// libvips decodes images on Node's pool of threads, which has four unless this is set before it starts.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()));
// Node keeps what it has compiled, types stripped; where it cannot, it compiles again.
enableCompileCache(join(import.meta.dirname, "../../../.cache/compile"));
await import("./run.ts");
