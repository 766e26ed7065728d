/** @file Text within SVG. */

/** The text with the characters that XML would read as markup written as entities. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
