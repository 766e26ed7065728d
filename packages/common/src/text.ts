/** @file Text for messages and for a terminal. */

/** A text for a message: its first 80 characters. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

/** "a, b and 4 more": the first `most` names, and how many others there are. */
export function listFirst(names: readonly string[], most: number): string {
  const others = names.length - most;
  return others > 0 ? `${names.slice(0, most).join(", ")} and ${others} more` : names.join(", ");
}

/**
 * Rows with their columns padded to one width each, two spaces apart. The first column is aligned left, the
 * others right.
 *
 * @param align "left" or "right" for each column; the last one given counts for those after it
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  align: readonly ("left" | "right")[] = ["left", "right"],
): readonly string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) =>
        (align[i] ?? align.at(-1)) === "right"
          ? cell.padStart(widths[i]!)
          : cell.padEnd(widths[i]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
