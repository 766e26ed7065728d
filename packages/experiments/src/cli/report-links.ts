/** @file The pages of tables and figures that a folder of reports holds already. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { generator } from "@mvt/report/html/page";
import type { Link } from "@mvt/report/html/page";

/** The index itself, and the folder of the runs' pages. */
export const indexName = "index.html";
export const runPagesFolder = "runs";

/** Pages in `folder` and in the folders in it, by name. Only pages that this project wrote count. */
export async function findReports(folder: string): Promise<readonly Link[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inner = entries
    .filter((entry) => entry.isDirectory() && entry.name !== runPagesFolder)
    .map(({ name }) => name);
  const pages = await Promise.all(["", ...inner].map((name) => pagesIn(folder, name)));
  const order = new Intl.Collator("en", { numeric: true });
  return pages.flat().toSorted((a, b) => order.compare(a.href, b.href));
}

async function pagesIn(folder: string, inner: string): Promise<readonly Link[]> {
  const entries = await readdir(join(folder, inner), { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".html") && entry.name !== indexName)
    .map(({ name }) => name);
  const links = await Promise.all(
    names.map(async (name) => {
      const title = titleOf(await readFile(join(folder, inner, name), "utf8").catch(() => ""));
      if (title === undefined) return [];
      const href = [inner, name].filter(Boolean).map(encodeURIComponent).join("/");
      return [{ text: inner === "" ? title : `${title} (${inner})`, href }];
    }),
  );
  return links.flat();
}

/** Undefined for a page of somebody else. */
function titleOf(page: string): string | undefined {
  if (!page.includes(`<meta name="generator" content="${generator}">`)) return undefined;
  const [, title] = /<title>([^<]*)<\/title>/.exec(page) ?? [];
  return title?.replaceAll(/&#x([0-9A-F]+);/gi, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}
