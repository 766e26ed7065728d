/**
 * @file Whose names a file of weights uses, and which of our parameters each of them is.
 *
 * Our names are timm's. DeiT III and DINOv2 have two names of their own, which timm changes. Hugging Face splits
 * q, k and v, and has two ways of naming: that of its files, and that of its modules since transformers 5.
 */
import { sum } from "@mvt/common";
import type { StoredArray } from "../stored.ts";
import { concatenated } from "../weights.ts";

export type NameScheme = "timm" | "Hugging Face";

/** Which parameter a name stands for, or why it is not needed; undefined for a name that is not known. */
export type Meaning =
  /** `qkv`: 0 for q, 1 for k, 2 for v, if the file has them as separate arrays. */
  { readonly parameter: string; readonly qkv?: 0 | 1 | 2 } | { readonly skip: string };

/** A Map and no plain object, because a name in a file may be "constructor". */
function tableOf<Value>(entries: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entries));
}

/** Prefixes that wrappers put before every name: DataParallel and AveragedModel, Lightning, torch.compile. */
const wrappers = ["module.", "model.", "_orig_mod."];

/** The name that every vision transformer has, in either scheme, behind the prefix of what it lies in. */
const patchEmbeddings = [
  /^((?:.+\.)?)patch_embed\.proj\.weight$/,
  /^((?:.+?\.)??)(?:(?:vit|deit|dinov2(?:_with_registers)?)\.)?embeddings\.patch_embeddings\.projection\.weight$/,
];

const noDistillation = "distillation, which this network does not have";
const pretraining = "only for pre-training by masked images";
const skipped = tableOf<string>({
  dist_token: noDistillation,
  "head_dist.weight": noDistillation,
  "head_dist.bias": noDistillation,
  "embeddings.distillation_token": noDistillation,
  "distillation_classifier.weight": noDistillation,
  "distillation_classifier.bias": noDistillation,
  mask_token: pretraining,
  "embeddings.mask_token": pretraining,
  "pooler.dense.weight": "a pooler, which DeiT's head does not go through",
  "pooler.dense.bias": "a pooler, which DeiT's head does not go through",
});

/** The decoder of MAE's pre-training, and Hugging Face's of it. */
const decoder = /^decoder(_(embed|pos_embed|blocks|norm|pred))?(\.|$)/;

/**
 * The name that timm gives to one of DeiT III (`blocks.0.gamma_1`) or DINOv2 (`register_tokens`), whose training
 * names a block by its chunk as well: `blocks.0.3.` is block 3, which is in chunk 0.
 */
function timmName(name: string): string {
  return name
    .replace(/^register_tokens$/, "reg_token")
    .replace(/^blocks\.\d+\.(?=\d+\.)/, "blocks.")
    .replace(/^(blocks\.\d+)\.gamma_([12])$/, "$1.ls$2.gamma");
}

/** Hugging Face's names outside blocks. */
const huggingFace = tableOf<string>({
  "embeddings.cls_token": "cls_token",
  "embeddings.register_tokens": "reg_token",
  "embeddings.position_embeddings": "pos_embed",
  "embeddings.patch_embeddings.projection": "patch_embed.proj",
  layernorm: "norm",
  classifier: "head",
  cls_classifier: "head",
});

/** Within a block: names of files, of modules, and of DINOv2. */
const huggingFaceBlock = tableOf<readonly [string, (0 | 1 | 2)?]>({
  layernorm_before: ["norm1"],
  layernorm_after: ["norm2"],
  "attention.attention.query": ["attn.qkv", 0],
  "attention.attention.key": ["attn.qkv", 1],
  "attention.attention.value": ["attn.qkv", 2],
  "attention.output.dense": ["attn.proj"],
  "intermediate.dense": ["mlp.fc1"],
  "output.dense": ["mlp.fc2"],
  "attention.q_proj": ["attn.qkv", 0],
  "attention.k_proj": ["attn.qkv", 1],
  "attention.v_proj": ["attn.qkv", 2],
  "attention.o_proj": ["attn.proj"],
  "mlp.fc1": ["mlp.fc1"],
  "mlp.fc2": ["mlp.fc2"],
  norm1: ["norm1"],
  norm2: ["norm2"],
  layer_scale1: ["ls1"],
  layer_scale2: ["ls2"],
});

const blockName = /^(?:encoder\.layer|layers)\.(\d+)\.(.+)\.(weight|bias|lambda1)$/;

/** The scheme of a file's names; timm's if no name is Hugging Face's. */
export function schemeOf(names: Iterable<string>): NameScheme {
  for (const name of names) {
    if (/(^|\.)embeddings\.(cls_token|position_embeddings)$/.test(name)) return "Hugging Face";
  }
  return "timm";
}

/**
 * The prefixes of all networks in a file: what stands before the names of their patch embeddings, in any wrappers, in any
 * order and depth ("module._orig_mod."), or the name that a module has in a larger one ("model.", "student."). "" for a
 * network that is the file itself, whatever else is in it. Without a patch embedding, the wrappers that all names have.
 */
export function prefixesOf(names: readonly string[]): readonly string[] {
  const found = new Set(
    names.flatMap((name) => patchEmbeddings.flatMap((pattern) => pattern.exec(name)?.[1] ?? [])),
  );
  if (found.has("")) return [""];
  return found.size > 0 ? [...found] : [commonWrappers(names)];
}

function commonWrappers(names: readonly string[]): string {
  let prefix = "";
  for (;;) {
    const start = prefix;
    const next = wrappers.find((wrapper) =>
      names.every((name) => name.startsWith(start + wrapper)),
    );
    if (next === undefined || names.length === 0) return prefix;
    prefix += next;
  }
}

/** What a name without its prefix means. */
export function meaningOf(name: string, scheme: NameScheme): Meaning | undefined {
  const bare =
    scheme === "timm" ? timmName(name) : name.replace(/^(vit|deit|dinov2(_with_registers)?)\./, "");
  const skip = skipped.get(bare) ?? (decoder.test(bare) ? pretraining : undefined);
  if (skip !== undefined) return { skip };
  return scheme === "timm" ? { parameter: bare } : meaningOfHuggingFace(bare);
}

function meaningOfHuggingFace(name: string): Meaning | undefined {
  const [, block, layer = "", kind] = blockName.exec(name) ?? [];
  if (block !== undefined) {
    const [ours, qkv] = huggingFaceBlock.get(layer) ?? [];
    if (ours === undefined) return undefined;
    const parameter = `blocks.${Number(block)}.${ours}.${kind === "lambda1" ? "gamma" : kind}`;
    return { parameter, qkv };
  }
  const [, stem = name, ending = ""] = /^(.+)(\.(?:weight|bias))$/.exec(name) ?? [];
  const whole = huggingFace.get(name) ?? huggingFace.get(stem);
  if (whole === undefined) return undefined;
  return { parameter: huggingFace.has(name) ? whole : `${whole}${ending}` };
}

/** q, k and v as the rows of one array, as timm's qkv. */
export function stack(arrays: readonly StoredArray[]): StoredArray {
  const [{ type, shape }] = arrays as readonly [StoredArray];
  const rows = sum(arrays.map((array) => array.shape[0]!));
  const stacked = [rows, ...shape.slice(1)];
  return {
    type,
    shape: stacked,
    load: () => ({ shape: stacked, data: concatenated(arrays.map((array) => array.load().data)) }),
  };
}
