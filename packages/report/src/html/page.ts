/**
 * @file One page of a report: a file of its own that a browser opens without a server.
 *
 * Style and script are inside it. Its content security policy forbids everything else, requests among it.
 */
import { createHash } from "node:crypto";
import { printableLines } from "@mvt/common";
import type { ElementContent, Root } from "hast";
import { toHtml as stringify } from "hast-util-to-html";
import { h } from "hastscript";
import type { Content } from "./elements.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

/** Marks the pages that this project wrote, so that an index finds them. */
export const generator = "MVT reports";

export interface Page {
  /** Heading and name of the tab. */
  readonly title: string;
  /** Links above the heading: where this page belongs. */
  readonly path?: readonly Link[];
  /** Below the heading. */
  readonly content: readonly Content[];
}

export interface Link {
  readonly text: string;
  /** Relative to the page. */
  readonly href: string;
}

/** A drawing of this project's own, put into the page as it is. */
export function drawing(svg: string): ElementContent {
  return { type: "raw", value: svg } as unknown as ElementContent; // hast-util-to-html takes it
}

/** The text of the file. */
export function htmlPage({ title, path = [], content }: Page): string {
  const policy = [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const meta = (name: string, value: string) => h("meta", { name, content: value });
  const head = h("head", [
    h("meta", { charSet: "utf-8" }),
    h("meta", { httpEquiv: "Content-Security-Policy", content: policy }),
    meta("viewport", "width=device-width, initial-scale=1"),
    meta("color-scheme", "light dark"),
    meta("generator", generator),
    h("title", title),
    h("style", style),
  ]);
  const links = h("nav", { ariaLabel: "Reports" }, [
    h(
      "ul.path",
      path.map(({ text, href }) => h("li", [h("a", { href }, text)])),
    ),
  ]);
  const body = h("body", [
    h("header", [...(path.length > 0 ? [links] : []), h("h1", title)]),
    h("main", [...content]),
    h("script", script),
  ]);
  const root: Root = {
    type: "root",
    children: [{ type: "doctype" }, h("html", { lang: "en" }, [head, body])],
  };
  return printableLines(`${stringify(root, { allowDangerousHtml: true })}\n`);
}
