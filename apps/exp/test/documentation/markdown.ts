/** @file What a Markdown text shows as code, and where its links point. */

export interface CodeText {
  /** Line of the text, counted from 1. */
  readonly line: number;
  readonly text: string;
}

interface Lines {
  /** Lines of code blocks. Fences of a language that is no shell are left out. */
  readonly code: readonly CodeText[];
  /** The other lines; lines of code are empty here, so that line numbers stay. */
  readonly prose: readonly string[];
}

const shells = new Set(["", "sh", "bash", "console", "shell"]);

/** Splits a text into code blocks (fenced, or indented by four spaces after an empty line) and prose. */
export function splitLines(markdown: string): Lines {
  const code: CodeText[] = [];
  const prose: string[] = [];
  let fence: string | undefined;
  let indented = false;
  let afterEmpty = true;
  for (const [index, text] of markdown.split("\n").entries()) {
    const line = index + 1;
    const [, opened] = /^\s*```(.*)$/.exec(text) ?? [];
    if (opened !== undefined) {
      fence = fence === undefined ? opened.trim() : undefined;
      prose.push("");
      continue;
    }
    const isIndented = text.startsWith("    ");
    indented = fence === undefined && isIndented && (indented || afterEmpty);
    if (fence !== undefined ? shells.has(fence) : indented) code.push({ line, text: text.trim() });
    prose.push(fence !== undefined || indented ? "" : text);
    afterEmpty = text.trim() === "";
  }
  return { code, prose };
}

/** Code blocks without comments ("  # ..."); a line that ends in a backslash is joined with the next. */
export function codeLines(markdown: string): readonly CodeText[] {
  const joined: CodeText[] = [];
  for (const { line, text } of splitLines(markdown).code) {
    const last = joined.at(-1);
    if (last?.text.endsWith("\\")) {
      joined[joined.length - 1] = { ...last, text: `${last.text.slice(0, -1).trim()} ${text}` };
    } else joined.push({ line, text });
  }
  return joined.map(({ line, text }) => ({
    line,
    text: text.replace(/(^|\s)#(\s.*|)$/, "").trim(),
  }));
}

/** Text between single backticks, which may go on in the next line. */
export function inlineCode(markdown: string): readonly CodeText[] {
  const prose = splitLines(markdown).prose.join("\n");
  return [...prose.matchAll(/`([^`]+)`/g)].map((match) => ({
    line: prose.slice(0, match.index).split("\n").length,
    text: match[1]!
      .replaceAll("\\|", "|")
      .replace(/\s*\n\s*/g, " ")
      .trim(),
  }));
}

/** Targets of links within the repository: "guides/data.md", "data.md#ferplus". */
export function localLinks(markdown: string): readonly CodeText[] {
  const prose = splitLines(markdown).prose.join("\n");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => ({
      line: prose.slice(0, match.index).split("\n").length,
      text: match[1]!,
    }))
    .filter(({ text }) => !/^[a-z]+:/.test(text));
}

/** The anchors that GitHub gives the headings of a text. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  return new Set(
    splitLines(markdown)
      .prose.filter((line) => /^#+ /.test(line))
      .map((heading) =>
        heading
          .replace(/^#+ /, "")
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, "")
          .trim()
          .replaceAll(" ", "-"),
      ),
  );
}
