/** @file Finds the weights in the value that torch.load would return. */
import { shorten } from "@mvt/common";
import { WeightsError } from "../error.ts";
import type { StoredArray, WeightsFile, WeightsFormat } from "../stored.ts";
import type { Storage, StoredTensor, TorchValue } from "./names.ts";
import { PickleObject } from "./pickle-values.ts";
import { loadTensor } from "./strided.ts";

/** The keys under which checkpoints keep their weights: DeiT's, Lightning's, and another common one. */
const containers = ["model", "state_dict", "model_state_dict"];

/**
 * The tensors of a state_dict, or of a checkpoint that contains one.
 *
 * @param bytesOf returns the bytes of a storage; their number matches the storage
 */
export function openStateDict(
  root: TorchValue,
  {
    source,
    format,
    bytesOf,
  }: {
    readonly source: string;
    readonly format: WeightsFormat;
    readonly bytesOf: (storage: Storage) => Uint8Array;
  },
): WeightsFile {
  const refuse = (got: string): never => {
    throw new WeightsError(
      `${source}: expected a dictionary of tensors, alone or under ${containers.join(", ")}, got ${got}`,
      'Save the weights alone, in PyTorch: torch.save({"model": model.state_dict()}, "weights.pth").',
    );
  };
  if (!(root instanceof Map)) return refuse("something else");
  const container = containers.find((key) => root.get(key) instanceof Map);
  const dictionary = container === undefined ? root : (root.get(container) as typeof root);
  const otherEntries =
    container === undefined ? [] : [...root.keys()].filter((key) => key !== container);

  const arrays = new Map<string, StoredArray>();
  for (const [name, value] of dictionary) {
    const tensor = value instanceof PickleObject ? value.value : undefined;
    if (typeof name === "string" && tensor?.kind === "tensor") {
      arrays.set(name, storedArray(tensor, bytesOf));
    } else otherEntries.push(name);
  }
  if (arrays.size === 0) refuse("one without tensors");
  return { source, format, arrays, otherEntries: otherEntries.map(describeKey) };
}

function describeKey(key: TorchValue): string {
  return typeof key === "string" ? shorten(key) : typeof key === "number" ? `${key}` : "(a key)";
}

function storedArray(tensor: StoredTensor, bytesOf: (storage: Storage) => Uint8Array): StoredArray {
  const load = () => loadTensor(tensor, bytesOf(tensor.storage));
  return { type: tensor.storage.type, shape: tensor.size, load };
}
