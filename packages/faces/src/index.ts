/** @file The public API of @mvt/faces, for Node; what also runs in a browser is in @mvt/faces/portable. */
export {
  type Aligned,
  alignFolder,
  type AlignOptions,
  type AlignSettings,
  labelFileEndings,
  tableName,
} from "./align/align-folder.ts";
export type { TableImage } from "./align/table.ts";
export { peerExpressions } from "./detector/face-api.ts";
export {
  type FaceFinder,
  type FindOptions,
  mostSeconds,
  openFaceFinder,
} from "./detector/finder.ts";
export type { FoundFace, FoundFaces } from "./detector/thread.ts";
export { type ComparedFaces, compareFaces, type TrueFace } from "./detector/compare.ts";
export * from "./portable.ts";
