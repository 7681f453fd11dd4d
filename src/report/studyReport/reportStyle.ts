/** The report's style sheet: the names of its colours are those of the panels, as drawings use them. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --twinlens-foreground: #1f1f1f;
  --twinlens-muted: #555555;
  --twinlens-background: #ffffff;
  --twinlens-grid: #dedede;
  --twinlens-base: #00407a;
  --twinlens-rlhf: #d95f02;
  --twinlens-anchor-0: #00694f;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --twinlens-foreground: #dddddd;
    --twinlens-muted: #a8a8a8;
    --twinlens-background: #1c1c1c;
    --twinlens-grid: #3c3c3c;
    --twinlens-base: #5aa9f8;
    --twinlens-rlhf: #f0913e;
    --twinlens-anchor-0: #35c79c;
  }
}
body {
  margin: 0;
  color: var(--twinlens-foreground);
  background: var(--twinlens-background);
  font: 16px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif;
  overflow-wrap: anywhere;
}
main {
  max-width: 760px;
  margin: 0 auto;
  padding: 32px 20px 64px;
}
h1, h2 { line-height: 1.3; }
h2 { margin: 48px 0 8px; }
p { margin: 8px 0; }
figure { margin: 20px 0 12px; }
.drawing { overflow-x: auto; }
.drawing svg {
  display: block;
  max-width: 100%;
  height: auto;
}
.drawing.wide svg { min-width: 540px; }
figcaption {
  margin-top: 12px;
  color: var(--twinlens-muted);
  font-size: 14px;
}
figcaption p { margin: 2px 0; }
summary {
  width: fit-content;
  color: var(--twinlens-muted);
  cursor: pointer;
}
.scroll {
  max-height: 420px;
  margin-top: 8px;
  overflow: auto;
}
table {
  border-collapse: collapse;
  font-size: 14px;
  font-variant-numeric: tabular-nums;
}
th, td {
  padding: 4px 20px 4px 0;
  border-bottom: 1px solid var(--twinlens-grid);
  font-weight: normal;
  text-align: left;
  vertical-align: baseline;
  unicode-bidi: isolate;
}
thead th {
  position: sticky;
  top: 0;
  background: var(--twinlens-background);
  color: var(--twinlens-muted);
}
.number {
  text-align: right;
  white-space: nowrap;
}
@media print {
  section { break-inside: avoid; }
}
`;
