/** @file Assembles src/backends/onnx/adamw.wat into the committed adamw.wasm, and adamw-unshared.wasm for Node 20. */
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const folder = new URL("../src/backends/onnx/", import.meta.url);
const source = readFileSync(new URL("adamw.wat", folder), "utf8");
const assembler = await wabt();

function assemble(text: string, file: string): void {
  const module = assembler.parseWat("adamw.wat", text, { simd: true, threads: true });
  writeFileSync(new URL(file, folder), module.toBinary({}).buffer);
}

assemble(source, "adamw.wasm");
assemble(source.replace(" shared))", "))"), "adamw-unshared.wasm");
