/** The report's style: light and dark by the reader's setting; its colours are told apart by people who see red and green alike. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5c6670; --line: #dfe3e8; --paper: #fff; --raised: #f6f7f9; --good: #1a7f4b; --bad: #b42318;
  --c0: #2563eb; --c1: #d97706; --c2: #0d9488; --c3: #9333ea; --c4: #be185d; --c5: #57534e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #9aa4af; --line: #31363d; --paper: #16191d; --raised: #1f2329; --good: #4ade80; --bad: #f87171;
  --c0: #7aa7ff; --c1: #f5b14c; --c2: #4fd1c5; --c3: #c69bff; --c4: #f48fb6; --c5: #b8b2ac; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 860px; padding: 32px 24px 64px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; line-height: 1.25; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 18px; margin: 40px 0 12px; }
p { margin: 8px 0; } .soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } .wide { overflow-x: auto; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; } th { color: var(--soft); font-weight: 500; }
td.number, th.number { text-align: right; padding-right: 16px; white-space: nowrap; } td.name { white-space: nowrap; }
.state { font-weight: 600; white-space: nowrap; } .state.bad { color: var(--bad); } .state.good { color: var(--good); }
figure { margin: 20px 0; padding: 12px 12px 4px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); }
figcaption { font-weight: 600; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 16px; margin-bottom: 6px; }
.legend { font-weight: 400; display: flex; flex-wrap: wrap; gap: 2px 14px; } .key { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 5px; }
svg { display: block; width: 100%; height: auto; } .tick { fill: var(--soft); font-size: 11px; } .end { text-anchor: end; } .middle { text-anchor: middle; } .grid { stroke: var(--line); }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke: currentColor; } .bar { fill: currentColor; }
.s0 { color: var(--c0); } .s1 { color: var(--c1); } .s2 { color: var(--c2); } .s3 { color: var(--c3); } .s4 { color: var(--c4); } .s5 { color: var(--c5); } .key { background: currentColor; }
`;
