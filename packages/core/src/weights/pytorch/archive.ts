/**
 * @file The format of torch.save since PyTorch 1.6: a zip archive.
 *
 *     NAME/data.pkl      a pickle that refers to storages by key
 *     NAME/data/KEY      the numbers of one storage
 *     NAME/byteorder     "little", since PyTorch 2.0
 */
import { listFirst, shorten } from "@mvt/common";
import { elementSizes } from "../element.ts";
import { refuserOf } from "../error.ts";
import type { WeightsFile } from "../stored.ts";
import { torchHost } from "./names.ts";
import type { Storage } from "./names.ts";
import { readPickle } from "./pickle.ts";
import { openStateDict } from "./state-dict.ts";
import { readZip } from "./zip.ts";

/** Archives that are not checkpoints, by an entry that only they have, and the way from each to one. */
const otherArchives = [
  {
    entry: /^[^/]*\/(?:constants\.pkl$|code\/)/,
    what: "one of TorchScript, which holds a program",
    advice:
      'If you trust who made it, save its weights alone: torch.save(torch.jit.load(FILE).state_dict(), "weights.pth").',
  },
  {
    entry: /^(?:[^/]*\/)?archive_format$/,
    what: "one of torch.export, which holds a program",
    advice:
      'If you trust who made it, save its weights alone: torch.save(torch.export.load(FILE).state_dict, "weights.pth").',
  },
  {
    entry: /\.npy$/,
    what: "one of NumPy, as JAX's ViT has it",
    advice: "Load it with timm, and save its weights: torch.save(model.state_dict(), OUT).",
  },
  {
    entry: /^model\.weights\.h5$/,
    what: "one of Keras",
    advice:
      "Load it there, and save its arrays under timm's names with safetensors.numpy.save_file.",
  },
] as const;

/** Opens a checkpoint in PyTorch's zip format; `source` is its name in errors, `weightsKey` `OpenOptions.key`. */
export async function openTorchArchive(
  bytes: Uint8Array,
  source: string,
  weightsKey?: string,
): Promise<WeightsFile> {
  const refuse = refuserOf(source);
  const entries = await readZip(bytes, source, (name) => {
    const other = otherArchives.find(({ entry }) => entry.test(name));
    if (other) refuse("an archive of torch.save", other.what, other.advice);
  });
  const pickles = [...entries.keys()].filter((name) => /^([^/]*\/)?data\.pkl$/.test(name));
  const [pickleName] = pickles;
  if (pickleName === undefined) {
    return refuse("an archive of torch.save, with data.pkl", `one with ${describe(entries)}`);
  }
  if (pickles.length > 1) {
    refuse("one data.pkl in the archive", listFirst(pickles, 3));
  }
  const prefix = pickleName.slice(0, -"data.pkl".length);
  const byteOrder = entries.get(`${prefix}byteorder`);
  if (byteOrder !== undefined && Buffer.from(byteOrder.bytes).toString() !== "little") {
    refuse("little-endian numbers", "big-endian ones");
  }

  const entryOf = ({ key, type, count }: Storage) => {
    const entry = entries.get(`${prefix}data/${key}`);
    const size = count * elementSizes[type];
    return entry !== undefined && entry.bytes.length === size
      ? entry
      : refuse(
          `${size} bytes for storage ${shorten(key)}`,
          entry === undefined ? "none" : `${entry.bytes.length}`,
        );
  };
  const pickle = entries.get(pickleName)!;
  pickle.check();
  const storages = new Map<string, Storage>();
  const { value } = readPickle(pickle.bytes, torchHost(source, storages));
  for (const storage of storages.values()) entryOf(storage);
  return openStateDict(value, {
    source,
    key: weightsKey,
    format: "PyTorch zip",
    bytesOf: (storage) => {
      const entry = entryOf(storage);
      entry.check();
      return entry.bytes;
    },
  });
}

function describe(entries: ReadonlyMap<string, unknown>): string {
  const names = [...entries.keys()].slice(0, 3).map((name) => shorten(name));
  return names.length === 0 ? "nothing" : names.join(", ");
}
