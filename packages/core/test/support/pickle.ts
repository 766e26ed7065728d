/** @file Pickles and checkpoints in PyTorch's older format, opcode by opcode. */

/** Parts of a pickle, one after another. */
export const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

export const text = (value: string) => {
  const bytes = Buffer.from(value);
  return join([0x58, ...uint32(bytes.length)], bytes); // BINUNICODE
};

export const name = (module: string, of: string) => Buffer.from(`c${module}\n${of}\n`); // GLOBAL

export const int = (value: number) => [0x4a, ...uint32(value)]; // BININT

export const uint32 = (value: number) =>
  [0, 8, 16, 24].map((shift) => Math.floor(value / 2 ** shift) & 0xff);

export const tuple = (...items: readonly (Uint8Array | readonly number[])[]) =>
  join([0x28], ...items, [0x74]); // MARK ... TUPLE

/** A reference to a storage. */
export const storage = (count: number, key = "0", type = "FloatStorage") =>
  join(
    tuple(text("storage"), name("torch", type), text(key), text("cpu"), int(count), [0x4e]),
    [0x51],
  );

/** _rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict()) */
export const tensor = (
  stored: Uint8Array,
  { offset = 0, size, stride }: { offset?: number; size: number[]; stride: number[] },
) =>
  join(
    name("torch._utils", "_rebuild_tensor_v2"),
    tuple(
      stored,
      int(offset),
      tuple(...size.map(int)),
      tuple(...stride.map(int)),
      [0x89],
      join(name("collections", "OrderedDict"), [0x29, 0x52]),
    ),
    [0x52],
  );

/** {key: value} */
export const dictionary = (key: string, value: Uint8Array) =>
  join([0x7d], text(key), value, [0x73]);

/** A checkpoint of `value`, with one storage "0" of 4 floats. */
export const checkpoint = (value: Uint8Array | readonly number[]) =>
  join(
    Buffer.from("80028a0a6cfc9c46f9206aa850192e", "hex"), // the magic number
    [0x80, 2, 0x4d, 0xe9, 0x03, 0x2e], // 1001
    join([0x80, 2], dictionary("little_endian", Uint8Array.of(0x88)), [0x2e]),
    [0x80, 2],
    value,
    [0x2e],
    join([0x80, 2, 0x5d], text("0"), [0x61, 0x2e]), // ["0"]
    new Uint8Array(BigUint64Array.of(4n).buffer),
    new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer),
  );
