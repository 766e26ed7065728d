/** @file What `bench faces --json` and `bench peers --json` write. */
import { count, estimate } from "@mvt/experiments";
import { z } from "zod";

export const benchFacesJson = z.object({
  side: z.int().describe("pixels along each side of a photograph"),
  photographs: z.int().describe("photographs of each kind"),
  minScore: z.number().describe("the detector's score from which on something is a face"),
  groups: z
    .array(
      z.object({
        title: z.string().describe("which drawn faces"),
        found: count.describe("of these faces, those that are found"),
        pointError: z
          .object({
            median: z.number().describe("the median face"),
            most: z.number().describe("a tenth of the faces have more"),
          })
          .optional()
          .describe(
            "mean distance of the five points from the true ones, as a share of the distance of the eyes; absent if no face is found",
          ),
      }),
    )
    .describe("all faces, then by size, rotation and turn"),
  extra: z.int().describe("faces that were found where none is, in photographs with people"),
  nobody: count.describe("photographs without anybody in which no face is found"),
  seconds: z.number().describe("the median photograph, from its pixels to its faces"),
});

export const benchPeersJson = z.object({
  run: z.string().describe("the run's id"),
  facesFound: count.describe("test images in which the package finds a face"),
  models: z
    .array(
      z.object({
        id: z.string().describe("`mvt`, `face-api-whole` or `face-api-found`"),
        title: z.string().describe("the model, for people"),
        right: count.describe("images that are predicted right"),
        accuracy: estimate.describe("the fraction of them, with its Wilson interval"),
        meanClassAccuracy: estimate.describe("the mean recall of the classes (UAR)"),
        difference: estimate
          .optional()
          .describe("its accuracy minus the run's, on the same images; absent of the run"),
        p: z.number().optional().describe("of McNemar's exact test; absent of the run"),
      }),
    )
    .describe("the run, then the models of other packages"),
});
