/** @file The bytes of the files of weights that golden/weights.py made. */
import { readFileSync } from "node:fs";

const folder = new URL("../golden/weights/", import.meta.url);

export const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
