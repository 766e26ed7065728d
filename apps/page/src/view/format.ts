/** @file Sizes and durations as the page writes them. */

/** "2.3 MB", as `pnpm exp export` writes it. */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "12 ms", "1.3 s" */
export function duration(seconds: number): string {
  return seconds < 1 ? `${(1000 * seconds).toFixed(0)} ms` : `${seconds.toFixed(1)} s`;
}
