/** @file The public API of @mvt/faces/portable: what also runs in a browser. The caller brings the detector's build for it. */
export { type FaceStatus, faceStatuses, type Several, severalChoices } from "./align/choices.ts";
export { type NumberedFace, withFaceColumns } from "./detector/face-columns.ts";
export { findFaces, defaultMinScore, type Face, type FaceBox } from "./detector/find.ts";
export { type FaceApi, loadNets, modelFiles, type NetName } from "./detector/face-api.ts";
export { eyeDistance, type FivePoints, type PointName, pointNames } from "./geometry/points.ts";
export { fitSimilarity, type Point, type Similarity, transform } from "./geometry/similarity.ts";
export { alignedPoints, alignment, defaultMargin, defaultSize } from "./geometry/template.ts";
export { shrink, warp } from "./geometry/warp.ts";
