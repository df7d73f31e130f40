import { createHash } from "node:crypto";
import type { TSchema } from "@sinclair/typebox";
import { InputError, show } from "../errors";
import { readJson } from "../files";
import { firstProblem } from "./explain";
import { meanSnrDbOf } from "./link-budget";
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
      `scenario is ${show(scenario)}; allowed: ${presetNames.join(", ")}, or the path of a .json file.`,
    );
  }
  return validate(readJson(scenario), changes, scenario);
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
  const scenario = withDefaults(scenarioSchema, overlay(input, changes));
  const problem = firstProblem(scenarioSchema, scenario) ?? inconsistency(scenario as Scenario);
  if (problem) {
    throw new InputError(`${where}: ${problem}`);
  }
  return structuredClone(scenario) as Scenario;
}

/** What is given, with the default of the schema for whatever is left out; only own fields count. */
function withDefaults(schema: TSchema, given: unknown): unknown {
  const value = given === undefined ? schema.default : given;
  if (!schema.properties || !isObject(value)) return value;
  const filled: [string, unknown][] = Object.entries(schema.properties as Record<string, TSchema>).map(
    ([name, property]) => {
      const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
      return [name, withDefaults(property, own)];
    },
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
  const snrDb = meanSnrDbOf(radio);
  if (Math.abs(snrDb) > 100) {
    return `radio.linkBudget gives a mean signal-to-noise ratio of ${snrDb.toFixed(1)} dB; allowed: -100 to 100 dB.`;
  }
  return graphProblem(application) ?? measuredProblem(application) ?? traceProblem(scenario);
}

function graphProblem({ topology, subTasks, dependencies }: Scenario["application"]): string | undefined {
  if (topology !== "graph") return undefined;
  const seen = new Set<string>();
  for (const [index, [from, to]] of dependencies.entries()) {
    if (from >= to || to >= subTasks || seen.has(`${from}-${to}`)) {
      return `application.dependencies[${index}] is [${from}, ${to}]; allowed: each pair once, [from, to] with from < to < ${subTasks}.`;
    }
    seen.add(`${from}-${to}`);
  }
  return undefined;
}

function measuredProblem({ topology, subTasks, dependencies, measured }: Scenario["application"]): string | undefined {
  if (!measured) return undefined;
  const { names, dataBytes, inputBytes, outputBytes, cycles, scale } = measured;
  if (topology !== "graph") {
    return `application.measured is given for topology ${topology}; allowed: with topology graph alone.`;
  }
  for (const [field, list] of Object.entries({ names, inputBytes, outputBytes, cycles })) {
    if (list && list.length !== subTasks) {
      return `application.measured.${field} has ${list.length} entries; allowed: one for each sub-task, ${subTasks}.`;
    }
  }
  if (dataBytes.length !== dependencies.length) {
    return `application.measured.dataBytes has ${dataBytes.length} entries; allowed: one for each of application.dependencies, ${dependencies.length}.`;
  }
  if (scale[0] > scale[1]) {
    return `application.measured.scale is [${scale[0]}, ${scale[1]}]; allowed: [least, most] with least not above most.`;
  }
  const bytes = [...inputBytes];
  for (const [index, [, to]] of dependencies.entries())
    bytes[to] = (bytes[to] as number) + (dataBytes[index] as number);
  const task = cycles.findIndex((work, index) => work > 0 && (bytes[index] as number) < 1);
  if (task >= 0) {
    return `application.measured.cycles[${task}] is ${cycles[task]} for a sub-task with ${bytes[task]} bytes of input; allowed: 0, or a byte of input at least, since work goes with input.`;
  }
  return undefined;
}

/** The most that a trace may hold, in bit/s/Hz: far above any radio, and its gain is still a 32-bit float. */
const TRACE_MOST = 50;

function traceProblem({ application, radio }: Scenario): string | undefined {
  const { fading, trace, bandwidthHz, linkBudget } = radio;
  if (fading !== "trace") return undefined;
  if (!trace) return "radio.trace is missing; allowed: with fading trace, a list of bit/s, one a second.";
  if (linkBudget) return "radio.linkBudget is given with fading trace; allowed: none, since throughput is measured.";
  if (trace.length < application.subTasks) {
    return `radio.trace has ${trace.length} entries; allowed: at least one for each sub-task, ${application.subTasks}.`;
  }
  const high = trace.findIndex((bitPerS) => bitPerS > TRACE_MOST * bandwidthHz);
  if (high >= 0) {
    return `radio.trace[${high}] is ${trace[high]}; allowed: at most ${TRACE_MOST} bit/s/Hz of radio.bandwidthHz, ${TRACE_MOST * bandwidthHz} bit/s.`;
  }
  return undefined;
}

/** JSON with the keys of every object in order, so that equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}
