/** @file How Vite builds the page. */
import { resolve } from "node:path";
import type { HtmlTagDescriptor, InlineConfig, Plugin } from "vite";
import { headers, policy } from "./policy.ts";

/** The folder of index.html. */
export const root = resolve(import.meta.dirname, "..");

/** `model`: the name of a model file in the page's folder, which the page opens at the start. */
export function pageConfig(model?: string): InlineConfig {
  return {
    root,
    configFile: false,
    appType: "mpa", // a missing file is an error, not the page again
    base: "./", // works under any path of any server
    publicDir: "public",
    logLevel: "error",
    plugins: [headOfPage(model)],
    worker: { format: "es" },
    build: {
      target: "esnext", // ONNX Runtime's WebAssembly needs newer browsers than this
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1000, // kB
      emptyOutDir: false,
    },
    server: { headers: isolation },
    preview: { headers },
  };
}

/** Without the policy, which would block the development server's reloading. */
const { "Content-Security-Policy": _, ...isolation } = headers;

function headOfPage(model: string | undefined): Plugin {
  const meta = (attrs: Record<string, string>): HtmlTagDescriptor => ({
    tag: "meta",
    attrs,
    injectTo: "head-prepend",
  });
  return {
    name: "mvt-head",
    apply: "build",
    transformIndexHtml: () => [
      meta({ "http-equiv": "Content-Security-Policy", content: policy }),
      ...(model === undefined ? [] : [meta({ name: "mvt-model", content: model })]),
    ],
  };
}
