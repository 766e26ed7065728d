/**
 * @file The names of plain data that training scripts save beside their weights: options, paths, devices, counts, dates.
 *
 * None of them runs code when it is unpickled by Python, and none leads to a value here: an object of such a class is a
 * `PickleOpaque`, whatever the file puts into it.
 */

/** Names of one module, as "module.name". */
const of = (module: string, names: string) => names.split(" ").map((name) => `${module}.${name}`);

/** Python 2 and 3 call the module of built-in names differently; protocols 0 to 2 use the name of Python 2. */
const builtIn = "bytearray complex frozenset list dict set slice range xrange int float str tuple";

const dictionaries = [
  ...of("collections", "Counter defaultdict deque"),
  ...of("argparse", "Namespace"),
  ...of("types", "SimpleNamespace"),
  ...of("lightning.fabric.utilities.data", "AttributeDict"),
  ...of("lightning_fabric.utilities.data", "AttributeDict"),
  ...of("lightning.pytorch.utilities.parsing", "AttributeDict"),
  ...of("pytorch_lightning.utilities.parsing", "AttributeDict"),
  ...of("omegaconf.base", "Metadata ContainerMetadata"),
  ...of("omegaconf.dictconfig", "DictConfig"),
  ...of("omegaconf.listconfig", "ListConfig"),
  ...of("omegaconf.nodes", "AnyNode StringNode IntegerNode FloatNode BooleanNode"),
  ...of("typing", "Any"), // of omegaconf
  ...of("yacs.config", "CfgNode"),
  ...of("easydict", "EasyDict"),
  ...of("mmengine.config.config", "ConfigDict"),
];

/** Exactly these: of other names of these modules, some run code. */
export const inertNames: ReadonlySet<string> = new Set([
  ...of("builtins", builtIn),
  ...of("__builtin__", builtIn),
  ...dictionaries,
  ...of("_codecs", "encode"), // of bytes, in protocol 2
  ...of("datetime", "date datetime time timedelta timezone"),
  ...of("uuid", "UUID SafeUUID"),
  ...["pathlib", "pathlib._local"].flatMap((module) =>
    of(module, "Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath"),
  ),
  ...of("numpy", "dtype ndarray"),
  ...["numpy.core", "numpy._core"].flatMap((module) => [
    ...of(`${module}.multiarray`, "scalar _reconstruct"),
    ...of(`${module}.numeric`, "_frombuffer"),
  ]),
  ...of("torch", "device"),
  ...of("torch", "float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 bool"),
  ...of("torch", "float8_e4m3fn float8_e5m2"),
  ...of("torch.serialization", "_get_layout"),
  ...of("torch.torch_version", "TorchVersion"),
]);
