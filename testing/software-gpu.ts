/**
 * @file A GPU for machines that have none: SwiftShader, which computes Vulkan on the CPU. Debian's package
 * `chromium` contains it. Vitest runs this before its workers start. By hand, for one shell:
 *
 *   eval "$(pnpm exec node testing/software-gpu.ts)"
 *   pnpm exp doctor --device webgpu
 *
 * If the environment already names a Vulkan driver (VK_DRIVER_FILES), tests run on that driver.
 */
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const chromium = "/usr/lib/chromium";
const driver = join(chromium, "libvk_swiftshader.so");

const missing = `expected SwiftShader in ${driver}, found none (apt-get install chromium)`;

/** The environment variables with which a process uses SwiftShader; undefined if it is not installed. */
function softwareGpu(folder: string): Readonly<Record<string, string>> | undefined {
  if (!existsSync(driver)) return undefined;
  // Chromium's own manifest names the driver by a relative path, which only Chromium can resolve.
  const manifest = join(folder, "swiftshader.json");
  const ICD = { library_path: driver, api_version: "1.0.5" };
  writeFileSync(manifest, JSON.stringify({ file_format_version: "1.0.0", ICD }));
  // Chromium's Vulkan loader, since a machine without a GPU has no other; without the other libraries of its folder.
  symlinkSync(join(chromium, "libvulkan.so.1"), join(folder, "libvulkan.so.1"));
  const { LD_LIBRARY_PATH: before } = process.env;
  return {
    VK_DRIVER_FILES: manifest,
    VK_ICD_FILENAMES: manifest, // for older loaders
    LD_LIBRARY_PATH: before ? `${before}:${folder}` : folder,
  };
}

/** Vitest's global setup: workers inherit the environment; the returned function removes the files. */
export default function setup(): (() => void) | undefined {
  if (process.env["VK_DRIVER_FILES"] !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "mvt-vulkan-"));
  const variables = softwareGpu(folder);
  if (variables === undefined)
    console.log(`${missing}; without a GPU, tests on WebGPU are skipped`);
  Object.assign(process.env, variables);
  return () => rmSync(folder, { recursive: true });
}

if (import.meta.main) {
  const variables = softwareGpu(mkdtempSync(join(tmpdir(), "mvt-vulkan-")));
  if (variables === undefined) {
    console.error(missing);
    process.exitCode = 1;
  } else {
    for (const [name, value] of Object.entries(variables)) console.log(`export ${name}='${value}'`);
  }
}
