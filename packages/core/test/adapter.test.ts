import { adapterIn, DeviceError, findAdapter } from "@mvt/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { webgpu } from "./support/webgpu.ts";

const using = (name: string) => `[Vulkan Loader] INFO:           Vulkan Loader Version 1.4.364
[Vulkan Loader] DRIVER:                Using "${name}" with driver: "/usr/lib/libvulkan.so"
`;

describe("the adapter of a Vulkan loader's log", () => {
  test("has the driver's name for it", () => {
    const name = "NVIDIA GeForce RTX 4090";
    expect(adapterIn(using(name))).toEqual({ name, hardware: true });
  });

  test.for(["SwiftShader Device (Subzero)", "llvmpipe (LLVM 19.1.7, 256 bits)"])(
    "is no hardware when it is %s",
    (name) => expect(adapterIn(using(name))).toEqual({ name, hardware: false }),
  );

  test("counts as hardware without a name only on Apple's machines", () => {
    expect(adapterIn("", "darwin")).toEqual({ hardware: true });
    expect(adapterIn("", "linux")).toEqual({ hardware: false });
    expect(adapterIn("", "win32")).toEqual({ hardware: false });
  });
});

describe("the search for an adapter", () => {
  afterEach(() => vi.unstubAllEnvs());

  test.skipIf(webgpu === undefined)("names the one that there is", async () => {
    expect((await findAdapter()).name).not.toBe("");
  });

  test("says what to do where there is none", async () => {
    vi.stubEnv("VK_DRIVER_FILES", "/no/such/driver.json");
    vi.stubEnv("VK_ICD_FILENAMES", "/no/such/driver.json");
    const search = findAdapter();
    await expect(search).rejects.toThrow(DeviceError);
    await expect(search).rejects.toThrow(
      "expected a GPU with a Vulkan, Metal or Direct3D 12 driver",
    );
  });
});
