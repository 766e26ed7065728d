/** @file The vision transformers, and what turns images into their patches. */

export * from "./config.ts";
export * from "./explain.ts";
export * from "./pixels.ts";
export * from "./tokens.ts";
export * from "./vit.ts";
