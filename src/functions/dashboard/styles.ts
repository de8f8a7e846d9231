/** The page's style: system fonts, few colours, each with a contrast of 4.5 and more in light and dark. */
export const styles = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --card: #fff; --ink: #1a1f26; --quiet: #59636e; --line: #d5dae0; --edge: #8a939d;
  --accent: #0a58b5; --on-accent: #fff; --danger: #b3261e; --on-danger: #fff;
  --well: #1a7037; --well-ground: #e6f4ea; --look: #8a5200; --look-ground: #fdf3dc; --bad: #b3261e; --bad-ground: #fdeceb;
  --deleted: #1f6feb; --notFound: #9aa4af; --active: #7fb2f0; --failed: #d1493f; --invalid: #6d3fb0; --stroke: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1318; --card: #171c23; --ink: #e6e9ed; --quiet: #a2acb8; --line: #2c343e; --edge: #6b7682;
    --accent: #7cb7ff; --on-accent: #0a1a2e; --danger: #ff8f86; --on-danger: #2b0705;
    --well: #5fd085; --well-ground: #12281a; --look: #e8b339; --look-ground: #2b2310; --bad: #ff8f86; --bad-ground: #331614;
    --deleted: #4c93f5; --notFound: #6b7682; --active: #2d5f9e; --failed: #f0685e; --invalid: #b48cf0; --stroke: #171c23;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
header, main { max-width: 74rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1rem; padding-top: 1rem; padding-bottom: .75rem; }
header p { margin: 0; flex: 1; max-width: none; color: var(--quiet); font-size: .875rem; }
header p.old { color: var(--look); font-weight: 600; }
main { padding-bottom: 3rem; }
h1 { margin: 0; font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
h2 { margin: 0 0 .5rem; font-size: 1.0625rem; font-weight: 650; }
h3 { margin: 0; font-size: 1rem; font-weight: 600; }
p { margin: 0 0 .75rem; max-width: 75ch; }
a, summary { color: var(--accent); }
section, .card { margin-top: 1rem; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .625rem; }
section > :last-child, .card > :last-child, li > :last-child { margin-bottom: 0; }
section section { margin: 0; }
code, .data, time, .count, .number { font-variant-numeric: tabular-nums; }
code { font: .8125rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; padding: .1rem .35rem; background: var(--ground); border: 1px solid var(--line); border-radius: .25rem; }
.note, .empty, .none, footer p, .instant { color: var(--quiet); }
.note, footer p { font-size: .875rem; }
.note { margin: .75rem 0 0; }
.unread { color: var(--bad); font-weight: 600; }
.for { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
#content > footer { margin-top: 1rem; padding: 0 1rem; }

button, input { font: inherit; color: inherit; }
button { padding: .375rem .875rem; border: 1px solid var(--edge); border-radius: .4375rem; background: var(--card); cursor: pointer; font-weight: 550; line-height: 1.4; }
button:hover { border-color: var(--accent); color: var(--accent); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.primary.danger { background: var(--danger); border-color: var(--danger); color: var(--on-danger); }
button.primary:hover { filter: brightness(1.08); }
input:not([type=checkbox]) { padding: .375rem .625rem; border: 1px solid var(--edge); border-radius: .4375rem; background: var(--card); max-width: 100%; }
::placeholder { color: var(--quiet); opacity: 1; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#said:focus { outline: none; }
.busy button[data-action], .busy #refresh { opacity: .55; cursor: progress; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; }
body:not([data-live]) .act { display: none; }

.verdict { border-left-width: .375rem; padding: 1.125rem 1.25rem; }
.verdict h2 { display: flex; align-items: center; gap: .625rem; font-size: 1.5rem; letter-spacing: -.015em; margin: 0; }
.verdict svg { width: 1.75rem; height: 1.75rem; flex: none; fill: none; stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; stroke: var(--card); }
.verdict p { margin: .375rem 0 0; }
.verdict ul { margin: .75rem 0 0; padding: 0; list-style: none; display: grid; gap: .625rem; }
.verdict li { padding-left: .75rem; border-left: 3px solid var(--look); max-width: 90ch; }
.verdict li.failing { border-left-color: var(--bad); }
.verdict li span { display: block; }
.verdict.well { background: var(--well-ground); border-color: var(--well); }
.verdict.look { background: var(--look-ground); border-color: var(--look); }
.verdict.failing { background: var(--bad-ground); border-color: var(--bad); }
.verdict.well h2 { color: var(--well); } .verdict.look h2 { color: var(--look); } .verdict.failing h2 { color: var(--bad); }
.verdict svg circle, .verdict svg .body { fill: currentColor; stroke: currentColor; stroke-width: 1; }

.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem; margin-top: 1rem; }
.bar p { margin: 0; }
#said { margin-top: .5rem; font-weight: 600; }
#said:not(:empty) { padding: .75rem 1rem; border: 1px solid var(--accent); border-left-width: .375rem; border-radius: .625rem; background: var(--card); }
#said.bad { border-color: var(--bad); color: var(--bad); }

.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: .75rem 1.5rem; margin: 0; }
.tile { border-top: 3px solid var(--line); padding-top: .5rem; }
.tile dt { font-weight: 600; }
.tile dd { margin: 0; color: var(--quiet); font-size: .875rem; }
.tile .count { color: var(--ink); font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -.02em; }
.tile .instant { display: none; }
.tile.stale { border-color: var(--accent); } .tile.given-up.some { border-color: var(--look); }
.tiles + .empty, .tiles + .note { margin: 1rem 0 0; }

table { width: 100%; border-collapse: collapse; font-size: .875rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: .375rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; border-top: 0; padding-top: .25rem; white-space: nowrap; }
tbody th { font-weight: 550; }
th:last-child, td:last-child { padding-right: 0; }
.number, .number div { text-align: right; white-space: nowrap; }
:is(th, td).number:not(:last-child) { padding-right: 1.5rem; }
.instant { display: block; font-size: .8125rem; font-weight: 400; white-space: nowrap; }
p .instant { display: inline; }
td .actions { flex-wrap: wrap; }
td button { white-space: nowrap; padding: .1875rem .625rem; font-size: .875rem; }
.data { unicode-bidi: isolate; overflow-wrap: anywhere; }
li { overflow-wrap: anywhere; }
td:has(.data) { min-width: 11rem; }
tbody th:has(.data) { min-width: 11rem; }
.end.bad { color: var(--bad); font-weight: 650; }
.tag { display: inline-block; padding: 0 .4rem; border: 1px solid var(--edge); border-radius: 1rem; font-size: .75rem; font-weight: 600; white-space: nowrap; }
summary { cursor: pointer; font-weight: 550; }
details.list { margin-top: .75rem; }
details > table { margin: .75rem 0; }
#plan table { margin-bottom: 1rem; }
#plan [data-name=Held], #plan [data-name="Its row"] { min-width: 0; white-space: nowrap; }
#plan .wouldDelete { font-weight: 650; }

.failures { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem; }
.failures li { border-top: 1px solid var(--line); padding-top: .875rem; }
.failures p { margin: .25rem 0; }
.failures .facts { max-width: none; color: var(--quiet); font-size: .875rem; }
.faults { margin: 0; padding-left: 1.5rem; display: grid; gap: .5rem; }

figure { margin: 1rem 0 .75rem; }
.plot { display: flex; gap: .5rem; }
.plot svg { flex: 1; min-width: 0; height: 12rem; border-bottom: 1px solid var(--edge); }
.scale { display: flex; flex-direction: column; justify-content: space-between; text-align: right; font-size: .75rem; line-height: 1; color: var(--quiet); min-width: 2.25rem; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); vector-effect: non-scaling-stroke; fill: none; }
.plot rect { stroke: var(--stroke); stroke-width: 1px; vector-effect: non-scaling-stroke; }
.days { list-style: none; margin: .25rem 0 0; padding: 0 0 0 2.75rem; display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); text-align: center; font-size: .75rem; line-height: 1.3; color: var(--quiet); }
.days li { display: grid; justify-content: center; white-space: nowrap; overflow-wrap: normal; }
.legend { list-style: none; margin: .75rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .875rem; }
.legend svg { width: .75rem; height: .75rem; margin-right: .375rem; }
.legend span { color: var(--quiet); }
.deleted { fill: var(--deleted); } .notFound { fill: var(--notFound); } .invalid { fill: var(--invalid); }
.active { fill: url(#dots) var(--active); } .failed { fill: url(#stripes) var(--failed); }
.ground-active { fill: var(--active); } .ground-failed { fill: var(--failed); } .ink { fill: var(--stroke); }
.plot pattern rect { stroke: none; }

form.card { max-width: 30rem; display: grid; gap: .5rem; justify-items: start; }
form.card input { width: 100%; }
label { font-weight: 550; }
.inline { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
dialog { width: min(34rem, calc(100vw - 2rem)); padding: 1.25rem; border: 1px solid var(--edge); border-radius: .75rem; background: var(--card); color: var(--ink); }
dialog::backdrop { background: rgb(0 0 0 / .5); }
dialog .actions { justify-content: flex-end; margin-top: 1rem; }
#confirm-about { font-weight: 600; }
fieldset { margin: 0 0 .75rem; border: 1px solid var(--line); border-radius: .4375rem; padding: .5rem .75rem .75rem; display: grid; gap: .5rem; }
legend { color: var(--quiet); font-size: .875rem; }
fieldset label { font-weight: 400; }

.bones { display: grid; gap: .625rem; }
.bones i { height: 1rem; border-radius: .25rem; background: var(--line); animation: breathe 1.4s ease-in-out infinite alternate; }
.bones i:nth-child(2) { width: 80%; } .bones i:nth-child(3) { width: 90%; } .bones i:nth-child(4) { width: 55%; }
@keyframes breathe { from { opacity: .4; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }

@media (max-width: 46rem) {
  .tiles { grid-template-columns: 1fr 1fr; }
  table, tbody, tr, th, td, caption { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { border-top: 1px solid var(--line); padding: .625rem 0; }
  tbody tr:last-child { padding-bottom: 0; }
  th, td { border: 0; padding: .125rem 0; }
  td { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem; }
  td::before { content: attr(data-name); color: var(--quiet); }
  td > div { min-width: 0; }
  .number, .number div { text-align: left; white-space: normal; }
  :is(th, td).number:not(:last-child) { padding-right: 0; }
  td:has(> div > .none:only-child) { display: none; }
  th:has(.data), td:has(.data) { min-width: 0; }
  .instant { white-space: normal; }
  header p { flex-basis: 100%; order: 1; }
  h1 { flex: 1; }
  .days li:nth-child(even) { visibility: hidden; }
  .legend { display: grid; }
}
@media (forced-colors: active) { .plot rect, .legend rect { forced-color-adjust: none; } }
`;
