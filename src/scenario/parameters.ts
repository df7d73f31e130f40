import { type Scenario, scenarioSchema } from "./scenario";

/** One parameter of a scenario. */
export interface Parameter {
  /** Name in the scenario file, such as radio.meanSnrDb. */
  readonly parameter: string;
  /** As JSON. */
  readonly value: string;
  readonly unit: string;
  /** Where the value comes from: the scenario's own note, or, for a default, that of the schema. */
  readonly source: string;
  readonly meaning: string;
}

interface Described {
  description?: string;
  unit?: string;
  source?: string;
  default?: unknown;
  properties?: Record<string, Described>;
}

/** The parameters of a scenario in the order of its file. */
export function parametersOf(scenario: Scenario): Parameter[] {
  return collect(scenarioSchema.properties, scenario, "", scenario.sources);
}

function collect(
  properties: Record<string, Described>,
  values: object,
  prefix: string,
  sources: Scenario["sources"],
): Parameter[] {
  return Object.entries(properties).flatMap(
    ([name, { properties: inner, unit, source, description, default: usual }]) => {
      const value = (values as Record<string, unknown>)[name];
      const parameter = prefix + name;
      if (inner && value !== undefined) return collect(inner, value as object, `${parameter}.`, sources);
      if (!unit || value === undefined) return [];
      const text = JSON.stringify(value);
      const usualSource = text === JSON.stringify(usual) ? (source as string) : "this scenario";
      return [
        { parameter, value: text, unit, source: sources[parameter] ?? usualSource, meaning: description as string },
      ];
    },
  );
}
