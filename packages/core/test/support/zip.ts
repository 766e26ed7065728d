/** @file Zip archives, header by header: what a well-behaved program would not write. */
import { crc32 } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The name before the bytes, if it is another than in the directory. */
  readonly localName?: string;
  /** The flags in the directory; bit 0 says that the entry is encrypted. */
  readonly flags?: number;
  /** The method of compression; 0 for none. */
  readonly method?: number;
}

/** An archive of these entries, stored as they are. */
export function zip(entries: readonly ZipEntry[]): Uint8Array {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, localName = name, flags = 0, method = 0 } of entries) {
    /** What both headers have: version, flags, method, time, CRC, sizes, length of the name, no extra field. */
    const common = (nameLength: number) => {
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(flags, 2);
      fields.writeUInt16LE(method, 4);
      fields.writeUInt32LE(crc32(bytes), 10);
      fields.writeUInt32LE(bytes.length, 14);
      fields.writeUInt32LE(bytes.length, 18);
      fields.writeUInt16LE(nameLength, 22);
      return fields;
    };
    const before = [
      Buffer.from("PK\u0003\u0004"),
      common(localName.length),
      Buffer.from(localName),
    ];
    local.push(...before, Buffer.from(bytes));
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.from("PK\u0001\u0002\u0014\0"),
      common(name.length),
      place,
      Buffer.from(name),
    );
    offset += 30 + localName.length + bytes.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, ...directory, Buffer.from("PK\u0005\u0006"), end]);
}
