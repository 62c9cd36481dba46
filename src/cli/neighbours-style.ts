/** Right and wrong differ by mark, word and line as well as by colour; both colours pass AA on both grounds. */
export const style = `
:root { color-scheme: light dark; --ground: #f7f7f5; --card: #fff; --ink: #1d1f23; --soft: #62666d; --line: #e2e2dd; --right: #0a7a55; --wrong: #b5451b; --accent: #2b5fd0; }
@media (prefers-color-scheme: dark) { :root { --ground: #14161a; --card: #1d2026; --ink: #eceef1; --soft: #a3a9b3; --line: #31363f; --right: #4cc79a; --wrong: #f0906a; --accent: #8fb2ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 74rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 0 0 .5rem; font-size: 2rem; letter-spacing: -.02em; line-height: 1.15; }
header p { max-width: 48rem; color: var(--soft); }
small { display: block; font-weight: 400; font-size: .8rem; color: var(--soft); }
table { border-collapse: collapse; margin: 1.25rem 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; border-spacing: 0; overflow: hidden; }
th, td { padding: .55rem 1rem; text-align: left; border-bottom: 1px solid var(--line); font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
thead th, tbody td { text-align: right; font-variant-numeric: tabular-nums; }
tbody td { font-weight: 500; font-size: 1.1rem; }
td.best { color: var(--accent); font-weight: 700; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; font-size: .9rem; max-width: none; }
.key.right, .right b { color: var(--right); } .key.wrong, .wrong b { color: var(--wrong); }
section { display: grid; grid-template-columns: 7.5rem 1fr; gap: 1.25rem; margin-top: 1rem; padding: 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: .8rem; }
figure { margin: 0; }
figcaption { margin-top: .75rem; font-weight: 650; line-height: 1.25; }
img { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; background: #000; border-radius: .35rem; }
figure img { outline: 3px solid var(--accent); outline-offset: 2px; }
.rows { display: grid; gap: .7rem; min-width: 0; }
.row { display: grid; grid-template-columns: 6.2rem 1fr; gap: .8rem; align-items: start; }
h3 { margin: .35rem 0 0; font-size: .95rem; line-height: 1.25; }
ol { display: grid; grid-template-columns: repeat(8, minmax(0, 1fr)); gap: .55rem; margin: 0; padding: 0; list-style: none; }
li { min-width: 0; font-size: .78rem; line-height: 1.2; }
li span { display: block; margin-top: .3rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
li img { border: 3px solid var(--right); }
li.wrong img { border: 3px dashed var(--wrong); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 46rem) { section, .row { grid-template-columns: 1fr; } figure { max-width: 7.5rem; } ol { grid-template-columns: repeat(4, minmax(0, 1fr)); } }
@media print { body { background: none; } section { break-inside: avoid; } }
`;
