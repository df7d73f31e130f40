import { createHash } from "node:crypto";
import path from "node:path";
import type { TSchema } from "@sinclair/typebox";
import { Value, type ValueError } from "@sinclair/typebox/value";
import { InputError } from "../errors";
import { readJson } from "../files";
import literature from "./presets/literature.json";
import paper from "./presets/paper.json";
import paperSelective from "./presets/paper-selective.json";
import { type Scenario, scenarioSchema } from "./scenario";

/** The scenarios that come with the lab, by name. */
const PRESETS: Record<string, unknown> = { paper, "paper-selective": paperSelective, literature };

/** Names of the presets, for `--scenario` and `loadScenario`. */
export const presetNames: readonly string[] = Object.keys(PRESETS);

/**
 * Loads a scenario: a preset by its name, a JSON file by its path, or a plain object; what it leaves out gets its
 * default. Changes are laid over it, group by group.
 *
 *     loadScenario("paper", { radio: { fading: "selective" } })
 *
 * Throws an InputError that names the first field that is wrong, its value and what is allowed.
 */
export function loadScenario(scenario: string | object = "paper", changes: ScenarioChanges = {}): Scenario {
  if (typeof scenario !== "string") {
    return validate(scenario, changes, "scenario");
  }
  if (Object.hasOwn(PRESETS, scenario)) {
    return validate(PRESETS[scenario], changes, `scenario ${scenario}`);
  }
  if (!scenario.endsWith(".json")) {
    throw new InputError(
      `scenario is ${JSON.stringify(scenario)}; allowed: ${presetNames.join(", ")}, or the path of a .json file.`,
    );
  }
  return validate(readJson(path.resolve(scenario)), changes, scenario);
}

/** Parameters to change, group by group. */
export type ScenarioChanges = { [Group in keyof Scenario]?: Partial<Scenario[Group]> | Scenario[Group] };

/** The first 12 hexadecimal digits of the SHA-256 of all parameters: equal for scenarios that mean the same. */
export function scenarioHash(scenario: Scenario): string {
  const { name: _name, description: _description, sources: _sources, ...parameters } = scenario;
  return createHash("sha256").update(canonicalJson(parameters)).digest("hex").slice(0, 12);
}

function overlay(scenario: object, changes: object): object {
  const result: Record<string, unknown> = { ...scenario };
  for (const [group, change] of Object.entries(changes)) {
    const before = result[group];
    result[group] = isObject(before) && isObject(change) ? { ...before, ...change } : change;
  }
  return result;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function validate(input: unknown, changes: ScenarioChanges, where: string): Scenario {
  if (!isObject(input)) {
    throw new InputError(`${where} holds ${show(input)}; allowed: a JSON object with the groups of a scenario.`);
  }
  const scenario = withDefaults(scenarioSchema, structuredClone(overlay(input, changes)));
  const error = Value.Errors(scenarioSchema, scenario).First();
  if (error) {
    throw new InputError(`${where}: ${explain(error)}`);
  }
  const problem = inconsistency(scenario as Scenario);
  if (problem) {
    throw new InputError(`${where}: ${problem}`);
  }
  return scenario as Scenario;
}

/** What is given, with the default of the schema for whatever is left out; only own fields count. */
function withDefaults(schema: TSchema, given: unknown): unknown {
  const value = given === undefined ? structuredClone(schema.default) : given;
  if (!schema.properties || !isObject(value)) return value;
  const filled: [string, unknown][] = Object.entries(schema.properties as Record<string, TSchema>).map(
    ([name, property]) => [name, withDefaults(property, (value as Record<string, unknown>)[name])],
  );
  return { ...value, ...Object.fromEntries(filled.filter(([, content]) => content !== undefined)) };
}

/** What fields contradict each other, in a sentence; undefined when none do. */
function inconsistency(scenario: Scenario): string | undefined {
  const { application, radio, edge, wired } = scenario;
  const ranges = {
    "application.dataBytes": application.dataBytes,
    "application.cyclesPerByte": application.cyclesPerByte,
    "edge.coresGranted": edge.coresGranted,
    "radio.subcarriersGranted": radio.subcarriersGranted,
    "wired.delayS": wired.delayS,
  };
  for (const [field, [least, most]] of Object.entries(ranges)) {
    if (least > most) {
      return `${field} is [${least}, ${most}]; allowed: [least, most] with least not above most.`;
    }
  }
  if (radio.subcarriersGranted[1] > radio.subcarriers) {
    return `radio.subcarriersGranted goes up to ${radio.subcarriersGranted[1]}; allowed: at most radio.subcarriers, ${radio.subcarriers}.`;
  }
  if (edge.coresGranted[1] > edge.cores) {
    return `edge.coresGranted goes up to ${edge.coresGranted[1]}; allowed: at most edge.cores, ${edge.cores}.`;
  }
  if (application.topology === "branches" && application.subTasks % application.branches !== 0) {
    return `application.branches is ${application.branches}; allowed: a divisor of application.subTasks, ${application.subTasks}.`;
  }
  if (application.topology === "graph") {
    const seen = new Set<string>();
    for (const [index, [from, to]] of application.dependencies.entries()) {
      if (from >= to || to >= application.subTasks || seen.has(`${from}-${to}`)) {
        return `application.dependencies[${index}] is [${from}, ${to}]; allowed: each pair once, [from, to] with from < to < ${application.subTasks}.`;
      }
      seen.add(`${from}-${to}`);
    }
  }
  return undefined;
}

function explain({ path: pointer, schema, value }: ValueError): string {
  const field = pointer.slice(1).replaceAll("/", ".");
  const parent = pointer.split("/").slice(1, -1);
  const properties = propertiesAt(parent);
  const last = pointer.split("/").pop() as string;
  if (properties && !Object.hasOwn(properties, last)) {
    return `${field} is not a parameter; allowed: ${Object.keys(properties).join(", ")}.`;
  }
  const given = value === undefined ? "missing" : show(value);
  return `${field} is ${given}; allowed: ${allowed(schema)}.`;
}

/** The properties of the group of the schema at a path; undefined when there is no such group. */
function propertiesAt(path: string[]): Record<string, TSchema> | undefined {
  let schema: TSchema | undefined = scenarioSchema;
  for (const part of path) {
    schema = schema?.properties && Object.hasOwn(schema.properties, part) ? schema.properties[part] : undefined;
  }
  return schema?.properties;
}

/** What a value of this schema may be, in words. */
function allowed(schema: TSchema): string {
  const unit = schema.unit && schema.unit !== "1" ? ` (${schema.unit})` : "";
  if (schema.anyOf) {
    return schema.anyOf.map((literal: TSchema) => literal.const).join(", ");
  }
  switch (schema.type) {
    case "number":
      return `a number from ${schema.minimum} to ${schema.maximum}${unit}`;
    case "integer":
      return schema.maximum === undefined
        ? `a whole number from ${schema.minimum}`
        : `a whole number from ${schema.minimum} to ${schema.maximum}${unit}`;
    case "array":
      if (schema.items?.length !== 2) return `a list of at most ${schema.maxItems} pairs [from, to]`;
      return `${schema.unit ? "[least, most]" : "[from, to]"}, each ${allowed(schema.items[0])}${unit}`;
    case "object":
      return schema.properties ? `an object with ${Object.keys(schema.properties).join(", ")}` : "an object of strings";
    default:
      if (schema.pattern) return `a name of at most ${schema.maxLength} letters, digits, '.', '_' and '-'`;
      return schema.maxLength ? `a text of at most ${schema.maxLength} characters` : "a text";
  }
}

/** A value in a message: at most 60 characters of its JSON. */
function show(value: unknown): string {
  const text = typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** JSON with the keys of every object in order, so that equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}
