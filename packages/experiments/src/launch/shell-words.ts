/** @file Words for a shell, quoted so that it takes each as it is. */

/** A word for a POSIX shell: as it is where that is safe, else in single quotes. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command for a POSIX shell. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}
