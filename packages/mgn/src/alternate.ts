/** @file Alternating training: two executables, each with a frozen copy of what the other trains. */
import type { Backend, Executable, Feeds, nn, Results, Weights } from "@mvt/core";
import type { Mgn } from "./mgn.ts";
import { discriminatorProgram, generatorProgram, type MgnProgramOptions } from "./programs.ts";
import type { GeneratorLossOptions } from "./losses.ts";
import type { MaskOptions } from "./masks.ts";

export interface AlternatingOptions extends MaskOptions {
  readonly batchSize: number;
  readonly discriminator?: Pick<MgnProgramOptions, "adamw">;
  readonly generator?: Pick<MgnProgramOptions, "adamw"> & { readonly loss?: GeneratorLossOptions };
}

export interface AlternatingMgn {
  /** One step on L_D. Feeds and results: `discriminatorProgram`. */
  discriminatorStep(feeds: Feeds): Promise<Results>;
  /** One step on L_G. Feeds and results: `generatorProgram`; others are ignored. */
  generatorStep(feeds: Feeds): Promise<Results>;
  /** Parameters and moments of both sides, under their scopes. */
  readState(): Promise<Weights>;
  writeState(weights: Weights): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Compiles both sides. Steps may come in any ratio (the paper says "alternately": one of each per
 * batch). Before a step, the side gets the other's weights if those have changed since.
 */
export async function alternatingMgn(
  backend: Backend,
  mgn: Mgn,
  { batchSize, discriminator, generator, ...masking }: AlternatingOptions,
): Promise<AlternatingMgn> {
  const shared = { batchSize, ...masking };
  const D = await backend.compile(discriminatorProgram(mgn, { ...shared, ...discriminator }));
  const G = await backend.compile(generatorProgram(mgn, { ...shared, ...generator }));
  /** The side whose weights the other has not seen yet. */
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

/** The given parameters of `to` become those of `from`; its own parameters and moments stay. */
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
