/** @file What axe finds on a page that is not accessible. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** Each violation with its element. Opens all <details> first, because axe skips what is hidden. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(() => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });
  await page.evaluate(axe.source);
  return page.evaluate(violationsHere);
}

/** Runs in the browser. */
async function violationsHere(): Promise<readonly string[]> {
  const { axe: here } = window as unknown as { readonly axe: typeof axe };
  const { violations } = await here.run();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
