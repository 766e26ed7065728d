/** @file The places of the guide that hold tables: `<!-- costs: runs -->` to `<!-- end -->`. */

/** The text with each table in its place. Throws if the text has a place without a table, or a table has none. */
export function withTables(text: string, tables: Readonly<Record<string, string>>): string {
  const left = new Set(Object.keys(tables));
  const filled = text.replaceAll(
    /<!-- costs: ([\w-]+) -->\n[^]*?<!-- end -->/g,
    (_, name: string) => {
      const table = tables[name];
      if (table === undefined) throw new Error(`${name}: expected the name of a table`);
      left.delete(name);
      return `<!-- costs: ${name} -->\n\n${table}\n\n<!-- end -->`;
    },
  );
  if (left.size === 0) return filled;
  throw new Error(`expected a place for every table, found none for ${[...left].join(", ")}`);
}
