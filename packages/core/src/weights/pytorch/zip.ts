/**
 * @file The entries of an uncompressed zip archive, as torch.save writes it.
 *
 * PyTorch does not compress, so compressed entries are refused. This also refuses zip bombs, because an uncompressed
 * entry cannot be larger than the file.
 */
import { crc32 } from "node:zlib";
import { fromBufferPromise } from "yauzl";
import type { ZipFile } from "yauzl";
import { reasonOf, shorten } from "@mvt/common";
import { refuserOf, WeightsError } from "../error.ts";
import type { Refuse } from "../error.ts";
import { maximumArrays } from "../stored.ts";

/** A network with a thousand tensors has slightly more than a thousand entries. */
const maximumEntries = maximumArrays;

const stored = 0;

/** Characters of an error of yauzl, which may contain a name of 64 KiB. */
const mostReason = 200;

export interface ZipEntry {
  /** A view of the file, not a copy. */
  readonly bytes: Uint8Array;
  /** Throws WeightsError if the checksum of the bytes is wrong. */
  readonly check: () => void;
}

/**
 * The entries of an archive in memory, by name.
 *
 * @param source its name in errors
 * @param onName is called with each name before anything of the entry is looked at, and may refuse the archive
 */
export async function readZip(
  bytes: Uint8Array,
  source: string,
  onName: (name: string) => void = () => {},
): Promise<ReadonlyMap<string, ZipEntry>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = refuserOf(source);
  try {
    const zip = await fromBufferPromise(buffer, { lazyEntries: true });
    return await entriesOf(zip, bytes, refuse, onName);
  } catch (error) {
    if (error instanceof WeightsError) throw error;
    return refuse("a whole zip archive", `a damaged one (${reasonOf(error).slice(0, mostReason)})`);
  }
}

async function entriesOf(
  zip: ZipFile,
  bytes: Uint8Array,
  refuse: Refuse,
  onName: (name: string) => void,
) {
  if (zip.entryCount > maximumEntries) {
    refuse(`at most ${maximumEntries} entries in the archive`, `${zip.entryCount}`);
  }
  const entries = new Map<string, ZipEntry>();
  for await (const entry of zip.eachEntry()) {
    const { fileName, compressionMethod, uncompressedSize, crc32: expected } = entry;
    onName(fileName);
    if (compressionMethod !== stored || entry.isEncrypted()) {
      refuse(
        `${shorten(fileName)} to be stored as it is, as torch.save does`,
        `it compressed or encrypted, of ${uncompressedSize} bytes`,
        "Save it again with torch.save; a checkpoint that was zipped once more must be unzipped first.",
      );
    }
    // Programs differ in which of two entries of one name they read, and in which of an entry's two names they believe.
    if (entries.has(fileName)) {
      refuse("each entry of the archive once", `${shorten(fileName)} twice`);
    }
    const { fileDataStart, fileName: local } = await zip.readLocalFileHeaderPromise(entry);
    if (!local.equals(entry.fileNameRaw)) {
      refuse(
        `one name for ${shorten(fileName)}`,
        `${shorten(local.toString("latin1"))} before its bytes`,
      );
    }
    const content = bytes.subarray(fileDataStart, fileDataStart + uncompressedSize);
    const check = () => {
      if (crc32(content) === expected) return;
      refuse(`${shorten(fileName)} as it was written`, "it damaged (its CRC-32 differs)");
    };
    entries.set(fileName, { bytes: content, check });
  }
  return entries;
}
