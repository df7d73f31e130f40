import { table } from "table";
import { type Scenario, scenarioSchema } from "../scenario/scenario";

/** The parameters of a scenario as a table: name, value, unit, source and meaning. */
export function parametersText(scenario: Scenario): string {
  const rows: string[][] = [["parameter", "value", "unit", "source", "meaning"]];
  collect(scenarioSchema.properties, scenario, "", scenario.sources, rows);
  const description = scenario.description ? `: ${scenario.description}` : "";
  return `${scenario.name}${description}\n${table(rows, {
    columns: { 1: { alignment: "right" }, 3: { width: 24, wrapWord: true }, 4: { width: 60, wrapWord: true } },
    drawHorizontalLine: (line, lines) => line <= 1 || line === lines,
  }).trimEnd()}`;
}

interface Described {
  description?: string;
  unit?: string;
  source?: string;
  default?: unknown;
  properties?: Record<string, Described>;
}

function collect(
  properties: Record<string, Described>,
  values: object,
  prefix: string,
  sources: Record<string, string>,
  rows: string[][],
): void {
  for (const [name, schema] of Object.entries(properties)) {
    const value = (values as Record<string, unknown>)[name];
    const field = prefix + name;
    if (schema.properties && value !== undefined) {
      collect(schema.properties, value as object, `${field}.`, sources, rows);
    } else if (schema.unit && value !== undefined) {
      const isDefault = JSON.stringify(value) === JSON.stringify(schema.default);
      const source = sources[field] ?? (isDefault ? (schema.source as string) : "this scenario");
      rows.push([field, JSON.stringify(value), schema.unit, source, schema.description as string]);
    }
  }
}
