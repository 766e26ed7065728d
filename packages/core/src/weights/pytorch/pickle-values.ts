/**
 * @file The values that a pickle can contain here: plain values, and objects that its host makes.
 *
 * A pickle can only call functions of a `PickleHost`, which knows a few names.
 */

/** A Python name that the host allows; `call` returns what Python's function would return. */
export class PickleGlobal<T> {
  readonly name: string;
  readonly call: ((args: readonly PickleValue<T>[]) => PickleValue<T>) | undefined;

  constructor(name: string, call?: (args: readonly PickleValue<T>[]) => PickleValue<T>) {
    this.name = name;
    this.call = call;
  }
}

/** A class of plain data, or a function that makes such: whatever it is called with, the result is a `PickleOpaque`. */
export class PickleInert<T> extends PickleGlobal<T> {
  constructor(name: string) {
    super(name, () => new PickleOpaque());
  }
}

/** A value that is no tensor and holds none that is looked for. What a pickle puts into it is dropped. */
export class PickleOpaque {
  readonly kind = "opaque";
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

/** An array is a tuple. Keys of a dictionary are compared as in a Map. */
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
  | PickleOpaque
  | PickleObject<T>;

/** Resolves names, and references to things outside the pickle. Throws for those that it does not know. */
export interface PickleHost<T> {
  readonly global: (module: string, name: string) => PickleGlobal<T>;
  readonly persistent: (id: PickleValue<T>) => PickleValue<T>;
  /** Throws the error for a file that is not a pickle, or not one that PyTorch writes. */
  readonly refuse: (expected: string, got: string) => never;
}
