/** @file Parameters: declared once with name, shape and initial distribution, then used as symbolic inputs. */
import { input } from "../ops/sources.ts";
import { type Stream, stream } from "../random.ts";
import { sizeOf } from "../tensor.ts";
import type { Shape, Tensor } from "../tensor.ts";
import type { NdArray, Weights } from "../weights/weights.ts";

/** Makes the initial values of a parameter, drawn from its own random stream. */
export type Initializer = (shape: Shape, random: Stream) => Float32Array;

export interface Declaration {
  readonly name: string;
  readonly tensor: Tensor;
  readonly initializer: Initializer;
}

/** Declares the parameters of a model. `at` opens a scope whose names have a prefix. */
export interface Scope {
  /** A float32 parameter of this shape, as an input of programs; its full name begins with that of the scope. */
  declare(name: string, shape: Shape, initializer: Initializer): Tensor;
  /** A scope within this one, whose names begin with "<name>.". */
  at(name: string): Scope;
}

export interface Declared<Model> {
  readonly model: Model;
  readonly parameters: readonly Declaration[];
}

/** Builds a model and collects the parameters that it declares, in order. Throws TypeError if a name is used twice. */
export function declareParameters<Model>(build: (scope: Scope) => Model): Declared<Model> {
  const parameters = new Map<string, Declaration>();
  const scope = (prefix: string): Scope => ({
    declare(local, shape, initializer) {
      const name = prefix + local;
      if (parameters.has(name)) throw new TypeError(`parameters: ${name} is declared twice`);
      const tensor = input(name, shape);
      parameters.set(name, { name, tensor, initializer });
      return tensor;
    },
    at: (name) => scope(`${prefix}${name}.`),
  });
  const model = build(scope(""));
  return { model, parameters: [...parameters.values()] };
}

/** Initial values for declared parameters, each drawn from the stream with its own name under `seed`. */
export function initialWeights(parameters: readonly Declaration[], seed: number): Weights {
  return new Map(
    parameters.map(({ name, tensor: { shape }, initializer }): [string, NdArray] => [
      name,
      { shape, data: initializer(shape, stream(seed, `init/${name}`)) },
    ]),
  );
}

/** All elements equal to one value. */
export const constantInitializer =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

/** N(0, std²), redrawn outside ±2 std. timm and DeiT initialise with std = 0.02. */
export const truncatedNormal =
  (std: number): Initializer =>
  (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => {
      let z = random.normal();
      while (Math.abs(z) > 2) z = random.normal();
      return z * std;
    });
