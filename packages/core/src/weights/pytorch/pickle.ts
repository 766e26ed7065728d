/**
 * @file Reads pickles as data: it knows the opcodes that torch.save writes, and no others.
 *
 * Opcodes: https://docs.python.org/3/library/pickletools.html. Decision 5 says why this is not a library. An opcode
 * uses a bounded amount of memory, and at most `maximumOpcodes` are read.
 */
import { PickleGlobal, PickleInert, PickleList, PickleOpaque } from "./pickle-values.ts";
import type { PickleHost, PickleValue } from "./pickle-values.ts";

/** A checkpoint of 150 parameters has about 6,000; a large network with optimiser state has 100,000. */
const maximumOpcodes = 1_000_000;

/** In bytes. Names of parameters have tens of bytes. */
const maximumText = 1 << 20;

/** Reads one pickle that begins at `start`; returns its value and where it ends. */
export function readPickle<T>(
  bytes: Uint8Array,
  host: PickleHost<T>,
  start = 0,
): { readonly value: PickleValue<T>; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = new TextDecoder("latin1");
  const utf8 = new TextDecoder("utf-8");
  const memo = new Map<number, PickleValue<T>>();
  const marks: PickleValue<T>[][] = [];
  let stack: PickleValue<T>[] = [];
  let position = start;

  const where = () => `at byte ${position}`;
  /** Skips `count` bytes and returns the position of the first of them. */
  const take = (count: number): number => {
    if (count > bytes.length - position) host.refuse("a whole pickle", `one that ends ${where()}`);
    position += count;
    return position - count;
  };
  const uint8 = () => view.getUint8(take(1));
  const uint32 = () => view.getUint32(take(4), true);
  const text = (length: number, decoder: TextDecoder): string => {
    if (length > maximumText) host.refuse("a short text", `one of ${length} bytes ${where()}`);
    const from = take(length);
    return decoder.decode(bytes.subarray(from, from + length));
  };
  const line = (): string => {
    const length = bytes.subarray(position, position + maximumText).indexOf(0x0a);
    if (length === -1) host.refuse("a name that ends", `one that does not ${where()}`);
    const name = text(length, utf8);
    take(1);
    return name;
  };
  /** A little-endian integer in two's complement, of at most 255 bytes. */
  const long = (length: number): number | bigint => {
    const from = take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[from + i]!);
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  };

  const push = (value: PickleValue<T>) => void stack.push(value);
  const pop = (): PickleValue<T> => {
    const value = stack.pop();
    return value === undefined ? host.refuse("a value", `an empty stack ${where()}`) : value;
  };
  const top = (): PickleValue<T> => {
    const value = pop();
    push(value);
    return value;
  };
  const popMark = (): readonly PickleValue<T>[] => {
    const items = stack;
    stack = marks.pop() ?? host.refuse("a mark", `none ${where()}`);
    return items;
  };
  const tuple = (length: number) => {
    const items = Array.from({ length }, pop);
    push(items.toReversed());
  };
  const remember = (index: number) => void memo.set(index, top());
  const recall = (index: number) => {
    const value = memo.get(index);
    push(value === undefined ? host.refuse("a value seen before", `none ${where()}`) : value);
  };
  const append = (items: readonly PickleValue<T>[]) => {
    const list = top();
    if (list instanceof PickleOpaque) return;
    if (!(list instanceof PickleList)) return host.refuse("a list", `something else ${where()}`);
    for (const item of items) list.items.push(item);
  };
  const setItems = (items: readonly PickleValue<T>[]) => {
    const dictionary = top();
    if (dictionary instanceof PickleOpaque) return;
    if (!(dictionary instanceof Map) || items.length % 2 !== 0) {
      return host.refuse("keys and values of a dictionary", `something else ${where()}`);
    }
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i]!, items[i + 1]!);
  };
  const reduce = () => {
    const args = pop();
    const called = pop();
    if (!(called instanceof PickleGlobal) || called.call === undefined || !Array.isArray(args)) {
      const got = called instanceof PickleGlobal ? called.name : "a value";
      return host.refuse("a call of a known function", `one of ${got} ${where()}`);
    }
    push(called.call(args));
  };
  /** cls.__new__(cls, *args), of classes of plain data only. */
  const newObject = () => {
    const args = pop();
    const cls = pop();
    if (!(cls instanceof PickleInert) || !Array.isArray(args)) {
      const got = cls instanceof PickleGlobal ? cls.name : "a value";
      return host.refuse("an object of a known class", `one of ${got} ${where()}`);
    }
    push(new PickleOpaque());
  };
  /** Sets are read for their ends only. */
  const addToSet = () => {
    popMark();
    if (!(top() instanceof PickleOpaque)) host.refuse("a set", `something else ${where()}`);
  };
  const frozenSet = () => {
    popMark();
    push(new PickleOpaque());
  };
  const skipBytes = (length: number) => {
    take(length);
    push(new PickleOpaque());
  };
  /** Python's attributes of a dictionary, such as state_dict's _metadata, hold no weights. */
  const build = () => {
    const attributes = pop();
    if (top() instanceof PickleOpaque) return;
    if (!(attributes instanceof Map) || !(top() instanceof Map)) {
      host.refuse("attributes of a dictionary", `something else ${where()}`);
    }
  };

  const opcodes: Readonly<Record<number, () => void>> = {
    0x80: () => {
      const protocol = uint8();
      if (protocol > 5) host.refuse("pickle protocol 2 to 5", `${protocol}`);
    },
    0x95: () => void take(8), //                    FRAME: its length says nothing new
    0x28: () => {
      marks.push(stack);
      stack = [];
    }, //                                           MARK
    0x4e: () => push(null), //                      NONE
    0x88: () => push(true), //                      NEWTRUE
    0x89: () => push(false), //                     NEWFALSE
    0x4a: () => push(view.getInt32(take(4), true)), // BININT
    0x4b: () => push(uint8()), //                   BININT1
    0x4d: () => push(view.getUint16(take(2), true)), // BININT2
    0x8a: () => push(long(uint8())), //             LONG1
    0x47: () => push(view.getFloat64(take(8))), //  BINFLOAT
    0x58: () => push(text(uint32(), utf8)), //      BINUNICODE
    0x8c: () => push(text(uint8(), utf8)), //       SHORT_BINUNICODE
    0x54: () => push(text(uint32(), latin1)), //    BINSTRING
    0x55: () => push(text(uint8(), latin1)), //     SHORT_BINSTRING
    0x29: () => tuple(0), //                        EMPTY_TUPLE
    0x85: () => tuple(1), //                        TUPLE1
    0x86: () => tuple(2), //                        TUPLE2
    0x87: () => tuple(3), //                        TUPLE3
    0x74: () => push([...popMark()]), //            TUPLE
    0x5d: () => push(new PickleList()), //          EMPTY_LIST
    0x61: () => append([pop()]), //                 APPEND
    0x65: () => append(popMark()), //               APPENDS
    0x7d: () => push(new Map()), //                 EMPTY_DICT
    0x73: () => setItems([pop(), pop()].toReversed()), // SETITEM
    0x75: () => setItems(popMark()), //             SETITEMS
    0x71: () => remember(uint8()), //               BINPUT
    0x72: () => remember(uint32()), //              LONG_BINPUT
    0x94: () => remember(memo.size), //             MEMOIZE
    0x68: () => recall(uint8()), //                 BINGET
    0x6a: () => recall(uint32()), //                LONG_BINGET
    0x63: () => push(host.global(line(), line())), // GLOBAL
    0x93: () => {
      const [name, module] = [pop(), pop()];
      if (typeof module !== "string" || typeof name !== "string") {
        return host.refuse("a name", `something else ${where()}`);
      }
      push(host.global(module, name));
    }, //                                           STACK_GLOBAL
    0x51: () => push(host.persistent(pop())), //    BINPERSID
    0x52: reduce, //                                REDUCE
    0x81: newObject, //                             NEWOBJ
    0x42: () => skipBytes(uint32()), //             BINBYTES
    0x43: () => skipBytes(uint8()), //              SHORT_BINBYTES
    0x8f: () => push(new PickleOpaque()), //        EMPTY_SET
    0x90: addToSet, //                              ADDITEMS
    0x91: frozenSet, //                             FROZENSET
    0x62: build, //                                 BUILD
  };
  const stop = 0x2e;

  for (let count = 0; count < maximumOpcodes; count += 1) {
    const opcode = uint8();
    if (opcode === stop) return { value: pop(), end: position };
    const execute = opcodes[opcode];
    if (execute === undefined) {
      const hex = opcode.toString(16).padStart(2, "0");
      return host.refuse("a pickle as torch.save writes it", `opcode 0x${hex} ${where()}`);
    }
    execute();
  }
  return host.refuse(`a pickle of at most ${maximumOpcodes} steps`, "a longer one");
}
