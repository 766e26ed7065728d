import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { svgToPng } from "@mvt/report";
import { describe, expect, test } from "vitest";

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50" viewBox="0 0 200 50"><rect width="200" height="50" fill="#ffffff"/><text x="10" y="30" font-family="Open Sans, sans-serif" font-size="20">P_gt + δ ≤ 1 − ½</text></svg>`;

/** Width and height as the PNG's header has them. */
function sizeOf(png: Uint8Array): readonly [number, number] {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe("a PNG of a figure", () => {
  test("has the width asked for, and the height that follows", async () => {
    const png = await svgToPng(svg, { width: 500 });
    expect(Buffer.from(png.subarray(1, 4)).toString("latin1")).toBe("PNG");
    expect(sizeOf(png)).toEqual([500, 125]);
  });

  test("is the same every time", async () => {
    const first = await svgToPng(svg, { width: 300 });
    expect(await svgToPng(svg, { width: 300 })).toEqual(first);
  });

  test("is the same on a machine without fonts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mvt-no-fonts-"));
    try {
      const noFonts = join(folder, "fonts.conf");
      await writeFile(noFonts, `<?xml version="1.0"?><fontconfig></fontconfig>`);
      const script = `
        import { svgToPng } from "@mvt/report";
        const png = await svgToPng(${JSON.stringify(svg)}, { width: 300 });
        process.stdout.write(Buffer.from(png).toString("base64"));`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--input-type=module", "--eval", script],
        {
          cwd: fileURLToPath(new URL("..", import.meta.url)),
          env: { ...process.env, FONTCONFIG_FILE: noFonts },
        },
      );
      const here = await svgToPng(svg, { width: 300 });
      expect(stdout).toBe(Buffer.from(here).toString("base64"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("refuses a width that is none", async () => {
    await expect(svgToPng(svg, { width: 0.5 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: svgToPng: expected a width in whole pixels, got 0.5]`,
    );
  });
});
