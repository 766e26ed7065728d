/** @file The model that is open: its name, and on request all that it says about itself. */
import type { Backend, Opened } from "../engine/messages.ts";
import { element } from "./element.ts";
import { factsOf } from "./facts.ts";
import { duration, size } from "./format.ts";

export const backendNames: Readonly<Record<Backend, string>> = {
  wasm: "WebAssembly, on the processor",
  webgpu: "WebGPU, on the graphics processor",
};

export function modelCard(opened: Opened): HTMLElement {
  const { name, bytes, description, seconds } = opened;
  const facts = factsOf(description).map(([term, value]) =>
    element("div", {}, element("dt", {}, term), element("dd", {}, value)),
  );
  return element(
    "div",
    { class: "model" },
    element(
      "p",
      {},
      element("strong", {}, name),
      ` ${size(bytes)}, opened in ${duration(seconds)}, ${computedBy(opened)}`,
    ),
    element(
      "details",
      matchMedia("(min-width: 40rem)").matches ? { open: "" } : {}, // it fills a narrow screen
      element("summary", {}, "What the model says about itself"),
      element("dl", {}, ...facts),
    ),
  );
}

/** "WebAssembly, on the processor, 1 thread" */
export function computedBy({ backend, threads }: Pick<Opened, "backend" | "threads">): string {
  const counted = backend === "wasm" ? `, ${threads} ${threads === 1 ? "thread" : "threads"}` : "";
  return `${backendNames[backend]}${counted}`;
}
