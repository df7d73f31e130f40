import { InputError } from "../../errors";
import { latest } from "./callback";
import { createWidget, reference, type Widget, type WidgetKind } from "./widget";

/** A widget with a value that the user and the code may change. */
export interface Control<T> extends Widget {
  /** Setting it moves the control in the browser and tells the listeners. */
  value: T;
  /**
   * Calls `listener` after each change with the new value: one call at a time, and of changes that come while it runs only the last.
   * Returns a function that stops listening.
   */
  onChange(listener: (value: T) => void | Promise<void>): () => void;
}

// biome-ignore lint/suspicious/noExplicitAny: a control of whatever; ValuesOf says of what.
export type Controls = Readonly<Record<string, Control<any>>>;

/** The values of controls, by the same names. */
export type ValuesOf<C extends Controls> = { readonly [Name in keyof C]: C[Name]["value"] };

/** The values that controls have now. */
export function valuesOf<C extends Controls>(controls: C): ValuesOf<C> {
  const values = Object.entries(controls).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(values) as ValuesOf<C>;
}

type State = Record<string, unknown>;

/** The kind of one of the standard controls: https://ipywidgets.readthedocs.io/en/stable/examples/Widget%20List.html */
export const controlKind = (name: string, view = `${name}View`): WidgetKind => ({
  module: "@jupyter-widgets/controls",
  version: "2.0.0",
  model: `${name}Model`,
  view,
});

/** How wide a label may be, so that controls below each other line up. */
const DESCRIPTION_WIDTH = "11em";
const CONTROL_WIDTH = "28em";

/** Layout and style are models of their own, and one of each does for all controls. */
function looks(style: string): State {
  layout ??= createWidget(
    { module: "@jupyter-widgets/base", version: "2.0.0", model: "LayoutModel", view: "LayoutView" },
    { width: CONTROL_WIDTH },
    { shared: true },
  );
  let styled = styles.get(style);
  if (!styled) {
    const kind = { module: "@jupyter-widgets/controls", version: "2.0.0", model: `${style}Model` };
    styled = createWidget(
      { ...kind },
      {
        _view_module: "@jupyter-widgets/base",
        _view_module_version: "2.0.0",
        _view_name: "StyleView",
        description_width: DESCRIPTION_WIDTH,
      },
      { shared: true },
    );
    styles.set(style, styled);
  }
  return { layout: reference(layout), style: reference(styled) };
}
let layout: Widget | undefined;
const styles = new Map<string, Widget>();

/** How a control's value is kept in the state of its model. */
interface Coding<T> {
  read(state: Readonly<State>): T;
  write(value: T): State;
  /** Throws an InputError for a value that is not allowed. */
  check(value: T): void;
}

function control<T>(name: string, style: string, state: State, value: T, coding: Coding<T>): Control<T> {
  coding.check(value);
  const model = createWidget(controlKind(name), { ...looks(style), ...state, ...coding.write(value) });
  const listeners = new Set<(value: T) => void>();
  const tell = () => {
    for (const listener of listeners) listener(coding.read(model.state));
  };
  model.onChange = (changes) => {
    if (Object.keys(coding.write(value)).some((key) => key in changes)) tell();
  };
  model.onClose = () => listeners.clear();
  return {
    id: model.id,
    get value() {
      return coding.read(model.state);
    },
    set value(changed) {
      coding.check(changed);
      model.set(coding.write(changed));
      tell();
    },
    onChange(listener) {
      const told = latest(listener);
      listeners.add(told);
      return () => listeners.delete(told);
    },
    close: () => model.close(),
  };
}

/** Keeps a value as it is, under one name. */
const plain = <T>(key: string, check: (value: T) => void): Coding<T> => ({
  read: (state) => state[key] as T,
  write: (value) => ({ [key]: value }),
  check,
});

export interface SliderOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** Default 1 when all given numbers are whole, else a hundredth of the range. */
  readonly step?: number;
  readonly value: number;
}

/** A slider over numbers from `min` to `max`. */
export function slider({ label, min, max, value, step = stepOf(min, max, value) }: SliderOptions): Control<number> {
  checkRange(label, min, max, step);
  const whole = [min, max, step, value].every(Number.isInteger);
  const state = { description: label, min, max, step, readout_format: whole ? "d" : ".4~g" };
  return control(
    `${whole ? "Int" : "Float"}Slider`,
    "SliderStyle",
    state,
    value,
    plain("value", within(label, min, max)),
  );
}

/** A slider over decades: `min`, `max` and `value` are the values themselves, such as 1e-5 and 1e-1. */
export function logSlider({
  label,
  min,
  max,
  stepsPerDecade = 10,
  value,
}: Omit<SliderOptions, "step"> & { readonly stepsPerDecade?: number }): Control<number> {
  if (!(min > 0)) throw new InputError(`min of ${label} is ${min}; allowed: a number above 0.`);
  checkRange(label, min, max, 1 / stepsPerDecade);
  const state = {
    description: label,
    base: 10,
    min: Math.log10(min),
    max: Math.log10(max),
    step: 1 / stepsPerDecade,
    readout_format: ".3~g",
  };
  return control("FloatLogSlider", "SliderStyle", state, value, plain("value", within(label, min, max)));
}

/** A slider with two handles: the value is [low, high]. */
export function rangeSlider({
  label,
  min,
  max,
  value,
  step = stepOf(min, max, ...value),
}: Omit<SliderOptions, "value"> & { readonly value: readonly [number, number] }): Control<readonly [number, number]> {
  checkRange(label, min, max, step);
  const whole = [min, max, step, ...value].every(Number.isInteger);
  const check = ([low, high]: readonly [number, number]) => {
    within(label, min, max)(low);
    within(label, low, max)(high);
  };
  const state = { description: label, min, max, step, readout_format: whole ? "d" : ".4~g" };
  return control(`${whole ? "Int" : "Float"}RangeSlider`, "SliderStyle", state, value, plain("value", check));
}

/** A choice of one out of several; the first unless `value` says otherwise. */
export function dropdown<const T extends string | number>({
  label,
  options,
  value = options[0] as T,
}: {
  readonly label: string;
  readonly options: readonly T[];
  readonly value?: NoInfer<T>;
}): Control<T> {
  const coding: Coding<T> = {
    read: ({ index }) => options[index as number] as T,
    write: (value) => ({ index: options.indexOf(value) }),
    check(value) {
      if (!options.includes(value)) throw new InputError(`${label} is ${value}; allowed: ${options.join(", ")}.`);
    },
  };
  return control(
    "Dropdown",
    "DescriptionStyle",
    { description: label, _options_labels: options.map(String) },
    value,
    coding,
  );
}

interface SwitchOptions {
  readonly label: string;
  /** Default false. */
  readonly value?: boolean;
}

/** A button that stays pressed. */
export function toggle({ label, value = false }: SwitchOptions): Control<boolean> {
  return control("ToggleButton", "ToggleButtonStyle", { description: label }, value, plain("value", anything));
}

/** A box to tick. */
export function checkbox({ label, value = false }: SwitchOptions): Control<boolean> {
  return control("Checkbox", "CheckboxStyle", { description: label, indent: true }, value, plain("value", anything));
}

/** A line of text; it changes when the user presses Enter or leaves it. */
export function text({ label, value = "" }: { readonly label: string; readonly value?: string }): Control<string> {
  const state = { description: label, continuous_update: false };
  return control("Text", "TextStyle", state, value, plain("value", anything));
}

const anything = () => {};

const stepOf = (min: number, max: number, ...values: number[]) =>
  [min, max, ...values].every(Number.isInteger) ? 1 : Number(((max - min) / 100).toPrecision(1));

const within = (label: string, min: number, max: number) => (value: number) => {
  // A slider at its end may be off by a rounding of its logarithm.
  const slack = 1e-9 * Math.max(Math.abs(min), Math.abs(max));
  if (!(value >= min - slack && value <= max + slack)) {
    throw new InputError(`${label} is ${value}; allowed: a number from ${min} to ${max}.`);
  }
};

function checkRange(label: string, min: number, max: number, step: number): void {
  if (!(min < max)) throw new InputError(`max of ${label} is ${max}; allowed: a number above min, ${min}.`);
  if (!(step > 0)) throw new InputError(`step of ${label} is ${step}; allowed: a number above 0.`);
}
