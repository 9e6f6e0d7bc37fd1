/**
 * The looks of a report: light, dark and on paper. Shapes of segments differ in height as well as in colour, and what is
 * drawn is SVG, whose fills are printed also where backgrounds are not.
 */
export const STYLES = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf8; --raised: #ffffff; --ink: #1c2530; --soft: #566270; --line: #d9d6cd; --faint: #efede6;
  --old: #b8651b; --oldsoft: #e9b989; --new: #0f766e; --newsoft: #a5d5cf; --empty: #e4e1d8;
  --drain: #d97706; --settle: #eab464; --leave: #8a929c; --block: #b91c1c; --wait: #b9b5aa; --join: #6fb7b0;
  --gutter: 10.5rem; --lane: 18px;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --raised: #1c2229; --ink: #e8e6e1; --soft: #a3adb8; --line: #38424d; --faint: #232a32;
    --old: #e29a55; --oldsoft: #7a4f27; --new: #4fc3b7; --newsoft: #1f5a55; --empty: #2b333c;
    --drain: #f0a03c; --settle: #a87530; --leave: #79828d; --block: #f26d6d; --wait: #4f5963; --join: #2c7d75;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
h1 { font-size: clamp(1.35rem, 1rem + 1.5vw, 2rem); line-height: 1.28; font-weight: 620; letter-spacing: -0.012em; max-width: 52ch; margin: 0.5rem 0 1.5rem; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 0 0 0.2rem; letter-spacing: -0.005em; }
h3 { font-size: 1rem; margin: 1.6rem 0 0.4rem; }
p { margin: 0.3rem 0; max-width: 80ch; }
section { margin: 3.2rem 0 0; }
a { color: inherit; text-underline-offset: 0.2em; }
code, .name { font-family: ui-monospace, monospace; font-size: 0.86em; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.tone { display: inline-flex; gap: 0.5em; align-items: center; font-weight: 600; font-size: 0.9rem; border: 1px solid currentColor; border-radius: 99px; padding: 0.1rem 0.8rem; }
.tone.done, .tone.going { color: var(--new); }
.tone.look { color: var(--block); }
.tone.notBegun { color: var(--soft); }
.where { color: var(--soft); display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; margin: 0; padding: 0; list-style: none; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1rem; margin: 1.8rem 0 0; }
.figures div { background: var(--raised); border: 1px solid var(--line); border-radius: 10px; padding: 0.8rem 1rem; display: flex; flex-direction: column; }
.figures dt { order: 1; font-size: 0.9rem; }
.figures dd { display: contents; }
.figures .value { font-size: 1.7rem; line-height: 1.2; font-weight: 620; font-variant-numeric: tabular-nums; }
.figures .note { order: 2; color: var(--soft); font-size: 0.85rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; padding: 0; margin: 1.6rem 0 0; list-style: none; font-size: 0.9rem; }
.skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
:focus-visible { outline: 2px solid var(--new); outline-offset: 2px; border-radius: 3px; }
svg { display: block; }
svg.fill { position: absolute; left: 0; top: 0; width: 100%; height: 100%; }
.s-waiting { fill: var(--wait); } .s-draining { fill: var(--drain); } .s-settling { fill: var(--settle); }
.s-leaving { fill: var(--leave); } .s-blocked { fill: var(--block); } .s-joining { fill: var(--join); } .s-inService { fill: var(--new); }
.s-gone { stroke: var(--ink); stroke-width: 2; }
.dash { stroke: var(--paper); stroke-width: 2; stroke-dasharray: 5 4; }
.grid { stroke: var(--line); stroke-width: 1; }
.pause { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.3rem; padding: 0; margin: 0.8rem 0; list-style: none; font-size: 0.85rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 0.45rem; }
.legend svg { width: 26px; height: 14px; }
.axis { position: relative; height: 1.5rem; margin-left: var(--gutter); font-size: 0.78rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.axis span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.axis span.first { transform: none; } .axis span.last { transform: translateX(-100%); }
fieldset { border: 0; padding: 0; margin: 1.2rem 0 0; min-width: 0; }
legend { padding: 0; font-weight: 600; }
legend small { font-weight: 400; color: var(--soft); font-size: 0.87rem; margin-left: 0.5rem; }
.blocked { list-style: none; padding: 0; margin: 0.3rem 0 0.5rem; font-size: 0.88rem; }
.blocked li { border-left: 4px solid var(--block); padding: 0.1rem 0 0.1rem 0.7rem; margin: 0.25rem 0; overflow-wrap: anywhere; }
.blocked b { color: var(--block); }
.kind { font-size: 0.78rem; color: var(--soft); margin: 0.5rem 0 0.1rem; }
.lanes { position: relative; break-inside: avoid; }
.lanes > svg { position: absolute; left: var(--gutter); top: 0; width: calc(100% - var(--gutter)); height: 100%; }
.lane { display: block; position: relative; height: var(--lane); line-height: var(--lane); }
.lane .name { display: block; width: calc(var(--gutter) - 0.8rem); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--soft); }
.lane.bad .name { color: var(--block); font-weight: 700; }
.lane input, .pick input { position: absolute; opacity: 0; width: 1px; height: 1px; margin: 0; }
.lane:hover, .lane:focus-within { background: color-mix(in srgb, var(--ink) 9%, transparent); }
.lane:focus-within, .pick:focus-within { outline: 2px solid var(--new); outline-offset: 0; z-index: 4; }
.dense { --lane: 6px; } .finest { --lane: 3px; } .tall { --lane: 14px; margin-bottom: 3px; }
.dense .name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tip { display: none; position: absolute; z-index: 9; top: calc(100% + 4px); left: var(--gutter); width: max-content; max-width: min(38rem, 84vw); background: var(--raised); color: var(--ink); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 6px 24px rgb(0 0 0 / 0.22); padding: 0.6rem 0.8rem; font-size: 0.85rem; line-height: 1.45; font-weight: 400; overflow-wrap: anywhere; pointer-events: none; }
.tip > * { display: block; }
.tip.right { left: auto; right: 0; }
.lane:hover .tip, .lane:focus-within .tip, .pick:hover .tip, .pick:focus-within .tip { display: block; }
.band { margin: 1.1rem 0 0; break-inside: avoid; }
.band h3 { margin: 0 0 0.3rem; display: flex; flex-wrap: wrap; gap: 0 0.8rem; align-items: baseline; }
.band h3 small { font-weight: 400; color: var(--soft); }
.moment { display: grid; grid-template-columns: 4.2rem 1fr; align-items: center; margin: 0.25rem 0; font-size: 0.82rem; color: var(--soft); }
.strip { position: relative; height: 46px; border: 1px solid var(--line); border-radius: 4px; background: var(--faint); color: var(--ink); }
.strip.thin { height: 22px; }
.pick { position: absolute; top: 0; bottom: 0; min-width: 3px; }
.pick .text { position: absolute; inset: 2px 5px; overflow: hidden; font-size: 0.76rem; line-height: 1.25; }
.pick .text { container-type: inline-size; }
@container (max-width: 4.4rem) { .pick .text span { display: none !important; } }
.pick .text > * { display: block; width: max-content; max-width: 100%; padding: 0 3px; border-radius: 3px; background: color-mix(in srgb, var(--raised) 70%, transparent); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.pick:hover { background: color-mix(in srgb, var(--ink) 9%, transparent); }
.pick .tip { left: 0; }
.free { fill: var(--empty); stroke: var(--paper); stroke-width: 1.5; }
.usedold { fill: var(--oldsoft); } .usednew { fill: var(--newsoft); }
.topold { stroke: var(--old); stroke-width: 2; } .topnew { stroke: var(--new); stroke-width: 2; }
.areaold { fill: var(--oldsoft); opacity: 0.75; } .areanew { fill: var(--newsoft); opacity: 0.75; }
.lineold { fill: none; stroke: var(--old); stroke-width: 2; } .linenew { fill: none; stroke: var(--new); stroke-width: 2; stroke-dasharray: 7 2; }
.plot { position: relative; height: 270px; margin: 0.8rem 0 0 4.2rem; border-bottom: 1px solid var(--soft); break-inside: avoid; }
.plot .y { position: absolute; right: calc(100% + 0.5rem); transform: translateY(50%); font-size: 0.78rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.plot .label { position: absolute; top: 0.3rem; font-weight: 600; font-size: 0.85rem; padding: 0 0.3rem; background: color-mix(in srgb, var(--paper) 75%, transparent); border-radius: 3px; }
.plot .label.old { color: var(--old); } .plot .label.new { color: var(--new); }
.plot .pick:hover, .plot .pick:focus-within { border-left: 1px solid var(--ink); }
.plot .pick .tip { top: 2.2rem; left: 8px; } .plot .pick .tip.right { left: auto; right: 8px; }
.cross { position: absolute; width: 11px; height: 11px; border-radius: 50%; border: 2px solid var(--ink); background: var(--paper); transform: translate(-50%, 50%); }
.axis.wide { margin-left: 4.2rem; }
.types { display: grid; grid-template-columns: max-content 1fr; gap: 0.7rem 1rem; margin: 0.8rem 0; align-items: center; }
.types dt { font-weight: 600; } .types dd { margin: 0; }
.bar { display: grid; grid-template-columns: 4rem 1fr; font-size: 0.85rem; align-items: center; color: var(--soft); }
.bar .track { display: flex; align-items: center; gap: 0.5rem; color: var(--ink); font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar svg { height: 12px; flex: none; }
.bar .old { fill: var(--old); } .bar .new { fill: var(--new); }
.finding { background: var(--raised); border: 1px solid var(--line); border-left: 5px solid var(--old); border-radius: 8px; padding: 0.7rem 1rem; margin: 0.7rem 0; break-inside: avoid; overflow-wrap: anywhere; }
.finding.stop { border-left-color: var(--block); }
.finding h3 { margin: 0; font-size: 0.95rem; }
.finding .level { font-size: 0.75rem; letter-spacing: 0.06em; font-weight: 700; margin-right: 0.6rem; }
.finding.stop .level { color: var(--block); }
.finding ul { margin: 0.2rem 0; padding-left: 1.1rem; color: var(--soft); font-size: 0.9rem; }
details { margin: 0.9rem 0 0; }
summary { cursor: pointer; color: var(--soft); font-size: 0.9rem; width: max-content; max-width: 100%; }
.changes { display: flex; flex-wrap: wrap; gap: 0 2.5rem; }
.changes > div { min-width: min(33rem, 100%); max-width: 100%; break-inside: avoid; }
.changes table { width: 100%; }
.scroll { overflow-x: auto; margin-top: 0.5rem; }
table { border-collapse: collapse; font-size: 0.83rem; font-variant-numeric: tabular-nums; min-width: 40%; }
caption { text-align: left; color: var(--soft); padding: 0 0 0.4rem; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid var(--line); max-width: 34rem; overflow-wrap: break-word; }
th { font-weight: 600; white-space: nowrap; }
tbody tr:hover { background: var(--faint); }
footer { color: var(--soft); font-size: 0.85rem; padding-top: 3rem; padding-bottom: 3rem; }
@media (max-width: 44rem) {
  :root { --gutter: 7.6rem; }
  .lane .name { width: calc(var(--gutter) - 0.3rem); font-size: 0.68rem; }
  main, header, footer { padding-left: 1rem; padding-right: 1rem; }
  section { margin-top: 2.4rem; }
  .axis span.spare { display: none; }
  main { overflow-x: clip; }
  .dense { --gutter: 0px; } .axis.ofdense { --gutter: 0px; }
  .moment { grid-template-columns: 1fr; }
  .types { grid-template-columns: 1fr; gap: 0.2rem; } .types dd { margin-bottom: 0.6rem; }
  .plot, .axis.wide { margin-left: 3rem; }
}
@media (min-width: 44.01rem) { .dense { --gutter: 0px; } .axis.ofdense { --gutter: 0px; } }
@media (forced-colors: active) { svg { forced-color-adjust: none; } }
@media print {
  @page { margin: 12mm; }
  :root { color-scheme: light; --paper: #ffffff; }
  body { font-size: 10pt; }
  main, header, footer { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  section { margin-top: 1.6rem; }
  nav, .skip, .tip, .pointing { display: none !important; }
  h2, h3, legend, .kind { break-after: avoid; }
  .scroll { overflow: visible; }
  table { width: 100%; font-size: 7.5pt; }
  th, td { padding-right: 0.4rem; max-width: 12rem; }
  tr { break-inside: avoid; }
  details.short::details-content { content-visibility: visible; height: auto; }
}
`;
