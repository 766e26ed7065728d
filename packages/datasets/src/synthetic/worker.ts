/** @file The worker thread of the pool in studio.ts. */

export { drawPictures as default } from "./pictures.ts";
