/**
 * @file What a pickle can hold here: plain values, and objects of the host that reads it.
 *
 * Nothing in a pickle is ever called but the functions of a `PickleHost`, which knows a few names.
 */

/** A name of Python's that the host allows; `call` makes what Python's function would return. */
export class PickleGlobal<T> {
  readonly name: string;
  readonly call: ((args: readonly PickleValue<T>[]) => PickleValue<T>) | undefined;

  constructor(name: string, call?: (args: readonly PickleValue<T>[]) => PickleValue<T>) {
    this.name = name;
    this.call = call;
  }
}

export class PickleList<T> {
  readonly items: PickleValue<T>[] = [];
}

/** An object that the host made. */
export class PickleObject<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

/** Arrays are tuples. A dictionary's keys are compared as a Map does. */
export type PickleValue<T> =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PickleValue<T>[]
  | PickleList<T>
  | Map<PickleValue<T>, PickleValue<T>>
  | PickleGlobal<T>
  | PickleObject<T>;

/** Gives meaning to names and to references that lead out of the pickle; throws for all it does not know. */
export interface PickleHost<T> {
  readonly global: (module: string, name: string) => PickleGlobal<T>;
  readonly persistent: (id: PickleValue<T>) => PickleValue<T>;
  /** Throws; for what is not a pickle, or not one that PyTorch writes. */
  readonly refuse: (expected: string, got: string) => never;
}
