/** @file What TypeScript sources declare and say, found without a parser. */

interface SourceText {
  /** The source without comments; texts are empty. */
  readonly code: string;
  /** Every string and template in it; `${...}` is "…". */
  readonly texts: readonly { readonly line: number; readonly text: string }[];
}

/** Separates the code of a TypeScript source from its texts. Comments are dropped. */
export function readSource(source: string): SourceText {
  const texts: { line: number; text: string }[] = [];
  let at = 0;
  return { code: readCode(false), texts };

  /** Up to the end, or up to the brace that closes a template's expression. */
  function readCode(inTemplate: boolean): string {
    let code = "";
    let depth = 0;
    while (at < source.length) {
      const char = source[at]!;
      if (source.startsWith("//", at)) at = endOr(source.indexOf("\n", at));
      else if (source.startsWith("/*", at)) at = endOr(source.indexOf("*/", at), 2);
      else if (char === '"' || char === "'" || char === "`") {
        readText(char);
        code += '""';
      } else if (char === "/" && startsRegex(code)) {
        skipRegex();
        code += "0";
      } else {
        if (char === "{") depth += 1;
        if (char === "}" && inTemplate && depth === 0) return code;
        if (char === "}") depth -= 1;
        code += char;
        at += 1;
      }
    }
    return code;
  }

  function readText(quote: string): void {
    const line = source.slice(0, at).split("\n").length;
    let text = "";
    at += 1;
    while (at < source.length && source[at] !== quote) {
      if (source[at] === "\\") {
        text += source[at + 1] === "n" ? "\n" : source[at + 1]!;
        at += 2;
      } else if (quote === "`" && source.startsWith("${", at)) {
        at += 2;
        readCode(true);
        at += 1;
        text += "…";
      } else {
        text += source[at]!;
        at += 1;
      }
    }
    at += 1;
    texts.push({ line, text });
  }

  function skipRegex(): void {
    let inClass = false;
    at += 1;
    while (at < source.length && (inClass || source[at] !== "/")) {
      if (source[at] === "[") inClass = true;
      if (source[at] === "]") inClass = false;
      at += source[at] === "\\" ? 2 : 1;
    }
    at += 1;
  }

  function endOr(index: number, length = 0): number {
    return index < 0 ? source.length : index + length;
  }
}

/** Whether a slash after this code starts a regular expression rather than divides. */
function startsRegex(code: string): boolean {
  const before = code.trimEnd();
  return before === "" || /[(,=:[!&|?{};>]$/.test(before) || /\breturn$/.test(before);
}

const declarations = [
  /\b(?:function\*?|const|let|class|interface|type|enum|namespace|as)\s+([A-Za-z_$][\w$]*)/g,
  // Properties, methods and parameters.
  /(?<![.\w$])([A-Za-z_$][\w$]*)\??\s*[:(]/g,
  // Shorthand properties, destructured names and entries of export lists.
  /(?<=[{,]\s*(?:type\s+)?)([A-Za-z_$][\w$]*)\s*(?=[,}])/g,
];

/** Names that the code of a source declares, as functions, types, variables or properties. */
export function declaredNames(code: string): ReadonlySet<string> {
  return new Set(declarations.flatMap((one) => [...code.matchAll(one)].map((match) => match[1]!)));
}

/** `predict()`, `generatorLoss`, `nn.LayerNorm`: the last name of what looks like an identifier, or nothing. */
export function identifierIn(inline: string): string | undefined {
  const [, path, call] = /^([A-Za-z_$][\w$]*(?:\.[\w$]+)*)(\(.*\))?$/s.exec(inline) ?? [];
  if (path === undefined) return undefined;
  const name = path.split(".").at(-1)!;
  const looksDeclared = /[a-z][A-Z]/.test(name) || call !== undefined;
  return looksDeclared ? name : undefined;
}
