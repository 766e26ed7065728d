/**
 * @file The format of torch.save before PyTorch 1.6, which it still writes on request: five pickles, one after another,
 * then the storages.
 *
 *     magic number, protocol version 1001, {little_endian, ...}, the value, [keys of storages]
 *     for each key: elements as a 64-bit integer, then the numbers
 */
import { shorten } from "@mvt/common";
import { elementSizes } from "../element.ts";
import { refuserOf } from "../error.ts";
import type { WeightsFile } from "../stored.ts";
import { torchHost } from "./names.ts";
import type { Storage, TorchValue } from "./names.ts";
import { readPickle } from "./pickle.ts";
import { PickleList } from "./pickle-values.ts";
import { openStateDict } from "./state-dict.ts";

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/** Opens a checkpoint in PyTorch's older format; `source` is its name in errors, `weightsKey` `OpenOptions.key`. */
export function openTorchPickle(
  bytes: Uint8Array,
  source: string,
  weightsKey?: string,
): WeightsFile {
  const refuse = refuserOf(source);
  const storages = new Map<string, Storage>();
  const host = torchHost(source, storages);
  let position = 0;
  const next = (): TorchValue => {
    const { value, end } = readPickle(bytes, host, position);
    position = end;
    return value;
  };

  if (next() !== magicNumber) refuse("a pickle of torch.save", "another pickle");
  if (next() !== protocolVersion) refuse(`version ${protocolVersion}`, "another version");
  const system = next();
  if (!(system instanceof Map) || system.get("little_endian") !== true) {
    refuse("little-endian numbers", "others");
  }
  const root = next();
  const keys = next();
  const places = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys instanceof PickleList ? keys.items : refuse("keys of storages", "none")) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (storage === undefined) return refuse("keys of storages in use", "another");
    const size = storage.count * elementSizes[storage.type];
    const left = bytes.length - position - 8;
    if (left < size) {
      refuse(`${size} bytes for storage ${shorten(storage.key)}`, `${Math.max(left, 0)}`);
    }
    const claimed = view.getBigInt64(position, true);
    if (claimed !== BigInt(storage.count)) {
      refuse(`${storage.count} elements in storage ${shorten(storage.key)}`, `${claimed}`);
    }
    position += 8;
    places.set(storage.key, bytes.subarray(position, position + size));
    position += size;
  }
  for (const { key } of storages.values()) {
    if (!places.has(key)) refuse(`the numbers of storage ${shorten(key)}`, "none");
  }
  return openStateDict(root, {
    source,
    key: weightsKey,
    format: "PyTorch pickle",
    bytesOf: ({ key }) => places.get(key)!,
  });
}
