/** @file How Vite builds the page. */
import { resolve } from "node:path";
import type { HtmlTagDescriptor, InlineConfig, Plugin } from "vite";
import { headers, policy } from "./policy.ts";

/** Where index.html lies. */
export const root = resolve(import.meta.dirname, "..");

/** `model`: the name of a model file beside the page, which it opens first. */
export function pageConfig(model?: string): InlineConfig {
  return {
    root,
    configFile: false,
    appType: "mpa", // what is not there is an error, not the page once more
    base: "./", // any path on any server
    publicDir: "public",
    logLevel: "error",
    plugins: [headOfPage(model)],
    worker: { format: "es" },
    build: {
      target: "esnext", // what runs ONNX Runtime's WebAssembly runs this as well
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1000, // kB
      emptyOutDir: false,
    },
    server: { headers: isolation },
    preview: { headers },
  };
}

/** Without the policy, which the development server's reloading would break. */
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
