/** @file Fuzzed here: tables, lists and annotations of data sets, what users say of them, and images. */
import { fer2013Targets } from "./ferplus.ts";
import { imageTargets } from "./images.ts";
import { labelTargets } from "./labels.ts";
import { noiseTargets } from "./noise.ts";

export const targets = [...labelTargets, ...fer2013Targets, ...noiseTargets, ...imageTargets];
