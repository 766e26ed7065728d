/**
 * @file The contract between models and backends: a program, and what a backend makes of it.
 *
 * Models, losses and optimisers know this file and no backend.
 */
import type { FusedAdamW } from "../optim/adamw.ts";
import type { InputType, Shape, Tensor } from "../tensor.ts";
import type { Weights } from "../weights/weights.ts";
import type { MicroBatches } from "./micro-batches.ts";

/** A tensor that an executable keeps from run to run. */
export interface StateSlot {
  /** The input that holds the value during a run; its name is the slot's name. */
  readonly input: Tensor;
  /** The value for the next run. Without it the slot never changes (frozen weights). */
  readonly next?: Tensor;
  /**
   * The value of every element before any state is written, and where `writeState` is given no array of this name.
   * Without it a missing array is an error.
   */
  readonly initial?: number;
}

/** A pure function of its inputs and state, ready to be compiled. */
export interface Program {
  /** Fed at every run. */
  readonly inputs: readonly Tensor[];
  /** float32 tensors that every run returns. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What persists between runs: parameters, optimiser state, frozen weights. */
  readonly state: readonly StateSlot[];
  /** Present if an optimiser changes state: which tensors are its gradients. `minimize` sets it. */
  readonly update?: GradientUpdate;
  /** The program describes one micro-batch; a run computes all micro-batches of a batch, then the new state. */
  readonly microBatches?: MicroBatches;
}

/**
 * How next values of state follow from gradients. A backend that computes the whole batch in one graph can ignore
 * it: `state` says all. One that computes micro-batches adds their gradients up before it computes new state.
 */
export interface GradientUpdate {
  readonly parameters: readonly Tensor[];
  /** dL/dp for each parameter. The gradients of a batch are the sums of those of its micro-batches. */
  readonly gradients: readonly Tensor[];
  /** Present if AdamW changes these slots of `state`: a backend may run a fused kernel instead of its graph. */
  readonly fused?: FusedAdamW;
}

export type Feed = Float32Array | Int32Array | Uint8Array;
export type Feeds = Readonly<Record<string, Feed>>;
export type Results = Readonly<Record<string, Float32Array>>;

export interface Executable {
  /** One run. Feeds are row-major and have exactly the sizes of the program's inputs. */
  run(feeds: Feeds): Promise<Results>;
  /** Present only if the backend runs several steps in one call more cheaply. */
  readonly multiStep?: MultiStep;
  /** A copy of all state: parameters, optimiser state, frozen weights, by name. */
  readState(): Promise<Weights>;
  /**
   * Sets all state. Names that the program does not have are ignored: a training state holds optimiser state that
   * evaluation does not need. Missing slots take their initial value; one without an initial value is an error.
   */
  writeState(weights: Weights): Promise<void>;
  /**
   * Copies slots from another executable of the same backend; both programs must have them. State on a device is
   * copied on the device. Absent if it would be no cheaper than `readState` and `writeState`.
   */
  copyState?(from: Executable, names: readonly string[]): Promise<void>;
  /** Releases memory and sessions. The executable cannot be used afterwards. */
  dispose(): Promise<void>;
}

/** Several runs in one call, one after the other, with the results that `run` gives. */
export interface MultiStep {
  /** How many runs a caller should collect for a call: with more, a run would hardly be cheaper. */
  readonly steps: number;
  /** One run for each entry of `feeds`, in their order. */
  run(feeds: readonly Feeds[]): Promise<readonly Results[]>;
}

export interface Backend {
  /** The engine with its version, as printed in reports: "onnxruntime-node 1.30.0". */
  readonly name: string;
  /** Where it computes: "cpu", "webgpu". */
  readonly device: string;
  /** The device's own name, where it is known: "NVIDIA GeForce RTX 4090". */
  readonly adapter?: string;
  /** How many micro-batches it computes at the same time. Absent if it computes no micro-batches. */
  readonly sideBySide?: number;
  /** Whether it computes float16 in programs that have it (`inHalfPrecision`). Absent if it never does. */
  computesFloat16?(): Promise<boolean>;
  /** Makes a program ready to run. Its state has to be written before the first run, unless all of it has initial values. */
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
