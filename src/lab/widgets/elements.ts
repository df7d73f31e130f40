import { row } from "./boxes";
import { latest } from "./callback";
import { controlKind } from "./controls";
import { createWidget, type Widget } from "./widget";

/** A button; `onClick` runs once at a time. */
export function button(label: string, onClick: () => void | Promise<void>): Widget & { enabled: boolean } {
  const model = createWidget(controlKind("Button"), { description: label, disabled: false });
  const clicked = latest(onClick);
  model.onMessage = ({ event }) => {
    if (event === "click" && model.state.disabled === false) clicked(undefined);
  };
  return {
    id: model.id,
    close: () => model.close(),
    get enabled() {
      return model.state.disabled === false;
    },
    set enabled(enabled) {
      model.set({ disabled: !enabled });
    },
  };
}

/** A line of plain text. */
export function label(text: string): Widget & { text: string } {
  const model = createWidget(controlKind("Label"), { value: text });
  return {
    id: model.id,
    close: () => model.close(),
    get text() {
      return model.state.value as string;
    },
    set text(value) {
      model.set({ value });
    },
  };
}

/** A piece of HTML. */
export function html(markup: string): Widget & { html: string } {
  const model = createWidget(controlKind("HTML"), { value: markup });
  return {
    id: model.id,
    close: () => model.close(),
    get html() {
      return model.state.value as string;
    },
    set html(value) {
      model.set({ value });
    },
  };
}

/** A bar for work of `total` steps, with a note beside it. */
export function progressBar({
  label: description,
  total,
}: {
  readonly label: string;
  readonly total: number;
}): Widget & {
  update(done: number, note?: string): void;
} {
  const bar = createWidget(controlKind("FloatProgress", "ProgressView"), { description, min: 0, max: total, value: 0 });
  const beside = label("");
  const whole = row(bar, beside);
  return {
    id: whole.id,
    close: () => whole.close(),
    update(done, note = "") {
      bar.set({ value: done });
      beside.text = note;
    },
  };
}
