/** @file How pages look: light or dark as the system is set, with its own fonts, from 320 pixels on. */

export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#fbfaf7, #14161b);
  --card: light-dark(#ffffff, #1d2027);
  --text: light-dark(#1c1e23, #e9e8e4);
  --quiet: light-dark(#5b5f69, #a6a9b2);
  --line: light-dark(#d9d6cd, #363a44);
  --accent: light-dark(#1f4fa3, #9dbcf5);
  --right: light-dark(#1a6f33, #7fd494);
  --wrong: light-dark(#a3261f, #ff9d94);
  /* Okabe and Ito, 2008, darker or lighter than theirs for a contrast of 3 : 1 and more. */
  --curve-0: light-dark(#0067a5, #5fb8f0);
  --curve-1: light-dark(#c04f00, #f0a04b);
  --curve-2: light-dark(#007a5a, #3fc9a2);
  --curve-3: light-dark(#9c3d78, #e394c4);
  font: 1rem/1.5 system-ui, sans-serif;
  color: var(--text);
  background: var(--page);
}
body { max-width: 76rem; margin: 0 auto; padding: clamp(1rem, 4vw, 2.5rem); overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { margin: 0 0 0.75rem; font-size: clamp(1.4rem, 5vw, 2rem); }
h2 { margin: 0 0 0.75rem; font-size: 1.25rem; }
h3 { margin: 0 0 0.5rem; font-size: 1rem; }
section { margin-block: 2.25rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
a { color: var(--accent); }
code { font-size: 0.9em; overflow-wrap: anywhere; }
.lead { font-size: 1.15rem; }
.note { padding: 0.5rem 1rem; border-inline-start: 0.25rem solid var(--wrong); background: var(--card); }
.quiet { color: var(--quiet); }
.right { color: var(--right); }
.wrong { color: var(--wrong); }
.lines { padding-inline-start: 1.25rem; max-width: 58rem; }
.lines li { margin-block: 0.3rem; }
.path { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0 0 0.75rem; padding: 0; list-style: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 0.2rem solid var(--accent); outline-offset: 0.1rem; }

/* Tables: the headings stay, rows are told apart by lines, numbers stand below each other. */
.scroll { position: relative; overflow-x: auto; margin-block: 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: start; color: var(--quiet); padding-block-end: 0.4rem; }
th, td { padding: 0.4rem 0.9rem 0.4rem 0; text-align: start; vertical-align: top; border-block-end: 1px solid var(--line); }
th:last-child, td:last-child { padding-inline-end: 0; }
thead th { vertical-align: bottom; border-block-end: 2px solid var(--quiet); font-weight: 600; }
tbody th { font-weight: 400; }
tbody tr:hover > * { background: color-mix(in srgb, var(--accent) 7%, transparent); }
.number { text-align: end; }
.counts { display: block; font-size: 0.85rem; color: var(--quiet); }
.none { color: var(--quiet); }
.line { white-space: nowrap; }
.long { min-width: 14rem; max-width: 32rem; }
.tall { max-height: 34rem; overflow-y: auto; border-block-end: 1px solid var(--line); }
.tall thead th { position: sticky; top: 0; background: var(--page); }
thead button { all: unset; cursor: pointer; color: var(--text); }
thead button:focus-visible { outline: 0.2rem solid var(--accent); outline-offset: 0.15rem; }
thead button::after { content: "\\2195" / ""; margin-inline-start: 0.3em; color: var(--quiet); font-weight: 400; }
[aria-sort="ascending"] button::after { content: "\\2191" / ""; color: var(--accent); }
[aria-sort="descending"] button::after { content: "\\2193" / ""; color: var(--accent); }
.filter { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; }
.filter label { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.5rem; max-width: 100%; }
.filter[hidden] { display: none; }
.filter input { min-width: 0; width: 22rem; max-width: 100%; box-sizing: border-box; padding: 0.4rem 0.6rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--quiet); border-radius: 0.4rem; }
.ids { font-family: ui-monospace, monospace; font-size: 0.9em; }

/* Facts, closed parts, pictures. */
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(28rem, 100%), 1fr)); gap: 0 2.5rem; margin: 0; }
dl > div { display: grid; grid-template-columns: minmax(8rem, 2fr) 3fr; gap: 0 1rem; padding-block: 0.3rem; border-block-end: 1px solid var(--line); }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; }
details { margin-block: 0.75rem; }
figure { margin: 1rem 0; }
figure svg { max-width: max(100%, 60rem); height: auto; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 1rem; margin: 1rem 0; padding: 0; list-style: none; }
.gallery img { display: block; width: 100%; max-width: 10rem; border-radius: 0.25rem; image-rendering: pixelated; }
.gallery p { margin: 0.2rem 0; font-size: 0.85rem; overflow-wrap: anywhere; }

/* Curves. */
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1.5rem 2rem; }
.plots > * { min-width: 0; }
.plot svg { display: block; width: 100%; height: auto; touch-action: pan-y; }
.plot text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
.plot .rule { stroke: var(--line); }
.plot .cursor { stroke: var(--text); }
.plot path { fill: none; stroke-width: 2; stroke-linejoin: round; }
.curve-0 { stroke: var(--curve-0); }
.curve-1 { stroke: var(--curve-1); stroke-dasharray: 7 3; }
.curve-2 { stroke: var(--curve-2); stroke-dasharray: 2 2; }
.curve-3 { stroke: var(--curve-3); stroke-dasharray: 9 3 2 3; }
circle.curve-0, circle.curve-1, circle.curve-2, circle.curve-3 { stroke: none; }
circle.curve-0 { fill: var(--curve-0); }
circle.curve-1 { fill: var(--curve-1); }
circle.curve-2 { fill: var(--curve-2); }
circle.curve-3 { fill: var(--curve-3); }
.legend { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0 0 0.4rem; padding: 0; list-style: none; font-size: 0.9rem; }
.plot .legend svg { display: inline-block; width: 2.2rem; height: 0.8rem; vertical-align: middle; margin-inline-end: 0.35rem; stroke-width: 2; }
.legend b { font-variant-numeric: tabular-nums; }

/* Shares of a row, in tenths. */
.matrix { border-collapse: separate; border-spacing: 2px; }
.matrix th, .matrix td { border: 0; padding: 0.35rem 0.6rem; text-align: center; vertical-align: middle; }
.matrix tbody th { text-align: end; }
.matrix thead th { border: 0; font-weight: 400; }
.matrix td { min-width: 3.2rem; background: color-mix(in srgb, var(--accent) var(--share), var(--card)); }
.matrix td small { display: block; }
.matrix .same { outline: 2px solid var(--quiet); outline-offset: -2px; }
.matrix .right { color: inherit; }
${Array.from({ length: 11 }, (_, tenth) => `.share-${tenth} { --share: ${4 * tenth}%; }`).join("\n")}

@media (max-width: 40rem) {
  dl > div { grid-template-columns: 1fr; }
}
@media print {
  .scroll { overflow: visible; max-height: none; }
  .filter { display: none; }
}
@media (forced-colors: active) {
  .plot path, .legend line { stroke: CanvasText; }
}
`;
