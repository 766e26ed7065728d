import { svgToPng } from "@mvt/report";
import { figure2 } from "@mvt/report/figures/figure2";
import sharp from "sharp";
import { describe, expect, test } from "vitest";

const red = await sharp({ create: { width: 40, height: 60, channels: 3, background: "red" } })
  .png()
  .toBuffer();
const sheet = { png: red, width: 40, height: 60 };
const labels = ["Picture", "Soft, I (1 − M_p)", "m < 1 & top-k"];
const svg = (synthetic: boolean) => figure2.draw({ dataset: "RAF-DB", synthetic, labels, sheet });

/** The texts of the figure, with their heights. */
function texts(source: string): readonly (readonly [string, number])[] {
  return [...source.matchAll(/<text x="\d+" y="([\d.]+)"[^>]*>([^<]*)<\/text>/g)].map(
    ([, y, text]) => [text!, Number(y)],
  );
}

describe("Figure 2", () => {
  test("names each row at its middle", () => {
    const [, picture, soft, topK] = texts(svg(false));
    expect([picture![0], soft![0], topK![0]]).toEqual([
      "Picture",
      "Soft, I (1 − M_p)",
      "m &lt; 1 &amp; top-k",
    ]);
    expect(soft![1] - picture![1]).toBe(20);
    expect(topK![1] - soft![1]).toBe(20);
  });

  test("is one picture to a screen reader, with a title and what it shows", () => {
    expect(svg(false)).toContain(' role="img">\n<title>Figure 2: masks on RAF-DB</title>\n');
    expect(svg(false)).toContain(
      "<desc>Rows of faces, from the top: Picture, Soft, I (1 − M_p), m &lt; 1 &amp; top-k.</desc>",
    );
  });

  test("says that faces are drawn where they are", () => {
    expect(svg(true)).toContain("Synthetic data: faces drawn by this project.");
    expect(svg(false)).not.toContain("Synthetic");
  });

  test("shows the images when it is drawn", async () => {
    const png = await svgToPng(svg(true), { width: 248 });
    const { data, info } = await sharp(png)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (90 * info.width + 210) * 3; // within the sheet: from (192, 72) on
    expect([...data.subarray(at, at + 3)]).toEqual([255, 0, 0]);
    expect([...data.subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  test("refuses to be without rows", () => {
    expect(() => figure2.draw({ dataset: "RAF-DB", synthetic: true, labels: [], sheet })).toThrow(
      RangeError,
    );
  });
});
