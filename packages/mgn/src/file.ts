/** @file A trained generator in one safetensors file, with its configuration and origin in the metadata. */
import { createHash } from "node:crypto";
import { isRecord, parseJson, shorten, UserError } from "@mvt/common";
import {
  backboneNames,
  decodeSafetensors,
  deit,
  encodeSafetensors,
  formatShape,
  mostForeignHeader,
  nn,
  sameShape,
  ShapeError,
  WeightsError,
} from "@mvt/core";
import type { Safetensors, Weights } from "@mvt/core";
import { type GeneratorConfig, requireM } from "./config.ts";
import { declareGenerator } from "./generator.ts";
import { type MaskSpace, maskSpaces, polarities, type Polarity } from "./masks.ts";

export interface MgnFile {
  readonly config: GeneratorConfig;
  /** Of every parameter of the generator, with timm's plain names. */
  readonly weights: Weights;
  /** The data set it was trained on: "raf-db". One generator per data set and m. */
  readonly dataset: string;
  /** How masks were applied in training. They must be applied the same way at inference. */
  readonly polarity: Polarity;
  readonly space: MaskSpace;
  /** Where it comes from: command, commit, seed, statistics. Any JSON. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** What the caller will use the generator for. `decodeMgn` compares each of them with the file. */
export interface ExpectedMgn {
  readonly imageSize: number;
  readonly patchSize: number;
  readonly dataset?: string;
  readonly m?: number;
}

const format = "mvt-mgn/1";

/** Throws UserError for m outside (0, 1) and for weights that are not the configuration's. */
export function encodeMgn(file: MgnFile): Uint8Array<ArrayBuffer> {
  const { config, dataset, polarity, space, provenance } = file;
  requireM("MGN file", config.m);
  const weights = checkedWeights(file.weights, config, "MGN file");
  return encodeSafetensors(weights, {
    format,
    m: `${config.m}`,
    dataset,
    imageSize: `${config.imageSize}`,
    patchSize: `${config.patchSize}`,
    polarity,
    space,
    config: JSON.stringify(config),
    provenance: JSON.stringify(provenance),
    sha256: digest(weights),
  });
}

/**
 * Reads the bytes of a file of `encodeMgn`; `source` names it in errors. Throws UserError for a damaged
 * file, for another kind of file, and for a generator made for something else than what is expected.
 */
export function decodeMgn(bytes: Uint8Array, source: string, expected: ExpectedMgn): MgnFile {
  const { weights, metadata } = decoded(bytes, source);
  if (metadata["format"] !== format) {
    throw new UserError(
      `${source}: expected a mask generator of format ${format}, got ${shorten(metadata["format"] ?? "weights without a format")}; use a file that was written when MGN was trained.`,
    );
  }
  const config = parseConfig(metadata["config"], source);
  requireM(source, config.m);
  const { dataset = "unknown", polarity, space } = metadata;
  requireSame(source, "image size", expected.imageSize, config.imageSize);
  requireSame(source, "patch size", expected.patchSize, config.patchSize);
  requireSame(source, "data set", expected.dataset, shorten(dataset));
  requireSame(source, "m", expected.m, config.m);
  if (!isOneOf(polarities, polarity) || !isOneOf(maskSpaces, space)) {
    throw new UserError(
      `${source}: expected polarity "${polarities.join('" or "')}" and space "${maskSpaces.join('" or "')}", got ${shorten(`${polarity}`)} and ${shorten(`${space}`)}; the file is damaged, train MGN again.`,
    );
  }
  const checked = checkedWeights(weights, config, source);
  if (digest(checked) !== metadata["sha256"]) {
    throw new UserError(
      `${source}: expected weights of SHA-256 ${shorten(`${metadata["sha256"]}`)}, got ${digest(checked)}; the file is damaged, copy it again or train MGN again.`,
    );
  }
  const provenance = parseRecord(metadata["provenance"], "provenance", source);
  return { config, weights: checked, dataset, polarity, space, provenance };
}

function decoded(bytes: Uint8Array, source: string): Safetensors {
  try {
    return decodeSafetensors(bytes, source, { mostHeaderBytes: mostForeignHeader });
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new UserError(
      `${error.finding}; the file is damaged or of another kind, copy it again or train MGN again.`,
      { cause: error },
    );
  }
}

/** The weights of a generator of this configuration, in its order. Throws UserError if one is missing or not finite. */
function checkedWeights(weights: Weights, config: GeneratorConfig, source: string): Weights {
  const parameters = parametersOf(config, source);
  return new Map(
    parameters.map(({ name, tensor: { shape } }) => {
      const array = weights.get(name);
      const refuse = (got: string) =>
        new UserError(
          `${source}: expected ${name} ${formatShape(shape)} of finite numbers, got ${got}; take the generator's weights from the training that made this configuration.`,
        );
      if (array === undefined) throw refuse("none");
      if (!sameShape(array.shape, shape)) throw refuse(formatShape(array.shape));
      if (!array.data.every(Number.isFinite)) throw refuse("some that are not finite");
      return [name, array];
    }),
  );
}

/** The parameters of a generator. Throws UserError for sizes that do not fit each other. */
function parametersOf(config: GeneratorConfig, source: string) {
  try {
    return nn.declareParameters((scope) => declareGenerator(scope, config)).parameters;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new UserError(
      `${source}: expected sizes of a generator that fit each other, got others (${error.message}); use a file that was written when MGN was trained.`,
      { cause: error },
    );
  }
}

function requireSame<T extends number | string>(
  source: string,
  what: string,
  expected: T | undefined,
  got: T,
): void {
  if (expected === undefined || expected === got) return;
  throw new UserError(
    `${source}: expected a mask generator for ${what} ${expected}, got one for ${what} ${got}; train one for it, or choose the file that was.`,
  );
}

/** SHA-256 over the arrays' bytes, in order. */
function digest(weights: Weights): string {
  const hash = createHash("sha256");
  for (const [, { data }] of weights) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

function isOneOf<Name extends string>(
  names: readonly Name[],
  text: string | undefined,
): text is Name {
  return names.some((name) => name === text);
}

/** The JSON object under an entry of the metadata. Throws UserError that names the file and the entry. */
function parseRecord(
  json: string | undefined,
  entry: string,
  source: string,
): Readonly<Record<string, unknown>> {
  const value = parseJson(json ?? "");
  if (isRecord(value)) return value;
  throw new UserError(
    `${source}: expected a JSON object under ${entry}, got ${shorten(json ?? "none")}; the file is damaged, copy it again or train MGN again.`,
  );
}

/** What the value of a field must be, and whether one is that. */
type Field = readonly [expected: string, holds: (value: unknown) => boolean];

const isBetween = (least: number, most: number) => (value: unknown) =>
  typeof value === "number" && value >= least && value <= most;
const size = (most: number): Field => [
  `a number from 1 to ${most}`,
  (value) => Number.isSafeInteger(value) && isBetween(1, most)(value),
];
const number: Field = ["a number", Number.isFinite];
const oneOf = (...names: readonly string[]): Field => [
  names.join(" or "),
  (value) => typeof value === "string" && names.includes(value),
];
const optional = ([expected, holds]: Field): Field => [
  `${expected}, or nothing`,
  (value) => value === undefined || holds(value),
];

/** Every field of a configuration. Sizes far beyond any network would take all time and memory to declare. */
const fields: { readonly [Name in keyof Required<GeneratorConfig>]: Field } = {
  imageSize: size(2 ** 14),
  patchSize: size(2 ** 14),
  width: size(2 ** 16),
  depth: size(1000),
  heads: size(2 ** 16),
  mlpRatio: ["a number above 0", isBetween(Number.MIN_VALUE, 1000)],
  m: number,
  headBias: optional(oneOf("logit-m", "zero")),
  backbone: optional(oneOf(...backboneNames)),
  registers: optional(["a number from 0 to 1000", (value) => value === 0 || size(1000)[1](value)]),
  layerScale: optional(number),
  pooling: optional(oneOf(...deit.poolingNames)),
  classPosition: optional(["true or false", (value) => typeof value === "boolean"]),
  positions: optional(oneOf("truncated-normal", "sin-cos")),
  initStd: optional(number),
};

/** The configuration of a generator. Throws UserError for a field that no network could have. */
function parseConfig(json: string | undefined, source: string): GeneratorConfig {
  const record = parseRecord(json, "config", source);
  for (const [name, [expected, holds]] of Object.entries(fields)) {
    if (holds(record[name])) continue;
    throw new UserError(
      `${source}: expected ${expected} for ${name} in config, got ${shown(record[name])}; the file is damaged, copy it again or train MGN again.`,
    );
  }
  return record as unknown as GeneratorConfig;
}

/** A value of JSON for a message: the beginning of it. */
function shown(value: unknown): string {
  try {
    return shorten(JSON.stringify(value) ?? "none");
  } catch {
    return "lists in lists"; // too deep for JSON.stringify
  }
}
