import { SCHEME_NAMES, type SchemeName } from "../../schemes/scheme";
import type { Point } from "../explore";
import type { Parameter, ParameterName } from "../parameters";

/** What the page shows. */
export interface View {
  readonly point: Point;
  /** The scheme whose plan is drawn. */
  readonly plan: SchemeName;
  /** The parameter along which the optimum is drawn. */
  readonly along: ParameterName;
  /** The parameters of the map. */
  readonly x: ParameterName;
  readonly y: ParameterName;
}

/** What the page shows at first. */
export function startView([first, ...others]: readonly Parameter[], seed: number): View {
  const x = (first as Parameter).name;
  const y = (others.find(({ name }) => name === "dataKb") ?? others[0] ?? (first as Parameter)).name;
  return { point: { seed, index: 0, values: {} }, plan: "OOS", along: x, x, y };
}

/** A view as the part of an address behind the #, so that a page that is reloaded, or sent on, shows the same. */
export function addressOf({ point, plan, along, x, y }: View): string {
  const { seed, index, values } = point;
  return new URLSearchParams(
    Object.entries({ seed, index, plan, along, x, y, ...values }).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
  ).toString();
}

/** The view of an address; what is missing in it, or makes no sense, is as at first. */
export function viewOf(address: string, parameters: readonly Parameter[], start: View): View {
  const given = new URLSearchParams(address.replace(/^#/, ""));
  const whole = (name: string, usual: number) => {
    const text = given.get(name) ?? "";
    return /^\d{1,15}$/.test(text) ? Number(text) : usual;
  };
  const among = <Name extends string>(name: string, names: readonly Name[], usual: Name) =>
    names.find((candidate) => candidate === given.get(name)) ?? usual;
  const names = parameters.map(({ name }) => name);
  const values = parameters.flatMap(({ name, value: usual, min, max }) => {
    const value = Number(given.get(name) ?? usual);
    return value >= min && value <= max && value !== usual ? [[name, value]] : [];
  });
  return {
    point: {
      seed: whole("seed", start.point.seed),
      index: whole("index", start.point.index),
      values: Object.fromEntries(values),
    },
    plan: among("plan", SCHEME_NAMES, start.plan),
    along: among("along", names, start.along),
    x: among("x", names, start.x),
    y: among("y", names, start.y),
  };
}
