import type { Figure } from "../../figures/figure";
import { column } from "./boxes";
import { latest } from "./callback";
import { type Controls, controlKind, type ValuesOf, valuesOf } from "./controls";
import { type FigureWidget, figureWidget } from "./figure-widget";
import { outputArea } from "./output-area";
import { show } from "./show";
import { createWidget, reference, type Widget } from "./widget";

/** What an interactive function may give back: figures are drawn in place, text is printed. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without return gives void in the notebooks' compiler.
export type Shown = Figure | readonly Figure[] | string | undefined | void;

/**
 * Shows controls and, below them, what `callback` makes of their values: figures, text, and all that it prints. It runs at once and
 * after each change: one run at a time, and of changes that come while it runs only the last. Errors are shown in place.
 *
 *     await interact({ snrDb: slider({ label: "SNR (dB)", min: -10, max: 20, value: 0 }) }, ({ snrDb }) => `${10 ** (snrDb / 10)}`);
 *
 * Rejects when the first run fails. Closing the widget that it resolves to closes the controls.
 */
export async function interact<C extends Controls>(
  controls: C,
  callback: (values: ValuesOf<C>) => Shown | Promise<Shown>,
): Promise<Widget> {
  const area = outputArea();
  const figures: FigureWidget[] = [];
  const drawn = createWidget(controlKind("VBox"), { children: [] }, { children: figures });
  const whole = column(...Object.values(controls), drawn, area);

  async function run(): Promise<void> {
    area.clear();
    const shown = (await callback(valuesOf(controls))) ?? [];
    if (typeof shown === "string") process.stdout.write(`${shown}\n`);
    else draw("id" in shown ? [shown] : shown);
  }

  function draw(shown: readonly Figure[]): void {
    for (const [place, figure] of shown.entries()) {
      const before = figures[place];
      if (before) before.update(figure);
      else figures.push(figureWidget(figure));
    }
    const visible = figures.slice(0, shown.length).map(reference);
    if (visible.length !== (drawn.state.children as string[]).length) drawn.set({ children: visible });
  }

  let failure: [unknown] | undefined;
  await area.run(() =>
    run().catch((error) => {
      failure = [error];
    }),
  );
  if (failure) {
    whole.close();
    throw failure[0];
  }
  await show(whole);
  const changed = latest(() => area.run(run));
  for (const control of Object.values(controls)) control.onChange(changed);
  return whole;
}
