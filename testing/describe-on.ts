/** @file Tests on an engine that this machine may not have. */
import { describe, test } from "vitest";

/** A `describe` that is given the engine; where opening it failed, one skipped test that says why. */
export function describeOn<Opened>(
  opened: Opened,
  title: string,
  define: (engine: Exclude<Opened, Error>) => void,
): void {
  describe(title, () => {
    if (opened instanceof Error) test.skip(`is tested where there is one. ${opened.message}`);
    else define(opened as Exclude<Opened, Error>);
  });
}
