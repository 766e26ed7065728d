/**
 * @file Whose names a file of weights uses, and which parameter of ours each of them is.
 *
 * Ours are timm's. Hugging Face splits q, k and v, and has two ways of naming: that of its files, and
 * that of its modules since transformers 5.
 */
import type { StoredArray } from "../stored.ts";

export type NameScheme = "timm" | "Hugging Face";

/** Which parameter a name stands for, or why it is not needed; undefined for a name that is not known. */
export type Meaning =
  | { readonly parameter: string; /** Of q, k and v, which one. */ readonly part?: 0 | 1 | 2 }
  | { readonly skip: string };

/** Names come out of a file, and one of them may be "constructor": no plain object. */
function tableOf<Value>(entries: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entries));
}

/** What wrappers put before every name: DataParallel, Lightning, torch.compile. */
const wrappers = ["module.", "model.", "_orig_mod."];

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

/** Hugging Face's names outside blocks. */
const huggingFace = tableOf<string>({
  "embeddings.cls_token": "cls_token",
  "embeddings.position_embeddings": "pos_embed",
  "embeddings.patch_embeddings.projection": "patch_embed.proj",
  layernorm: "norm",
  classifier: "head",
  cls_classifier: "head",
});

/** In a block, of its files and of its modules. */
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
});

const blockName = /^(?:encoder\.layer|layers)\.(\d+)\.(.+)\.(weight|bias)$/;

/** The scheme of a file's names; timm's where nothing tells. */
export function schemeOf(names: Iterable<string>): NameScheme {
  for (const name of names) {
    if (/(^|\.)embeddings\.(cls_token|position_embeddings)$/.test(name)) return "Hugging Face";
  }
  return "timm";
}

/** What stands before every name and means nothing. */
export function wrapperOf(names: readonly string[]): string {
  return wrappers.find((prefix) => names.every((name) => name.startsWith(prefix))) ?? "";
}

/** What a name without its wrapper means. */
export function meaningOf(name: string, scheme: NameScheme): Meaning | undefined {
  const bare = scheme === "timm" ? name : name.replace(/^(vit|deit)\./, "");
  const skip = skipped.get(bare);
  if (skip !== undefined) return { skip };
  return scheme === "timm" ? { parameter: bare } : meaningOfHuggingFace(bare);
}

function meaningOfHuggingFace(name: string): Meaning | undefined {
  const [, block, layer = "", kind] = blockName.exec(name) ?? [];
  if (block !== undefined) {
    const [ours, part] = huggingFaceBlock.get(layer) ?? [];
    if (ours === undefined) return undefined;
    const parameter = `blocks.${Number(block)}.${ours}.${kind}`;
    return part === undefined ? { parameter } : { parameter, part };
  }
  const [, stem = name, ending = ""] = /^(.+)(\.(?:weight|bias))$/.exec(name) ?? [];
  const whole = huggingFace.get(name) ?? huggingFace.get(stem);
  if (whole === undefined) return undefined;
  return { parameter: huggingFace.has(name) ? whole : `${whole}${ending}` };
}

/** q, k and v, one above the other: the rows of timm's qkv. */
export function stack(parts: readonly StoredArray[]): StoredArray {
  const [{ type, shape }] = parts as readonly [StoredArray];
  const rows = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  const stacked = [rows, ...shape.slice(1)];
  return {
    type,
    shape: stacked,
    load: () => {
      const loaded = parts.map((part) => part.load().data);
      const data = new Float32Array(loaded.reduce((sum, { length }) => sum + length, 0));
      let offset = 0;
      for (const values of loaded) {
        data.set(values, offset);
        offset += values.length;
      }
      return { shape: stacked, data };
    },
  };
}
