/** @file Assembles src/backends/onnx/adamw.wat into the committed adamw.wasm. */
import { readFileSync, writeFileSync } from "node:fs";
import wabt from "wabt";

const source = new URL("../src/backends/onnx/adamw.wat", import.meta.url);
const assembler = await wabt();
const features = { simd: true, threads: true };
const module = assembler.parseWat("adamw.wat", readFileSync(source, "utf8"), features);
const { buffer } = module.toBinary({});
writeFileSync(new URL("../src/backends/onnx/adamw.wasm", import.meta.url), buffer);
