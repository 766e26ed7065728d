/**
 * @file The names that a PyTorch checkpoint may use, and what each of them makes.
 *
 * A pickle is a program that can call any function it names. Here it may name only what is listed: dictionaries, tensors
 * and their storages here, and classes of plain data in `inert.ts`, whose objects are read as nothing. Any other name is
 * refused, and no code of the file is run.
 */
import { shorten } from "@mvt/common";
import { formatShape, sizeOf } from "../../tensor.ts";
import type { ElementType } from "../element.ts";
import { refuserOf, WeightsError } from "../error.ts";
import type { Refuse } from "../error.ts";
import { maximumAxes } from "../stored.ts";
import { inertNames } from "./inert.ts";
import { PickleGlobal, PickleInert, PickleObject } from "./pickle-values.ts";
import type { PickleHost, PickleValue } from "./pickle-values.ts";

/** An array of numbers in the file. Several tensors may share it. */
export interface Storage {
  readonly key: string;
  readonly type: ElementType;
  /** Elements. */
  readonly count: number;
}

/** A view of a storage. Offset and strides are in elements. */
export interface StoredTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly size: readonly number[];
  readonly stride: readonly number[];
}

export type TorchObject =
  | ({ readonly kind: "storage" } & Storage)
  | ({ readonly kind: "tensor" } & StoredTensor);
export type TorchValue = PickleValue<TorchObject>;
type TorchGlobal = PickleGlobal<TorchObject>;

const storageTypes: Readonly<Record<string, ElementType>> = {
  "torch.FloatStorage": "float32",
  "torch.HalfStorage": "float16",
  "torch.BFloat16Storage": "bfloat16",
  "torch.DoubleStorage": "float64",
  "torch.LongStorage": "int64",
  "torch.IntStorage": "int32",
  "torch.ShortStorage": "int16",
  "torch.CharStorage": "int8",
  "torch.ByteStorage": "uint8",
  "torch.BoolStorage": "bool",
  "torch.storage.UntypedStorage": "uint8", // bytes, of tensors that tell their type themselves
};

/** The types that tensors of untyped storages can have. PyTorch's E4M3 without infinities is the one of ONNX and safetensors. */
const untypedElements: Readonly<Record<string, ElementType>> = {
  "torch.float8_e4m3fn": "float8e4m3",
  "torch.float8_e5m2": "float8e5m2",
};

/** The meaning of names and references in the pickles of one file; `storages` collects the storages, by key. */
export function torchHost(source: string, storages: Map<string, Storage>): PickleHost<TorchObject> {
  const refuse = refuserOf(source);
  const functions: Readonly<Record<string, TorchGlobal["call"]>> = {
    "collections.OrderedDict": (args) =>
      args.length === 0 ? new Map() : refuse("OrderedDict() of nothing", "one of something"),
    "torch.Size": ([sizes = []]) => sizes,
    "torch._utils._rebuild_tensor_v2": ([storage, ...view]) => rebuildTensor(storage, view, refuse),
    "torch._utils._rebuild_tensor_v3": ([storage, offset, size, stride, , , type]) =>
      rebuildTensor(withType(storage, type, refuse), [offset!, size!, stride!], refuse),
    "torch._utils._rebuild_parameter": ([tensor = null]) => tensor,
    "torch._utils._rebuild_parameter_with_state": ([tensor = null]) => tensor,
  };
  return {
    refuse,
    global: (module, name) => {
      const full = `${module}.${name}`;
      if (Object.hasOwn(functions, full)) return new PickleGlobal(full, functions[full]);
      if (Object.hasOwn(storageTypes, full)) return new PickleGlobal(full);
      if (inertNames.has(full)) return new PickleInert(full);
      throw new WeightsError(
        `${source}: expected a checkpoint of tensors only, got one that names ${shorten(full)}; nothing of it was run`,
        'Save the weights alone, in PyTorch: torch.save({"model": model.state_dict()}, "weights.pth"). Where you do not know who made the file, do not open it in PyTorch either.',
      );
    },
    persistent: (id) => {
      const [kind, type, key, , count, view = null] = Array.isArray(id) ? id : [];
      if (
        kind !== "storage" ||
        !(type instanceof PickleGlobal) ||
        !Object.hasOwn(storageTypes, type.name) ||
        typeof key !== "string" ||
        !isCount(count) ||
        view !== null
      ) {
        return refuse("a reference to a storage", "another reference");
      }
      const storage: Storage = { key, type: storageTypes[type.name]!, count };
      const known = storages.get(key) ?? storage;
      if (known.type !== storage.type || known.count !== count) {
        refuse(`one type and size for storage ${shorten(key)}`, "two");
      }
      storages.set(key, known);
      return new PickleObject({ kind: "storage", ...known });
    },
  };
}

/**
 * Elements of a tensor with more of them than its storage, as `expand` makes it with strides of 0. Else a file of a few
 * bytes could take any memory.
 */
const mostRepeated = 2 ** 20;

/** A storage of bytes as one of numbers of eight bits. */
function withType(
  object: TorchValue | undefined,
  type: TorchValue | undefined,
  refuse: Refuse,
): TorchValue | undefined {
  const name = type instanceof PickleGlobal ? type.name : "another value";
  if (!Object.hasOwn(untypedElements, name)) {
    return refuse(`a tensor of ${Object.keys(untypedElements).join(" or ")}`, shorten(name));
  }
  const storage = object instanceof PickleObject ? object.value : undefined;
  if (storage?.kind !== "storage" || storage.type !== "uint8") {
    return refuse("a storage of bytes for numbers of eight bits", "something else");
  }
  return new PickleObject({ ...storage, type: untypedElements[name]! });
}

/** _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks), checked against its storage. */
function rebuildTensor(
  object: TorchValue | undefined,
  [offset, size, stride]: readonly TorchValue[],
  refuse: Refuse,
): TorchValue {
  const storage = object instanceof PickleObject ? object.value : undefined;
  if (storage?.kind !== "storage" || !isCount(offset) || !isCounts(size) || !isCounts(stride)) {
    return refuse("a tensor of a storage, with offset, size and stride", "something else");
  }
  const last = size.reduce((index, n, axis) => index + (n - 1) * (stride[axis] ?? NaN), offset);
  const inside = size.includes(0) || last < storage.count;
  if (stride.length !== size.length || !inside) {
    refuse(
      `a tensor inside its storage of ${storage.count} elements`,
      `size ${formatShape(size)} with stride ${formatShape(stride)} from element ${offset}`,
    );
  }
  const elements = sizeOf(size);
  if (elements > Math.max(storage.count, mostRepeated)) {
    refuse(
      `a tensor of at most ${mostRepeated} elements that repeats those of its storage`,
      `size ${formatShape(size)} of ${storage.count} elements`,
    );
  }
  const { key, type, count } = storage;
  return new PickleObject({ kind: "tensor", storage: { key, type, count }, offset, size, stride });
}

function isCount(value: TorchValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: TorchValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.length <= maximumAxes && value.every((n) => isCount(n));
}
