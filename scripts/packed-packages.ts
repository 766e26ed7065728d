/** @file The packages that others can install. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface PackedPackage {
  /** "@mvt/core" */
  readonly name: string;
  readonly version: string;
  /** Its folder in the repository. */
  readonly folder: string;
}

/** The packages of this repository that have a `publishConfig`. */
export function packedPackages(): readonly PackedPackage[] {
  const packages = new URL("../packages/", import.meta.url);
  return readdirSync(packages).flatMap((name) => {
    const folder = new URL(`${name}/`, packages);
    const manifest = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as Omit<
      PackedPackage,
      "folder"
    > & { readonly publishConfig?: object };
    if (manifest.publishConfig === undefined) return [];
    return [{ name: manifest.name, version: manifest.version, folder: fileURLToPath(folder) }];
  });
}
