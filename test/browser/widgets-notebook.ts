/** The cells of a notebook that does what widgets can do, each named after what it shows. */
export const WIDGETS = {
  imports: `
import { button, checkbox, column, figureWidget, interact, label, row, show, slider } from "dios-lab";
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const bars = (level: number) => ({
  id: "bars",
  title: "Level and rest",
  data: [{ type: "bar", x: ["level", "rest"], y: [level, 100 - level] }],
  layout: { width: 340, height: 300, margin: { t: 50, b: 50 }, yaxis: { range: [0, 100] } },
  table: { columns: [], rows: [] },
  provenance: { software: "dios-lab" as const, version: "0", seed: 0, scenario: "none", scenarioHash: "" },
});`,

  loop: `
let turns = 0;
let stopped = false;
const counter = label("0");
await show(row(button("Stop", () => { stopped = true; }), counter));
while (!stopped) {
  counter.text = String(++turns);
  await wait(50);
}
console.log(\`stopped after \${turns} turns\`);`,

  figure: `
const level = slider({ label: "Level", min: 0, max: 100, value: 20 });
const chart = figureWidget(bars(level.value));
const clicked = label("nothing clicked");
level.onChange((value) => chart.update(bars(value)));
chart.onClick(({ x, y }) => { clicked.text = \`clicked \${x} at \${y}\`; });
await show(column(level, chart, clicked));`,

  coalesced: `
const fast = slider({ label: "Fast", min: 0, max: 100, value: 0 });
const seen = label("seen");
fast.onChange(async (value) => {
  await wait(200);
  seen.text += \` \${value}\`;
});
await show(column(fast, seen));`,

  interact: `
await interact(
  { share: slider({ label: "Share", min: 0, max: 100, value: 10 }), mirrored: checkbox({ label: "Mirrored" }) },
  ({ share, mirrored }) => {
    if (share > 90) throw new RangeError(\`\${share} is too much\`);
    return bars(mirrored ? 100 - share : share);
  },
);`,

  error: `
const bad = slider({ label: "Bad", min: 0, max: 100, value: 0 });
bad.onChange((value) => { throw new RangeError(\`bad value \${value}\`); });
await show(bad);`,

  closed: `
const gone = slider({ label: "Gone", min: 0, max: 100, value: 0 });
await show(column(gone));
await show(button("Close", () => gone.close()));
console.log(gone.id);`,
};
