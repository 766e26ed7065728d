/** @file Networks whose files look much like those of the backbones, but that compute something else. */

/** A network that no backbone is. */
export interface ForeignNetwork {
  /** "a BEiT" */
  readonly title: string;
  /** What it has that no backbone has. */
  readonly because: string;
  /** A name that only its files have, in any prefix. */
  readonly sign: RegExp;
}

/** The networks that are refused by name, the most particular sign first. */
export const foreignNetworks: readonly ForeignNetwork[] = [
  {
    title: "a Swin Transformer",
    because: "its attention is within windows, and it has no class token",
    sign: /(^|\.)layers\.\d+\.blocks\.\d+\.attn\.relative_position_bias_table$/,
  },
  {
    title: "a BEiT",
    because:
      "its attention adds a bias for the distance of two patches, in place of position embeddings",
    sign: /relative_position_bias_table$|(^|\.)rel_pos_bias\.|\.attn\.q_bias$/,
  },
  {
    title: "an image encoder of CLIP",
    because: "it has a norm before its blocks, and other activations",
    sign: /(^|\.)(visual|vision_model\.embeddings)\.class_embedding$/,
  },
];

/** The foreign network that names are of, and the name that tells; undefined if none does. */
export function foreignOf(
  names: Iterable<string>,
): { readonly network: ForeignNetwork; readonly name: string } | undefined {
  const all = [...names];
  for (const network of foreignNetworks) {
    const name = all.find((each) => network.sign.test(each));
    if (name !== undefined) return { network, name };
  }
  return undefined;
}
