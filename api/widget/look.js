// How the sidebar looks. A host sets the custom properties that begin with --copilot- to its own.

export const LOOK = `
:host {
    color-scheme: light dark;
    --_ground: var(--copilot-ground, light-dark(#ffffff, #1a1e20));
    --_ink: var(--copilot-ink, light-dark(#1b2022, #e9ebeb));
    --_quiet: var(--copilot-quiet, light-dark(#5a6367, #a3abae));
    --_line: var(--copilot-line, light-dark(#e1e1db, #2d3336));
    --_edge: var(--copilot-edge, light-dark(#6f787c, #717a7e));
    --_accent: var(--copilot-accent, light-dark(#0b6e61, #62cdbb));
    --_on-accent: var(--copilot-on-accent, light-dark(#ffffff, #06211d));
    --_soft: var(--copilot-soft, light-dark(#e4f1ee, #1c3530));
    --_marked: var(--copilot-marked, light-dark(#fdeabb, #544316));
    --_alarm: var(--copilot-alarm, light-dark(#a3362a, #f3a093));
    display: block; min-width: 0; background: var(--_ground); color: var(--_ink);
    font: var(--copilot-font, .875rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
    overflow-wrap: anywhere;
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.all { padding: 14px; display: grid; gap: 16px; }
h2 { margin: 14px 0 6px; font-size: .75rem; font-weight: 650; letter-spacing: .03em;
    color: var(--_quiet); }
section > h2:first-child { margin-top: 0; }
p, ol, ul { margin: 0; padding: 0; }
ol, ul { list-style: none; }
.quiet { color: var(--_quiet); font-size: .8125rem; }
a { color: var(--_accent); }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; border-radius: 6px; }
bdi, [dir="auto"] { unicode-bidi: isolate; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    white-space: nowrap; }

.link { display: flex; align-items: center; gap: 8px; font-size: .8125rem; color: var(--_quiet); }
.link::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor; }
.link[data-link="live"]::before { color: var(--_accent); }
.link[data-link="offline"], .link[data-link="locked"] { color: var(--_alarm); font-weight: 600; }
header:has(.problem:not(:empty)) { position: sticky; top: 0; background: var(--_ground); }
.problem:not(:empty) { margin-top: 8px; padding: 8px 10px; border-radius: 8px;
    background: var(--_soft); font-size: .8125rem; }

summary { cursor: pointer; }
.customer { border-bottom: 1px solid var(--_line); padding-bottom: 12px; }
.customer summary { font-weight: 600; }
.contacts li { padding-top: 6px; }

.reply { border: 1px solid var(--_line); border-left: 3px solid var(--_accent); border-radius: 10px;
    padding: 12px; display: grid; gap: 10px; }
.superseded .reply { border-left-color: var(--_edge); }
.superseded .words { color: var(--_quiet); }
.sureness { display: flex; align-items: center; gap: 8px; font-size: .8125rem; color: var(--_quiet); }
meter { width: 48px; height: 8px; }
.words { white-space: pre-line; font-size: .9375rem; }
.stale { color: var(--_alarm); font-size: .8125rem; font-weight: 600; }
.number { min-width: 24px; min-height: 24px; margin-inline-start: 2px; padding: 0 4px; border: 0;
    border-radius: 6px; background: var(--_soft); color: var(--_accent); font-weight: 600;
    font-size: .75rem; text-align: center; }

.actions, .ask { display: flex; flex-wrap: wrap; gap: 8px; }
button:not(.number), select, .ask input, textarea {
    min-height: 34px; padding: 4px 12px; border: 1px solid var(--_edge); border-radius: 8px;
    background: var(--_ground); color: var(--_ink); font: inherit; }
.why { display: flex; flex: 1 1 12rem; gap: 8px; }
.why select { flex: 1; min-width: 0; padding-inline: 8px; }
textarea { width: 100%; padding: 8px 10px; resize: vertical; field-sizing: content; max-height: 50vh; }
button { cursor: pointer; }
button.first { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent);
    font-weight: 650; }
:disabled { opacity: .55; cursor: default; }

.others { display: flex; flex-wrap: wrap; align-items: baseline; gap: 6px; margin: 6px 0; }
.steps { display: grid; gap: 6px; }
section > .steps { position: relative; max-height: 30rem; padding: 2px; overflow-y: auto; }
.steps li { display: grid; grid-template-columns: auto auto minmax(0, 1fr); column-gap: 8px;
    padding: 4px 6px; border-left: 3px solid transparent; border-radius: 6px; }
.steps li > ol { grid-column: 1 / -1; margin: 6px 0 0 12px; }
.steps li > div { display: grid; grid-template-columns: minmax(0, 1fr); gap: 4px; }
.steps .next { border-left-color: var(--_accent); }
.steps .next, .next .steps li { background: var(--_soft); }
.next > div > label { font-weight: 600; }
.steps .skipped { border-left-color: var(--_alarm); }
.done summary { color: var(--_quiet); }
.done details:not([open]) summary { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.steps input { width: 18px; height: 18px; margin: 2px 0 0; accent-color: var(--_accent); }
.steps a { min-width: 24px; min-height: 24px; font-size: .8125rem; }
.steps button { justify-self: start; }
.tag { margin-inline-end: 6px; padding: 1px 8px; border: 1px solid var(--_line); border-radius: 6px;
    font-size: .8125rem; }
.next > div > p > .tag:first-child { border-color: var(--_accent); background: var(--_accent);
    color: var(--_on-accent); font-weight: 600; }
.skipped > div > p > .tag:first-child { color: var(--_alarm); font-weight: 600; }

.likely details > :not(summary) { margin: 6px 0 6px 16px; }

.evidence { display: grid; gap: 8px; }
.evidence li { border: 1px solid var(--_line); border-radius: 10px; }
.evidence summary { display: flex; gap: 8px; align-items: baseline; padding: 8px 10px; }
.evidence details > :not(summary) { margin: 0 12px 8px; }
.evidence details > a { display: inline-block; margin-bottom: 12px; font-size: .8125rem; }
.title { font-weight: 600; }
.text { white-space: pre-line; }
mark { background: var(--_marked); color: inherit; border-radius: 3px; padding: 0 1px; }

.ask { border-top: 1px solid var(--_line); padding-top: 14px; }
.ask input { flex: 1 1 10rem; min-width: 0; }
[aria-busy="true"] > .reply { border-left-style: dashed; }
`;
