/** Right and wrong differ by mark, word and line as well as by colour; all text passes AA on both grounds. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f7f7f5; --card: #fff; --ink: #1d1f23; --soft: #5b5f66; --line: #e2e2dd; --right: #0a7a55; --wrong: #b5451b; --accent: #2b5fd0; --warm: #fdf3e1; }
@media (prefers-color-scheme: dark) { :root { --ground: #14161a; --card: #1d2026; --ink: #eceef1; --soft: #a9afb9; --line: #31363f; --right: #4cc79a; --wrong: #f0906a; --accent: #8fb2ff; --warm: #332a19; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 78rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.2; letter-spacing: -.015em; }
h1 { margin: 0 0 .5rem; font-size: 2rem; }
h2 { margin: 0 0 .75rem; font-size: 1.4rem; }
p { max-width: 52rem; color: var(--soft); }
main > section { margin-top: 3rem; scroll-margin-top: 1rem; }
small { display: block; font-weight: 400; font-size: .8rem; color: var(--soft); letter-spacing: 0; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; }
.missing { margin: 1.25rem 0; padding: .8rem 1.1rem; background: var(--warm); border: 1px solid var(--line); border-left: 4px solid var(--wrong); border-radius: .5rem; }
.missing h2 { margin: 0; font-size: 1rem; } .missing ul { margin: .35rem 0 0; padding-left: 1.2rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin: 1.5rem 0 0; }
.card { padding: 1rem 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: .8rem; }
.card h2 { margin: 0; font-size: 1rem; } .number { font-size: 2.5rem; font-weight: 700; line-height: 1.25; letter-spacing: -.03em; font-variant-numeric: tabular-nums; }
.unit { font-size: 1.2rem; margin-left: .15rem; font-weight: 400; color: var(--soft); } .interval { white-space: nowrap; } .card p { margin: .25rem 0 0; font-size: .9rem; }
td small { white-space: nowrap; }
.side { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(36rem, 100%), 1fr)); gap: 0 1.5rem; align-items: end; } .side table { width: 100%; }
.gain { color: var(--right); } .loss { color: var(--wrong); }
.wide { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: separate; border-spacing: 0; margin: 1.25rem 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
.wide table { margin: 0; min-width: 36rem; overflow-wrap: normal; }
.group th { padding-top: .8rem; background: var(--ground); color: var(--accent); }
tbody:not(:last-child) tr:last-child > * { border-bottom: 1px solid var(--line); }
caption { padding: 0 .2rem .5rem; text-align: left; font-weight: 650; }
th, td { padding: .5rem 1rem; text-align: left; border-bottom: 1px solid var(--line); font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
thead th, tbody td { text-align: right; font-variant-numeric: tabular-nums; }
thead th:first-child { text-align: left; }
tbody td { font-weight: 500; }
td.best { color: var(--accent); font-weight: 700; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; }
.chart { padding: .5rem; background: var(--card); border: 1px solid var(--line); border-radius: .8rem; }
.chart.alone { max-width: 52rem; }
.chart svg { display: block; width: 100%; height: auto; color: var(--ink); }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; font-size: .9rem; max-width: none; }
.facts { font-size: .9rem; max-width: none; }
.key.right, .right b { color: var(--right); } .key.wrong, .wrong b { color: var(--wrong); }
.query { display: grid; grid-template-columns: 7.5rem 1fr; gap: 1.25rem; margin-top: 1rem; padding: 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: .8rem; }
figcaption { margin-top: .75rem; font-weight: 650; line-height: 1.25; }
img, .unread { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--ground); border-radius: .35rem; }
.row img { background-clip: padding-box; }
img.pixel { image-rendering: pixelated; }
.unread { display: grid; place-items: center; color: #fff; }
.query figure img { outline: 3px solid var(--accent); outline-offset: 2px; }
.rows { display: grid; gap: .7rem; min-width: 0; align-content: start; }
.row { display: grid; grid-template-columns: 6.2rem 1fr; gap: .8rem; align-items: start; }
h3 { margin: .35rem 0 0; font-size: .95rem; }
ol { display: grid; grid-template-columns: repeat(8, minmax(0, 1fr)); gap: .55rem; margin: 0; padding: 0; list-style: none; }
ol.shown-10 { grid-template-columns: repeat(10, minmax(0, 1fr)); }
ol li { min-width: 0; font-size: .78rem; line-height: 1.2; }
.name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; margin-top: .3rem; overflow: hidden; }
li img { border: 3px solid var(--right); }
li.wrong img { border: 3px dashed var(--wrong); }
.map { padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .8rem; }
.map > .by { font-weight: 650; margin-right: .6rem; white-space: nowrap; } .map > label { margin: 0 1rem 0 .3rem; white-space: nowrap; } .map input { accent-color: var(--accent); }
.only { display: inline-block; } select { font: inherit; max-width: 16rem; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: .35rem; padding: .1rem .3rem; }
.plane { position: relative; margin-top: .75rem; }
.plane svg { display: block; width: 100%; height: auto; max-height: 46rem; }
.plane circle { fill-opacity: .85; stroke: var(--card); stroke-width: .8; }
.plane circle.off { fill: var(--soft) !important; fill-opacity: .13; stroke: none; }
#dot-shown { stroke: var(--ink); stroke-width: 3; }
#map-tip { position: absolute; z-index: 2; pointer-events: none; width: 13rem; display: flex; gap: .6rem; padding: .5rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; box-shadow: 0 4px 18px #0005; }
#map-tip p { margin: 0; min-width: 0; font-size: .85rem; line-height: 1.3; color: var(--ink); } #map-tip b, #map-tip p span { display: block; }
.sheet { flex: none; width: 80px; height: 80px; border-radius: .3rem; image-rendering: pixelated; }
.names { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin: .75rem 0 0; padding: 0; list-style: none; font-size: .85rem; }
.names i { display: inline-block; width: .75rem; height: .75rem; margin-right: .35rem; border-radius: 50%; }
#by-coarse:checked ~ .of-fine, #by-fine:checked ~ .of-coarse, .map:not([data-one]) .names[data-many], .map[data-one] p.note { display: none; }
.note { margin: .75rem 0 0; font-size: .85rem; }
.confusions .ways { font-size: .85rem; text-align: left; color: var(--soft); }
.pair > span { display: flex; align-items: center; gap: .4rem; } .pair img, .pair .unread { width: 4rem; }
.confusions thead th:nth-child(n + 4) { text-align: left; }
.facts-tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 1.5rem; align-items: start; }
.facts-table { width: 100%; font-size: .9rem; } .facts-table :is(th, td) { padding: .3rem .8rem; vertical-align: top; } .facts-table td { text-align: left; } .facts-table th { width: 12rem; font-weight: 500; color: var(--soft); overflow-wrap: normal; }
footer { margin-top: 3rem; font-size: .85rem; color: var(--soft); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 46rem) { body { padding: 1.25rem .8rem 3rem; } .query, .row { grid-template-columns: 1fr; } .query { gap: .8rem; } .query figure { display: flex; gap: .8rem; align-items: center; } .query figure img, .query figure .unread { width: 4.5rem; flex: none; } figcaption { margin: 0; } .row { gap: .4rem; } .row h3 small { display: inline; margin-left: .5rem; } ol { grid-template-columns: repeat(4, minmax(0, 1fr)); } ol.shown-10 { grid-template-columns: repeat(5, minmax(0, 1fr)); } .facts-table th { width: 45%; } .only { display: block; margin-top: .4rem; } th, td { padding: .45rem .6rem; } }
@media print { body { background: none; } .query, .chart, tr { break-inside: avoid; } nav, .by, .map > label, .map input { display: none; } }
`;
