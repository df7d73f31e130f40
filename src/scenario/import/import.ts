import path from "node:path";
import { InputError, show, within } from "../../errors";
import { readText } from "../../files";
import { loadScenario } from "../load";
import type { Scenario } from "../scenario";
import { readDot } from "./dot";
import type { Imported } from "./imported";
import { readLayers } from "./layers";
import { readTrace } from "./trace";
import { readWorkflow } from "./workflow";

/** Kinds of files: a WfCommons workflow, a DOT graph, the layers of a network (Keras, TensorFlow.js) and a throughput trace. */
export const IMPORT_KINDS = ["workflow", "dot", "layers", "trace"] as const;

export type ImportKind = (typeof IMPORT_KINDS)[number];

/** What can be said about an import. */
export interface ImportOptions {
  /** The kind of the file; by default what its content looks like. */
  readonly as?: ImportKind;
  /** The scenario that has all that the file does not say: a preset, a file or a scenario. Default `paper`. */
  readonly base?: string | Scenario;
  /** What a multiply-add takes (layers). Default 1 cycle: plain code on a mobile processor. */
  readonly cyclesPerMultiplyAdd?: number;
}

/** A scenario from a file of another tool. */
export interface Import {
  readonly scenario: Scenario;
  readonly kind: ImportKind;
  /** What was taken from the file, in sentences. */
  readonly taken: readonly string[];
  /** What the file does not say and was assumed, in sentences. */
  readonly assumed: readonly string[];
}

/**
 * Makes a scenario of a file of another tool; see importText.
 *
 *     const { scenario, assumed } = await importFile("mobilenet/model.json");
 */
export async function importFile(file: string, options: ImportOptions = {}): Promise<Import> {
  return importText(readText(file), file, options);
}

/**
 * Makes a scenario of the text of a file of another tool: the application of a WfCommons workflow, a DOT graph or a layers model, or
 * the radio of a throughput trace, and everything else from `base`. The scenario is called like the file.
 *
 * Throws an InputError that names the file, the field and what is allowed.
 */
export async function importText(text: string, file: string, options: ImportOptions = {}): Promise<Import> {
  const { base = "paper" } = options;
  // Some editors put a byte-order mark in front.
  const content = text.replace(/^\uFEFF/, "");
  const kind = options.as ?? kindOf(content, file);
  if (!IMPORT_KINDS.includes(kind)) {
    throw new InputError(`kind is ${show(kind)}; allowed: ${IMPORT_KINDS.join(", ")}.`);
  }
  const name = path.basename(file);
  const { application, radio, sources, taken, assumed } = await read(kind, content, name, options);
  const from = loadScenario(base);
  const { measured: _measured, ...formerApplication } = from.application;
  const { linkBudget: _linkBudget, ...formerRadio } = from.radio;
  const made = {
    ...from,
    name:
      path
        .parse(name)
        .name.replaceAll(/[^A-Za-z0-9._-]+/g, "-")
        .slice(0, 60) || kind,
    description: `${kind} ${name} on ${from.name}`.slice(0, 2000),
    sources: { ...from.sources, ...sources },
    ...(application ? { application: { ...formerApplication, ...application } } : {}),
    ...(radio ? { radio: { ...formerRadio, ...radio } } : {}),
  };
  const scenario = within(name, () => loadScenario(made));
  return { scenario, kind, taken, assumed };
}

function read(
  kind: ImportKind,
  text: string,
  file: string,
  { cyclesPerMultiplyAdd = 1 }: ImportOptions,
): Imported | Promise<Imported> {
  switch (kind) {
    case "workflow":
      return readWorkflow(text, file);
    case "dot":
      return readDot(text, file);
    case "layers":
      if (!(cyclesPerMultiplyAdd > 0 && cyclesPerMultiplyAdd <= 1e6)) {
        throw new InputError(
          `cyclesPerMultiplyAdd is ${cyclesPerMultiplyAdd}; allowed: a number above 0 and up to 1e6.`,
        );
      }
      return readLayers(text, file, cyclesPerMultiplyAdd);
    case "trace":
      return readTrace(text, file);
  }
}

/** What the content of a file looks like. */
function kindOf(text: string, file: string): ImportKind {
  const beginning = text.slice(0, 100_000).replace(/^(\s|\/\/.*|#.*|\/\*[\s\S]*?\*\/)+/, "");
  if (beginning.startsWith("{")) {
    if (/"(modelTopology|class_name|model_config)"/.test(beginning)) return "layers";
    if (/"(schemaVersion|workflow)"/.test(beginning)) return "workflow";
  }
  if (/^(strict\s+)?(di)?graph\b/i.test(beginning)) return "dot";
  if (/^(\[|time\b|[\d.]+\s*[,;\s]\s*\d)/i.test(beginning)) return "trace";
  throw new InputError(`the kind of ${file} is not clear; allowed: ${IMPORT_KINDS.join(", ")} (--as).`);
}
