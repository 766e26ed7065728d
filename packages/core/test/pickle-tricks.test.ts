/**
 * @file What hides code in a pickle from scanners that look for known names. Here it fails differently: only the names of
 * a list are known, an opcode that PyTorch does not write is refused, and no name leads to code of Python or of this
 * program.
 *
 * Collected from the issues and advisories of picklescan, modelscan and fickling, and from arXiv:2508.19774.
 */
import { openWeights } from "@mvt/core";
import { describe, expect, test } from "vitest";
import {
  checkpoint,
  dictionary,
  join,
  name,
  storage,
  tensor,
  text,
  tuple,
} from "./support/pickle.ts";
import { expectRefusal } from "./support/refusal.ts";
import { zip } from "./support/zip.ts";

const [stackGlobal, reduce, build, memoize, emptyDictionary] = [0x93, 0x52, 0x62, 0x94, 0x7d];
const get = (index: number) => [0x68, index];
const latin1 = (content: string) => Buffer.from(content, "latin1");

describe("a function that scanners do not know as dangerous is refused like any other", () => {
  test.for([
    "torch.utils.collect_env.run",
    "torch._dynamo.guards.GuardBuilder.get",
    "torch.jit.unsupported_tensor_ops.execWrapper",
    "torch.hub.load",
    "torch._utils._rebuild_device_tensor_from_numpy",
    "torch.serialization.load",
    "multiprocessing.util.spawnv_passfds",
    "asyncio.unix_events._UnixSubprocessTransport._start",
    "pip._internal.main",
    "pydoc.pipepager",
    "bdb.Bdb.run",
    "runpy._run_code",
    "operator.methodcaller",
    "functools.partial",
    "importlib.import_module",
    "pickle.loads",
    "numpy.load",
    "ssl.get_server_certificate",
    "__builtin__.eval",
  ])("%s", async (full) => {
    const dot = full.lastIndexOf(".");
    const call = join(name(full.slice(0, dot), full.slice(dot + 1)), tuple(text("id")), [reduce]);
    expect(await expectRefusal(checkpoint(call))).toContain(
      `got one that names ${full}; nothing of it was run`,
    );
  });
});

describe("a name that is put together while the pickle runs is refused", () => {
  const naming = (module: string, of: string) => `got one that names ${module}.${of};`;

  test("from the memory, behind other texts", async () => {
    const value = join(
      text("posix"),
      [memoize],
      text("system"),
      [memoize],
      ...["a", "list", "of", "harmless", "texts"].map(text),
      get(0),
      get(1),
      [stackGlobal],
      tuple(text("id")),
      [reduce],
    );
    expect(await expectRefusal(checkpoint(value))).toContain(naming("posix", "system"));
  });

  test("through the attributes of a known one", async () => {
    for (const of of [
      "_rebuild_tensor_v2.__globals__",
      "_rebuild_tensor_v2.__globals__.get",
      "_rebuild_parameter.__class__",
    ]) {
      const value = join(text("torch._utils"), text(of), [stackGlobal]);
      expect(await expectRefusal(checkpoint(value))).toContain(naming("torch._utils", of));
    }
  });

  test("with letters that look like others, or with spaces", async () => {
    for (const of of ["OrderedDict ", "Ordered\u0405ict", "OrderedDict\0"]) {
      const value = join(text("collections"), text(of), [stackGlobal]);
      expect(await expectRefusal(checkpoint(value))).toContain("got one that names collections.");
    }
  });

  test("of what is no text", async () => {
    const value = join(tuple(text("posix")), text("system"), [stackGlobal]);
    expect(await expectRefusal(checkpoint(value))).toContain("expected a name, got something else");
  });
});

describe("state cannot be changed: refused are", () => {
  test.for([
    [
      "attributes of a name, in slots",
      join(name("torch", "Size"), tuple([0x4e], [emptyDictionary]), [build]),
    ],
    ["attributes of a list", join([0x5d], [emptyDictionary], [build])],
    ["state that is no dictionary", join([emptyDictionary], tuple(text("x")), [build])],
  ] as const)("%s", async ([, value]) => {
    expect(await expectRefusal(checkpoint(value))).toContain("attributes of a dictionary");
  });

  test.for(["__proto__", "constructor", "__reduce__", "__setstate__", "toString"])(
    "nothing: the key %s is only a name",
    async (key) => {
      const one = tensor(storage(4), { size: [4], stride: [1] });
      const { arrays } = await openWeights(checkpoint(dictionary(key, one)), "file");
      expect([...arrays.keys()]).toEqual([key]);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    },
  );
});

describe("an opcode that PyTorch does not write is refused", () => {
  test.for([
    ["INST", join([0x28], text("id"), latin1("iposix\nsystem\n"))],
    ["OBJ", join([0x28], name("torch", "Size"), text("id"), [0x6f])],
    ["NEWOBJ_EX", join(name("torch", "Size"), [0x29, 0x7d, 0x92])],
    ["EXT1, a name by number", Uint8Array.of(0x82, 1)],
    ["EXT2", Uint8Array.of(0x83, 1, 0)],
    ["EXT4", Uint8Array.of(0x84, 1, 0, 0, 0)],
    ["PERSID", latin1("P/etc/passwd\n")],
    ["DUP", join(text("x"), [0x32])],
    ["POP_MARK", Uint8Array.of(0x28, 0x31)],
    ["LONG4", Uint8Array.of(0x8b, 1, 0, 0, 0, 1)],
    ["BINBYTES8 of 2^63 bytes", Uint8Array.of(0x8e, 0, 0, 0, 0, 0, 0, 0, 0x80)],
    ["BYTEARRAY8", Uint8Array.of(0x96, 0, 0, 0, 0, 0, 0, 0, 0)],
    ["NEXT_BUFFER", Uint8Array.of(0x97)],
    ["UNICODE, of protocol 0", latin1("Vposix\n")],
    ["STRING, of protocol 0", latin1("S'posix'\n")],
    ["INT with spaces, of protocol 0", latin1("I 1\n")],
    ["GET, of protocol 0", latin1("g0\n")],
  ] as const)("%s", async ([, value]) => {
    expect(await expectRefusal(checkpoint(value))).toMatch(
      /expected a pickle as torch.save writes it, got opcode 0x/,
    );
  });
});

describe("a file that breaks behind its payload", () => {
  const payload = join([0x80, 4], name("posix", "system"), tuple(text("id")), [reduce]);

  test("is refused at the name, before the place where it breaks", async () => {
    expect(await expectRefusal(checkpoint(join(payload, [0xff, 0xff])))).toContain(
      "names posix.system; nothing of it was run",
    );
  });

  test("is refused with another name's ending, and in other archives", async () => {
    const files = [
      ["weights.bin", Buffer.from("7z\xbc\xaf\x27\x1c", "latin1")],
      ["weights.pt", Buffer.from("pax_global_header")],
      ["weights.ckpt", latin1("cposix\nsystem\n(S'id'\ntR.")], // protocol 0
      ["weights.pth", join(payload, [0x2e])],
    ] as const;
    for (const [path, bytes] of files) {
      await expect(openWeights(new Uint8Array(bytes), path)).rejects.toMatchObject({
        name: "WeightsError",
      });
    }
  });
});

describe("an archive that programs read differently is refused", () => {
  const harmless = { name: "w/data.pkl", bytes: Uint8Array.of(0x80, 2, 0x7d, 0x2e) };
  const hidden = join([0x80, 2], name("posix", "system"), [0x2e]);
  const whole = [harmless, { name: "w/data/0", bytes: new Uint8Array(16) }];

  test("but read if nothing is wrong with it", async () => {
    expect(await expectRefusal(zip(whole))).toContain("got an empty one"); // so it was read
  });

  test.for([
    [
      "with one name twice",
      [harmless, { name: "w/data.pkl", bytes: hidden }],
      "expected each entry of the archive once, got w/data.pkl twice",
    ],
    [
      "with two pickles",
      [harmless, { name: "v/data.pkl", bytes: hidden }],
      "expected one data.pkl in the archive, got w/data.pkl, v/data.pkl",
    ],
    [
      "with another name before an entry's bytes",
      [{ ...harmless, localName: "w/other.pk" }],
      "expected one name for w/data.pkl, got w/other.pk before its bytes",
    ],
    [
      "with a flag that says encrypted",
      [{ ...harmless, flags: 1 }],
      "expected a whole zip archive, got a damaged one (compressed/uncompressed size mismatch",
    ],
    [
      "with an unknown method of compression",
      [{ ...harmless, method: 99 }],
      "expected w/data.pkl to be stored as it is",
    ],
    [
      "with a path out of the archive",
      [{ ...harmless, name: "../data.pkl" }],
      "invalid relative path",
    ],
    [
      "that NumPy wrote, compressed or not",
      [{ ...harmless, name: "cls.npy", method: 8 }],
      "expected an archive of torch.save, got one of NumPy, as JAX's ViT has it",
    ],
    [
      "of TorchScript, whose code is compressed",
      [harmless, { ...harmless, name: "w/code/__torch__/vit.py", method: 8 }],
      "got one of TorchScript, which holds a program",
    ],
    [
      "of torch.export",
      [{ ...harmless, name: "w/archive_format" }],
      "got one of torch.export, which holds a program",
    ],
    ["of Keras", [{ ...harmless, name: "model.weights.h5" }], "got one of Keras"],
    ["with an absolute path", [{ ...harmless, name: "/data.pkl" }], "absolute path"],
  ] as const)("%s", async ([, entries, reason]) => {
    expect(await expectRefusal(zip(entries))).toContain(reason);
  });

  test("with a checksum that is wrong", async () => {
    const bytes = Buffer.from(zip([harmless]));
    bytes[bytes.indexOf("w/data.pkl") + 12] = 0x5d; // {} becomes []
    expect(await expectRefusal(bytes)).toContain("its CRC-32 differs");
  });
});
