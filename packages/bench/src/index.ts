/** @file The command `bench` of `pnpm exp`. Its modules are imported only when it is run. */
import type { Command } from "@mvt/experiments/cli";

export const benchCommand: Command = {
  name: "bench [what]",
  about: "Speed and memory, compared with PyTorch, TensorFlow.js and the matrix products alone",
  load: async () => (await import("./command.ts")).default,
};
