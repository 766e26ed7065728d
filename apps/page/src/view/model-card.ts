/** @file The open model: its name, and in a box that opens the description that it contains. */
import type { WebBackend, OpenedModel } from "../engine/messages.ts";
import { element } from "./element.ts";
import { factsOf } from "./facts.ts";
import { duration, size } from "./format.ts";

export const backendNames: Readonly<Record<WebBackend, string>> = {
  wasm: "WebAssembly, on the processor",
  webgpu: "WebGPU, on the graphics processor",
};

export function modelCard(opened: OpenedModel): HTMLElement {
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
      matchMedia("(min-width: 40rem)").matches ? { open: "" } : {}, // closed on a narrow screen, which it would fill
      element("summary", {}, "About this model"),
      element("dl", {}, ...facts),
    ),
  );
}

/** "WebAssembly, on the processor, 1 thread" */
export function computedBy({ backend, threads }: Pick<OpenedModel, "backend" | "threads">): string {
  const counted = backend === "wasm" ? `, ${threads} ${threads === 1 ? "thread" : "threads"}` : "";
  return `${backendNames[backend]}${counted}`;
}
