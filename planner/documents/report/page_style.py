"""The style of the report: the same colours in all pictures, light and dark, and on paper."""

from __future__ import annotations

from planner.documents.report.markup import Markup

PAGE_STYLE = Markup(
    """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2430; --soft: #5a6675; --line: #d5dbe3;
 --panel: #f6f8fa; --plan: #a9c1e6; --mark: #b54a00; --good: #2e7d4f; --bad: #c02b3a; --work: #7a5bd0;
 --edge: #97a3b3; --link: #0b57b0; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161c; --ink: #e4e9f0; --soft: #9eabba;
 --line: #303a47; --panel: #1b222b; --plan: #44608c; --mark: #ff9d57; --good: #4fae79; --bad: #f0707c;
 --work: #a48bf0; --edge: #66758a; --link: #82b5ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem 1.6rem 3rem; max-width: 1240px; background: var(--paper);
 color: var(--ink); font: 14px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; } a { color: var(--link); } bdi { unicode-bidi: isolate; }
.soft, .soft td { color: var(--soft); } .bad { color: var(--bad); } .good { color: var(--good); }
.wide { overflow: auto; max-height: 90vh; background: var(--panel); border: 1px solid var(--line);
 border-radius: 6px; padding: 6px; }
.wide:focus-visible { outline: 2px solid var(--link); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .7rem .25rem 0;
 border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td.n { white-space: nowrap; } table.few { width: auto; }
code { font: 12px ui-monospace, monospace; }
svg { display: block; font: 11px ui-monospace, monospace; }
svg text { fill: var(--ink); } svg .d, svg .t { fill: var(--soft); font-family: system-ui, sans-serif; }
svg .d, svg .b { font-size: 10.5px; } svg .i { font-weight: 600; font-size: 11.5px; }
svg .t { text-anchor: middle; }
.n rect { fill: var(--paper); stroke: var(--edge); } .n.c rect { stroke: var(--mark); stroke-width: 2.2; }
.n.s-completed rect { fill: color-mix(in srgb, var(--good) 22%, var(--paper)); }
.n.s-failed rect { fill: color-mix(in srgb, var(--bad) 25%, var(--paper)); }
.n.s-running rect, .n.s-paused rect { fill: color-mix(in srgb, var(--work) 25%, var(--paper)); }
.e { fill: none; stroke: var(--edge); } .e.c { stroke: var(--mark); stroke-width: 2.2; }
.k { stroke: var(--line); } .p { fill: var(--plan); } .p.c { stroke: var(--mark); stroke-width: 1.5; }
.a { fill: var(--soft); } .a-completed { fill: var(--good); } .a-failed { fill: var(--bad); }
.a-running { fill: var(--work); } .l { stroke: var(--ink); stroke-width: 2; }
.lane-p rect, .lane-a rect { stroke: var(--panel); } .lane-a .b { fill: var(--paper); }
.now { stroke: var(--bad); stroke-dasharray: 4 3; } svg text.now { fill: var(--bad); stroke: none; }
.r:hover .i { text-decoration: underline; }
@media print { .wide { overflow: visible; max-height: none; border: 0; } }
"""
)
