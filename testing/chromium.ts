/** @file A headless Chromium, where there is one: Debian's, or Google's build of it. */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

/** The browser's program; undefined where none is installed. */
export const chromiumPath = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => existsSync(path));

/** Stands behind the name of tests that are left out without a browser. */
export const unlessMissing =
  chromiumPath === undefined ? " (left out: no Chromium; `apt-get install chromium`)" : "";
if (chromiumPath === undefined) process.stderr.write(`browser tests${unlessMissing}\n`);

/** What keeps a browser from looking for updates and the like, and lets root start it. */
const quiet = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGPU on SwiftShader, which comes with Chromium and needs no graphics processor. */
const software = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Starts it with a profile of its own; `graphics` on "swiftshader" is slow, but computes what WebGPU does. */
export async function startChromium(graphics: "none" | "swiftshader" = "none"): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath!,
    args: [...quiet, ...(graphics === "none" ? ["--disable-gpu"] : software)],
  });
}
