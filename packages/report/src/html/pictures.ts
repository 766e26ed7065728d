/** @file Small pictures side by side, each with what is said of it. */
import type { Element } from "hast";
import { h } from "hastscript";
import type { Content } from "./elements.ts";

export interface Picture {
  readonly png: Uint8Array;
  /** In place of the picture, for those who do not see it. */
  readonly alt: string;
  readonly caption: readonly Content[];
}

export function gallery(pictures: readonly Picture[]): Element {
  return h(
    "ul.gallery",
    pictures.map(({ png, alt, caption }) =>
      h("li", [
        h("img", { src: `data:image/png;base64,${Buffer.from(png).toString("base64")}`, alt }),
        h("p", [...caption]),
      ]),
    ),
  );
}
