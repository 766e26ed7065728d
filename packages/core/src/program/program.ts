/**
 * @file The contract between models and engines: a program, and what a backend makes of it.
 *
 * Nothing above this line of the stack knows which engine runs.
 */
import type { InputType, Shape, Tensor } from "../tensor.ts";
import type { Weights } from "../weights/weights.ts";
import type { LossScale } from "../optim/loss-scale.ts";
import type { MicroBatches } from "./micro-batches.ts";

/** A tensor that stays with the executable from run to run. */
export interface StateSlot {
  /** The input that holds the value during a run; its name is the slot's name. */
  readonly input: Tensor;
  /** The value for the next run; without it the slot never changes (frozen weights). */
  readonly next?: Tensor;
  /** What every element is at first, and where `writeState` is given none: that is an error without it. */
  readonly initial?: number;
}

/**
 * AdamW on a set of parameters: Loshchilov and Hutter, arXiv:1711.05101, as PyTorch writes it.
 * A backend may put it into the graph (`withUpdateInGraph`) or run it on the returned gradients.
 */
export interface AdamWUpdate {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** [] fed at every run: the learning rate of this step. */
  readonly learningRate: Tensor;
  /** [] fed at every run: 1 at the first step. */
  readonly step: Tensor;
  /** All gradients are scaled so that their joint norm is at most this; not at all if absent. */
  readonly clipNorm?: number;
  /** The gradients are those of scale times the loss; a step whose gradients are not all finite changes nothing. */
  readonly lossScale?: LossScale;
  readonly parameters: readonly UpdatedParameter[];
}

export interface UpdatedParameter {
  /** An input of the program; its name is the parameter's name. */
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** Decoupled weight decay λ: p ← p - ηλp. */
  readonly weightDecay: number;
}

/** A pure function of its inputs and state, ready to be compiled. */
export interface Program {
  /** Fed at every run. */
  readonly inputs: readonly Tensor[];
  /** float32 tensors handed back by every run. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What persists beside the updated parameters: frozen weights, and slots with a `next`. */
  readonly state: readonly StateSlot[];
  /** The optimiser; its parameters and moments are state as well. */
  readonly update?: AdamWUpdate;
  /** The program describes one micro-batch. A run computes all micro-batches of a batch before it updates. */
  readonly microBatches?: MicroBatches;
}

export type Feed = Float32Array | Int32Array | Uint8Array;
export type Feeds = Readonly<Record<string, Feed>>;
export type Results = Readonly<Record<string, Float32Array>>;

export interface Executable {
  /** One run. Feeds are row-major and have exactly the sizes of the program's inputs. */
  run(feeds: Feeds): Promise<Results>;
  /** Only of engines that spare something by it. */
  readonly series?: Series;
  /** A copy of all state: parameters, moments, frozen weights, by name. */
  readState(): Promise<Weights>;
  /**
   * Sets all state. Names the program does not have are ignored (a training state holds moments
   * that evaluation does not need); a missing parameter is an error; missing moments become zero.
   */
  writeState(weights: Weights): Promise<void>;
  /**
   * Slots become what they are in another executable of the same backend, which both programs must have.
   * Where state stays on a device it does not leave it; an engine without such a device need not have this.
   */
  copyState?(from: Executable, names: readonly string[]): Promise<void>;
  dispose(): Promise<void>;
}

/** Runs one after the other in one call, with the results that `run` would give. */
export interface Series {
  /** How many are worth waiting for. */
  readonly length: number;
  run(feeds: readonly Feeds[]): Promise<readonly Results[]>;
}

export interface Backend {
  /** The engine with its version, as printed in reports: "onnxruntime-node 1.30.0". */
  readonly name: string;
  /** Where it computes: "cpu", "webgpu". */
  readonly device: string;
  /** The device's own name, where it is known: "NVIDIA GeForce RTX 4090". */
  readonly adapter?: string;
  /** How many micro-batches it computes at once; 1 if absent. */
  readonly sideBySide?: number;
  /** Whether programs with float16 in them (`inHalfPrecision`) compute in it here; if absent they do not. */
  computesFloat16?(): Promise<boolean>;
  compile(program: Program): Promise<Executable>;
}

/** The name, shape and type of an input tensor. */
export function inputOf(x: Tensor): {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: InputType;
} {
  if (x.node.op !== "input")
    throw new TypeError(`program: expected an input, got the output of ${x.node.op}`);
  const { name } = x.node.params as { readonly name: string };
  return { name, shape: x.shape, dtype: x.dtype as InputType };
}

/** The name of a parameter's first (m) or second (v) moment in the state. */
export function momentName(moment: "m" | "v", parameter: string): string {
  return `adamw.${moment}/${parameter}`;
}

/** Whether a slot of state is an optimiser's moment. */
export function isMomentName(name: string): boolean {
  return name.startsWith("adamw.");
}
