import {
  PARAMETER_GROUPS,
  type Parameter,
  type ParameterName,
  rounded,
  shareAt,
  titleOf,
  type Values,
  valueAt,
} from "../parameters";
import { make } from "./dom";

/** Positions of a slider, ends included, less one. */
const STEPS = 200;

/** The sliders of all parameters. */
export interface Sliders {
  /** Moves them to these values without telling. */
  set(values: Values): void;
}

/**
 * Makes a slider and a field for numbers for each parameter, group by group. The slider catches at the value of the scenario; the field
 * takes any number between the ends. `onInput` is told what the user did.
 */
export function makeSliders(
  parent: Element,
  parameters: readonly Parameter[],
  onInput: (name: ParameterName, value: number) => void,
): Sliders {
  const setters = new Map<ParameterName, (value: number) => void>();
  for (const group of PARAMETER_GROUPS) {
    const inside = parameters.filter((parameter) => parameter.group === group);
    if (inside.length === 0) continue;
    const open: Record<string, string> = group === "Clocks" || group === "Wired link" ? {} : { open: "" };
    const details = make("details", open, make("summary", {}, group));
    for (const parameter of inside) {
      const { row, set } = makeSlider(parameter, (value) => onInput(parameter.name, value));
      setters.set(parameter.name, set);
      details.append(row);
    }
    parent.append(details);
  }
  return {
    set(values) {
      for (const { name, value } of parameters) setters.get(name)?.(values[name] ?? value);
    },
  };
}

function makeSlider(parameter: Parameter, onInput: (value: number) => void) {
  const { name, label, unit, about, min, max, value: usual } = parameter;
  const range = make("input", { type: "range", id: `slider-${name}`, min: "0", max: String(STEPS), step: "1" });
  const number = make("input", {
    type: "number",
    id: `number-${name}`,
    min: String(min),
    max: String(max),
    step: "any",
    "aria-label": titleOf(parameter),
  });
  const back = make("button", { type: "button", class: "back", title: "Back to the scenario's value" }, "↺");
  back.setAttribute("aria-label", `${label}: back to the scenario's value`);
  const row = make(
    "div",
    { class: "slider", "data-parameter": name },
    make("label", { for: range.id, title: about }, label, make("span", { class: "unit" }, unit)),
    number,
    back,
    range,
  );
  const usualPosition = Math.round(STEPS * shareAt(parameter, usual));

  let current = usual;

  function set(value: number): void {
    current = value;
    range.value = String(Math.round(STEPS * shareAt(parameter, value)));
    range.setAttribute("aria-valuetext", `${rounded(value)} ${unit}`.trim());
    // What the user types must not change under the cursor.
    if (document.activeElement !== number) number.value = String(rounded(value));
    row.toggleAttribute("data-changed", value !== usual);
    back.disabled = value === usual;
  }

  range.addEventListener("input", () => {
    const position = Number(range.value);
    onInput(position === usualPosition ? usual : valueAt(parameter, position / STEPS));
  });
  number.addEventListener("input", () => {
    const value = number.valueAsNumber;
    if (value >= min && value <= max) onInput(value);
  });
  // Whatever is not a value gives way to the one that holds.
  number.addEventListener("change", () => {
    number.value = String(rounded(current));
  });
  back.addEventListener("click", () => onInput(usual));
  return { row, set };
}
