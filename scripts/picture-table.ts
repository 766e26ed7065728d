/**
 * @file A picture of a table, as its page shows it: for the README.
 *
 *   pnpm reports:picture reports/quick/table2.html results/quick/table2.png
 */
import { pathToFileURL } from "node:url";
import { readOptions } from "./options.ts";
import { chromiumPath, startChromium } from "@mvt/testing/chromium";

/** Pixels around the table. */
const margin = 12;

/** The page keeps lines short to read and lets wide tables scroll; a picture shows all columns. */
const whole = `body, main { max-width: none; width: 108rem } table { margin: ${margin}px }`;

const { positionals, refuse } = readOptions("pnpm reports:picture PAGE.html PICTURE.png", {
  allowPositionals: true,
});
const [page, picture] = positionals;
if (page === undefined || picture === undefined) {
  throw refuse("expected the page of a table and the file of its picture.");
}
if (chromiumPath === undefined) {
  throw refuse("expected Chromium, found none. Install it: apt-get install chromium.");
}
const browser = await startChromium();
const tab = await browser.newPage({ colorScheme: "light" });
await tab.goto(pathToFileURL(page).href);
await tab.addStyleTag({ content: whole });
const box = (await tab.locator("table").first().boundingBox())!;
await tab.screenshot({
  path: picture,
  fullPage: true,
  clip: {
    x: box.x - margin,
    y: box.y - margin,
    width: box.width + 2 * margin,
    height: box.height + 2 * margin,
  },
});
await browser.close();
