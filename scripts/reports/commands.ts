/** @file The commands that made reports. */

/**
 * The arguments of `pnpm exp` in the provenance of reports, each command once. The command that makes most of them comes
 * first: the others find its runs trained.
 */
export function commandsIn(markdowns: readonly string[]): readonly (readonly string[])[] {
  const counts = new Map<string, number>();
  for (const markdown of markdowns) {
    const [, command] = /^- Command: `pnpm exp ([^`]+)`$/m.exec(markdown) ?? [];
    if (command !== undefined) counts.set(command, (counts.get(command) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([command]) => command.split(" ").filter(Boolean));
}
