/** The expressions of faces as `pnpm exp predict` gives them: node predict.mjs mvt.onnx face.jpg ... */
import { fromCmyk, loadMvt } from "@mvt/core";
import sharp from "sharp";

/** An upright picture as an image of `predict`: over black, without its colour profile. */
export async function readFace(path) {
  const file = sharp(path, { failOn: "truncated", ignoreIcc: true }).autoOrient();
  const { space } = await file.metadata();
  const picture =
    space === "cmyk"
      ? file.pipelineColourspace("cmyk").toColourspace("cmyk")
      : file.flatten({ background: "black" }).toColourspace("srgb");
  const { data, info } = await picture
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (space !== "cmyk") return { data, width, height, channels };
  return { data: fromCmyk(data, channels), width, height, channels: 3 };
}

const [model, ...paths] = process.argv.slice(2);
if (model !== undefined) {
  const mvt = await loadMvt(model);
  for (const path of paths) {
    const { expression, probabilities } = await mvt.predict(await readFace(path));
    console.log(JSON.stringify({ image: path, expression, probabilities }));
  }
  await mvt.dispose();
}
