/** @file Finds the weights in the value that torch.load would return. */
import { listFirst, printable, shorten } from "@mvt/common";
import { WeightsError } from "../error.ts";
import type { StoredArray, WeightsFile, WeightsFormat } from "../stored.ts";
import { keepUnder } from "../under.ts";
import type { Storage, StoredTensor, TorchObject, TorchValue } from "./names.ts";
import { PickleObject } from "./pickle-values.ts";
import { loadTensor } from "./strided.ts";

/**
 * The keys under which checkpoints keep the weights that are meant, before all others: DeiT's, Lightning's, and another
 * common one. A checkpoint often holds averaged weights as well.
 */
const containers = ["model", "state_dict", "model_state_dict"];

/** How deep dictionaries are looked into: {"state": {"model": {"state_dict": ...}}}. */
const maximumDepth = 4;

type Dictionary = Map<TorchValue, TorchValue>;

/** A dictionary of tensors, and the keys that lead to it. */
interface Place {
  readonly path: readonly string[];
  readonly dictionary: Dictionary;
}

/** How a checkpoint is read. */
export interface StateDictOptions {
  readonly source: string;
  readonly format: WeightsFormat;
  /** The bytes of a storage; their number matches the storage. */
  readonly bytesOf: (storage: Storage) => Uint8Array;
  /** `OpenOptions.key` of `openWeights`. */
  readonly key: string | undefined;
}

/**
 * The tensors of a state_dict, or of a checkpoint that contains one. Throws WeightsError where there is none, and where
 * there are several and neither their keys nor `key` tell which is meant.
 */
export function openStateDict(
  root: TorchValue,
  { source, format, bytesOf, key }: StateDictOptions,
): WeightsFile {
  const refuse = (got: string, advice: string): never => {
    throw new WeightsError(
      `${source}: expected a dictionary of tensors, alone or under ${containers.join(", ")}, got ${got}`,
      advice,
    );
  };
  if (!(root instanceof Map)) return refuse("something else", saveAlone);
  const places = placesIn(root);
  const { place, prefix } = chosen(places, root, key, refuse);
  const otherEntries: string[] = [];
  for (const [i] of place.path.entries()) {
    const outside = placeAt(root, place.path.slice(0, i));
    for (const other of outside.keys()) {
      if (other !== place.path[i]) {
        otherEntries.push([...place.path.slice(0, i), describeKey(other)].join("."));
      }
    }
  }
  const arrays = new Map<string, StoredArray>();
  for (const [name, value] of place.dictionary) {
    const tensor = tensorOf(value);
    if (typeof name === "string" && tensor !== undefined) {
      arrays.set(name, storedArray(tensor, bytesOf));
    } else otherEntries.push(describeKey(name));
  }
  if (arrays.size === 0) {
    const keys = [...root.keys()].map(describeKey);
    refuse(
      keys.length === 0
        ? "an empty one"
        : `one without tensors of a network; its keys are ${listFirst(keys, 8)}`,
      saveAlone,
    );
  }
  const file: WeightsFile = { source, format, arrays, otherEntries };
  return prefix === undefined ? file : keepUnder(file, prefix, places.map(pathOf));
}

const saveAlone =
  'Save the weights alone, in PyTorch: torch.save({"model": model.state_dict()}, "weights.pth").';

const pathOf = ({ path }: Place) => path.join(".");

/** All dictionaries that look like a network's state_dict: they hold a tensor whose name ends in ".weight". */
function placesIn(root: Dictionary): readonly Place[] {
  const places: Place[] = [];
  const seen = new Set<Dictionary>(); // a pickle can hold one dictionary a million times
  const look = (dictionary: Dictionary, path: readonly string[]) => {
    if (seen.has(dictionary)) return;
    seen.add(dictionary);
    if ([...dictionary].some(([name, value]) => isWeight(name) && tensorOf(value) !== undefined)) {
      places.push({ path, dictionary });
    }
    if (path.length === maximumDepth) return;
    for (const [key, value] of dictionary) {
      if (value instanceof Map && canBeNamed(key)) look(value, [...path, key]);
    }
  };
  look(root, []);
  return places;
}

/** Whether a key can be typed on a command line. */
const canBeNamed = (key: TorchValue): key is string =>
  typeof key === "string" && shorten(printable(key)) === key;

const isWeight = (name: TorchValue) => typeof name === "string" && name.endsWith(".weight");

/** The place that `key` names, or the one that is meant without it, and the prefix of names that is left of `key`. */
function chosen(
  places: readonly Place[],
  root: Dictionary,
  key: string | undefined,
  refuse: (got: string, advice: string) => never,
): { readonly place: Place; readonly prefix?: string } {
  if (key !== undefined) {
    const within = places
      .filter((place) => place.path.length > 0 && `${key}.`.startsWith(`${pathOf(place)}.`))
      .toSorted((a, b) => b.path.length - a.path.length)[0];
    if (within !== undefined) {
      const rest = key.slice(pathOf(within).length + 1);
      return { place: within, prefix: rest === "" ? undefined : rest };
    }
  }
  const place = usualPlace(places, root);
  if (place !== undefined) return { place, prefix: key };
  const paths = places.map((each) => pathOf(each) || "the file itself");
  return refuse(
    `several: ${listFirst(paths, 8)}`,
    `Choose one of them, for example with --weights-key ${pathOf(places[0]!)}.`,
  );
}

/** The only place, or the one whose keys are the usual ones; undefined if there are several, and none of them is usual. */
function usualPlace(places: readonly Place[], root: Dictionary): Place | undefined {
  const [first] = places;
  if (first === undefined) {
    // Tensors that no network has: whoever asked will say that they are not those of the network.
    const key = containers.find((container) => root.get(container) instanceof Map);
    return key === undefined
      ? { path: [], dictionary: root }
      : { path: [key], dictionary: placeAt(root, [key]) };
  }
  for (const key of containers) {
    const under = places.filter(({ path }) => path[0] === key);
    const own = under.find(({ path }) => path.length === 1) ?? (under.length === 1 && under[0]);
    if (own) return own;
  }
  const itself = places.find(({ path }) => path.length === 0);
  return itself ?? (places.length === 1 ? first : undefined);
}

/** The dictionary that keys lead to; they come from `placesIn`. */
function placeAt(root: Dictionary, path: readonly string[]): Dictionary {
  return path.reduce((dictionary, key) => dictionary.get(key) as Dictionary, root);
}

function tensorOf(value: TorchValue): (TorchObject & { readonly kind: "tensor" }) | undefined {
  const object = value instanceof PickleObject ? value.value : undefined;
  return object?.kind === "tensor" ? object : undefined;
}

function describeKey(key: TorchValue): string {
  return typeof key === "string" ? shorten(key) : typeof key === "number" ? `${key}` : "(a key)";
}

function storedArray(tensor: StoredTensor, bytesOf: (storage: Storage) => Uint8Array): StoredArray {
  const load = () => loadTensor(tensor, bytesOf(tensor.storage));
  return { type: tensor.storage.type, shape: tensor.size, load };
}
