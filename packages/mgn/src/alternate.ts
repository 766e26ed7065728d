/** @file Alternating training of MGN: two executables, each with a frozen copy of the weights that the other trains. */
import type { Backend, Executable, Feeds, nn, Results, Weights } from "@mvt/core";
import type { Mgn } from "./mgn.ts";
import { discriminatorProgram, generatorProgram, type MgnProgramOptions } from "./programs.ts";
import type { GeneratorLossOptions } from "./losses.ts";
import type { MaskOptions } from "./masks.ts";

export interface AlternatingOptions extends MaskOptions {
  readonly batchSize: number;
  readonly discriminator?: Pick<MgnProgramOptions, "optimizer" | "microBatches">;
  readonly generator?: Pick<MgnProgramOptions, "optimizer" | "microBatches"> & {
    readonly loss?: GeneratorLossOptions;
  };
}

export interface AlternatingMgn {
  /** One step on L_D. Feeds and results: `discriminatorProgram`. */
  discriminatorStep(feeds: Feeds): Promise<Results>;
  /** One step on L_G. Feeds and results: `generatorProgram`; others are ignored. */
  generatorStep(feeds: Feeds): Promise<Results>;
  /** Parameters and optimiser state of both sides, under their scopes. */
  readState(): Promise<Weights>;
  /** Sets the state of both sides, as `readState` gives it. */
  writeState(weights: Weights): Promise<void>;
  /** Releases both programs. */
  dispose(): Promise<void>;
}

/**
 * Compiles both sides. Steps may be taken in any ratio (the paper says "alternately": one of each per batch). Before
 * a step, a side gets the weights of the other side if those have changed.
 */
export async function alternatingMgn(
  backend: Backend,
  mgn: Mgn,
  { batchSize, discriminator, generator, ...masking }: AlternatingOptions,
): Promise<AlternatingMgn> {
  const shared = { batchSize, ...masking };
  const D = await backend.compile(discriminatorProgram(mgn, { ...shared, ...discriminator }));
  const G = await backend.compile(generatorProgram(mgn, { ...shared, ...generator }));
  /** The side whose latest weights the other side does not have yet. */
  let ahead: Executable | undefined;

  const handOver = async () => {
    if (ahead === D) await copyWeights(D, G, mgn.discriminator.parameters);
    if (ahead === G) await copyWeights(G, D, mgn.generator.parameters);
    ahead = undefined;
  };
  const step = async (side: Executable, feeds: Feeds) => {
    if (ahead !== side) await handOver();
    ahead = side;
    return side.run(feeds);
  };

  return {
    discriminatorStep: (feeds) => step(D, feeds),
    generatorStep: (feeds) => step(G, feeds),
    async readState() {
      await handOver();
      return new Map([...(await D.readState()), ...(await G.readState())]);
    },
    async writeState(weights) {
      await D.writeState(weights);
      await G.writeState(weights);
      ahead = undefined;
    },
    async dispose() {
      await D.dispose();
      await G.dispose();
    },
  };
}

/** Copies the given parameters from one executable to another, whose other state stays. */
async function copyWeights(
  from: Executable,
  to: Executable,
  parameters: readonly nn.Declaration[],
): Promise<void> {
  const names = parameters.map(({ name }) => name);
  if (to.copyState) return to.copyState(from, names);
  const [trained, own] = [await from.readState(), new Map(await to.readState())];
  for (const name of names) own.set(name, trained.get(name)!);
  await to.writeState(own);
}
