/** @file Where the page can be built from. */
import { UserError } from "@mvt/common";
import { expect, test } from "vitest";
import { requireBuildable } from "../publish/build.ts";

test.each(["/home/me/c#/mvt/apps/page", "C:\\why?\\apps\\page", "/a#b"])(
  "is not the folder %s, which Vite would cut",
  (sources) => {
    expect(() => requireBuildable(sources)).toThrow(UserError);
    expect(() => requireBuildable(sources)).toThrow(
      `expected this project in a folder without # and ? in its path, found ${sources}. Rename or move the folder`,
    );
  },
);

test.each(["/home/me/mvt 2 (copy)/apps/page", "/home/é%20&/page", "C:\\mvt\\apps\\page"])(
  "may be the folder %s",
  (sources) => {
    expect(() => requireBuildable(sources)).not.toThrow();
  },
);
