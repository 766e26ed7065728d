/** @file Text for messages and for a terminal. */

/**
 * What steers a terminal: the control characters, line and paragraph separators, and the characters that turn the
 * direction of writing, which make a name look like another one.
 */
const steering = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** A text of others with what steers a terminal written as JavaScript escapes it: "\x1b", "\n", "\u202e". */
export function printable(text: string): string {
  return text.replace(steering, escaped);
}

/** As `printable`, but line feeds stay. */
export function printableLines(text: string): string {
  return text.replace(steering, (character) => (character === "\n" ? "\n" : escaped(character)));
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  const hex = character.charCodeAt(0).toString(16);
  return (
    named[character] ??
    (hex.length > 2 ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`)
  );
}

/** A name or a text of others for a message: its first 80 characters, printable, and "..." if there are more. */
export function shorten(text: string, most = 80): string {
  const start = text.slice(0, most).toWellFormed();
  return printable(text.length > most ? `${start}...` : start);
}

/** Of a name in a list. A path may have more characters than a word. */
const longestListed = 500;

/** "a, b and 4 more": the first `most` names, each shortened, and how many others there are. */
export function listFirst(names: readonly string[], most: number): string {
  const others = names.length - most;
  const first = names.slice(0, most).map((name) => shorten(name, longestListed));
  return others > 0 ? `${first.join(", ")} and ${others} more` : first.join(", ");
}

/** Characters of a line in a message. The longest path has about 4,000. */
const longestLine = 10_000;
/** Of all lines together. A list of the runs of a study that failed has about 20,000. */
const longestText = 200_000;

/** A text whose lines have an end: of longer lines the middle is left out, of a longer text the rest. */
export function boundLines(text: string): string {
  const whole = text.length > longestText ? `${text.slice(0, longestText)}...` : text;
  if (whole.length <= longestLine) return whole;
  const half = longestLine / 2;
  return whole
    .split("\n")
    .map((line) =>
      line.length <= longestLine ? line : `${line.slice(0, half)} ... ${line.slice(-half)}`,
    )
    .join("\n");
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
