/** @file What describes how synthetic faces are written in the layouts of a data set. */
import type { SubsetName } from "../subsets/published-lists.ts";
import type { Manifest } from "./manifest.ts";

/** A test face as lists name it. */
export interface ListedFace {
  /** The name of the image in lists. */
  readonly stem: string;
  /** Names the random streams. */
  readonly name: string;
  /** The number of its class in lists. */
  readonly label: number;
}

/** A listed face with what makes it hard. */
export interface HardFace extends ListedFace {
  /** Which kind of occluder is in front of it, from 0; undefined without one. */
  readonly occluder: number | undefined;
  /** How far the head is turned, as a share of the largest turn that is drawn. */
  readonly turn: number;
}

/** How a list of faces is written. */
export interface ListForm {
  readonly file: string;
  readonly line: (face: HardFace) => string;
  /** Whether line ends are CRLF, with none at the end of the file; else LF. */
  readonly windows?: boolean;
  /** Whether one image stands on two lines, as in the published list. */
  readonly repeats?: boolean;
}

/** How synthetic faces are written as a data set. */
export interface SyntheticDefinition {
  /** The name in manifests and random streams. AffectNet-7 and AffectNet-8 are the same synthetic set. */
  readonly name: string;
  /** The layouts that can be written, the default first. */
  readonly layouts: readonly [string, ...string[]];
  /** Whether the published set has a validation split. */
  readonly hasValidation: boolean;
  /** Writes all files but the lists into `folder`, which must exist and be empty. */
  readonly write: (folder: string, manifest: Manifest, threads: number) => Promise<void>;
  /** The lists of occluded and turned test faces. */
  readonly lists: {
    /** The folder's name in the published repository. */
    readonly folder: string;
    readonly forms: Readonly<Record<SubsetName, ListForm>>;
    /** The test faces with a usable label; none if lists do not use the names of the layout. */
    readonly faces: (manifest: Manifest) => readonly ListedFace[];
  };
}
