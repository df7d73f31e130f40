#!/usr/bin/env node
import path from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { table } from "table";
import type { Target } from "../calibration/calibrate";
import { generateChunks, provenanceOf } from "../demonstrations/generate";
import { type Split, streamOf } from "../demonstrations/split";
import { writeCsv } from "../demonstrations/store";
import { InputError, requireInteger, within } from "../errors";
import { breakdown } from "../evaluation/breakdown";
import { breakdownText } from "../evaluation/breakdown-text";
import { meanDeviation, PAPER_HEADER, type PaperRow, paperCells } from "../evaluation/paper-table";
import { reportTable } from "../evaluation/report";
import { closeExporter, exportFigure, requireExporter } from "../figures/export";
import { readJson, writeFile } from "../files";
import { calibrationOf } from "../lab/calibration";
import type { Cell } from "../lab/data-frame";
import {
  demonstrationsFile,
  type Experiment,
  evaluationOf,
  figuresOf,
  MODELS,
  modelOf,
  openExperiment,
  paperTableOf,
} from "../lab/experiment";
import { demonstrationsInShards, trainCompared } from "../lab/job-lists";
import { JobsFailed, type Where } from "../lab/jobs/run-jobs";
import { serveJobs } from "../lab/jobs/worker";
import { Interrupted, longWork } from "../lab/long-work";
import { modelFolder } from "../lab/runs";
import { bestTrial, plannedSweep, sweepCoordinates, sweepOf, sweepRows } from "../lab/sweep";
import { SWEPT, type SweepOptions } from "../lab/sweep-space";
import { HEADS } from "../learning/heads";
import { capacityOf } from "../mec/capacity";
import { sampleStates } from "../mec/states";
import { costTables } from "../mec/tables";
import { lpText } from "../optimal/lp-text";
import { oneState } from "../optimal/one-state";
import { METHODS, type OptimalOptions, optimal } from "../optimal/optimal";
import { IMPORT_KINDS, type ImportKind, importFile } from "../scenario/import/import";
import { loadScenario, presetNames, scenarioHash } from "../scenario/load";
import { parametersOf } from "../scenario/parameters";
import type { Scenario } from "../scenario/scenario";
import { INSTALLED, VERSION } from "../version";
import { usageError } from "./usage-error";

/** The options that say which experiment a command is about. */
interface ExperimentFlags {
  scenario: string;
  seed: number;
  count?: number;
  out?: string;
  quick?: boolean;
}

interface OptimalFlags {
  scenario: string;
  seed: number;
  count: number;
  method: NonNullable<OptimalOptions["method"]>[];
  timeLimit: number;
  lp?: string;
}

/** The folder of what is made, in words. */
const OUT = INSTALLED ? "the current folder" : "the folder of the lab";

const SPLITS: readonly Split[] = ["train", "validation", "test"];

/** What a file of a sweep looks like. */
const SWEEP_HELP = `
The file of a random search ("trials"); without trials the lists are a grid, and all combinations are trained:

  {
    "space": {
      "layers": [1, 2, 3],
      "width": { "low": 32, "high": 512, "scale": "log" },
      "learningRate": { "low": 0.0003, "high": 0.03, "scale": "log" },
      "head": ["sigmoid", "softmax"]
    },
    "trials": 20,
    "seed": 1,
    "options": { "epochs": 12, "demonstrations": 20000 }
  }

"space" may hold ${SWEPT.join(", ")}; "options" is what all trials share.`;

const program = new Command("dios")
  .description(
    "Deep imitation learning for mobile edge computation offloading: the stages of the lab on the command line.",
  )
  .version(VERSION)
  .configureOutput({ outputError: (text, write) => write(usageError(text, program)) })
  .exitOverride();

stage("generate", "demonstrations: states and their optimal decisions, as Apache Arrow files")
  .option("--csv", "write them as CSV too")
  .addOption(daskOption())
  .option("--shards <n>", "with --dask: parts to generate each data set in (default: one for 250000)", wholeNumber)
  .action(async (flags: ExperimentFlags & { csv?: boolean; dask?: string; shards?: number }) => {
    const experiment = open(flags);
    const { dask, shards } = flags;
    if (shards !== undefined && dask === undefined) {
      throw new InputError(`shards is ${shards} without --dask; allowed: --shards together with --dask.`);
    }
    for (const split of SPLITS) {
      say(
        dask === undefined
          ? await demonstrationsFile(experiment, split)
          : await demonstrationsInShards(experiment, split, { dask }, shards),
      );
      if (flags.csv) await writeSplitCsv(experiment, split);
    }
  });

stage("train", "the networks of DIOS and SOS, on demonstrations that are generated when absent")
  .addOption(new Option("--head <name>", "output head").choices(Object.keys(HEADS)))
  .option("--hidden <units>", "units of the hidden layers of DIOS, such as 256,256", wholeNumbers)
  .option("--epochs <n>", "most passes over the demonstrations", wholeNumber)
  .option("--batch <n>", "demonstrations a step", wholeNumber)
  .option("--learning-rate <x>", "learning rate of Adam", number)
  .option("--name <name>", "store a network of these options under this name, and train no other")
  .action(async (flags: ExperimentFlags & { name?: string; hidden?: number[] }) => {
    const experiment = open(flags);
    const { scenario, seed, count, out, quick, name, ...options } = flags;
    if (name !== undefined) modelFolder(experiment, name);
    const models = name ? { [name]: options } : { dios: { ...MODELS.dios, ...options }, sos: { ...MODELS.sos } };
    for (const [model, modelOptions] of Object.entries(models)) {
      const { history, bestEpoch } = await modelOf(experiment, model, modelOptions);
      const best = history[bestEpoch - 1];
      const right = best ? `${(100 * best.validationAccuracy).toFixed(2)} % of validation labels right` : "";
      say(`${path.join(experiment.folder, model)}: epoch ${bestEpoch}, ${right}`);
    }
  });

stage("evaluate", "accuracy, cost and execution time of the schemes on unseen states").action(
  async (flags: ExperimentFlags) => {
    const experiment = open(flags);
    say(reportTable(await evaluationOf(experiment)));
    say(path.join(experiment.folder, "evaluation.json"));
  },
);

stage("figures", "Figures 3, 4 and 5 as PDF, SVG, PNG and CSV").action(async (flags: ExperimentFlags) => {
  const experiment = open(flags);
  for (const { id } of await figuresOf(experiment)) say(path.join(experiment.figuresFolder, id));
});

stage("reproduce", "all of it: the paper's figures, and its published numbers beside ours")
  .option(
    "--seeds <n>",
    "repeat everything with this many seeds from --seed on, for the intervals of the table",
    wholeNumber,
    1,
  )
  .addOption(workersOption())
  .addOption(daskOption())
  .action(async (flags: ExperimentFlags & Where & { seeds: number }) => {
    requireInteger("seeds", flags.seeds, 1, 1000);
    const experiment = open(flags);
    const others = Array.from({ length: flags.seeds - 1 }, (_, i) => open({ ...flags, seed: flags.seed + i + 1 }));
    requireExporter();
    if (others.length > 0 || flags.dask !== undefined) await trainCompared([experiment, ...others], whereOf(flags));
    const evaluation = await evaluationOf(experiment);
    await figuresOf(experiment, evaluation);
    const rows = await paperTableOf([experiment, ...others]);
    say(reportTable(evaluation));
    say(paperText(rows, flags.seeds));
    say(`Figures and the table as CSV, Markdown and LaTeX: ${experiment.figuresFolder}`);
    say(`Data, models and results: ${experiment.folder}`);
  });

stage(
  "sweep",
  "a hyper-parameter sweep: networks over a grid or a random choice of options, compared on the validation set",
)
  .argument("<file>", "JSON file with the space to search")
  .option("--name <name>", "name to keep the sweep under (default: that of the file)")
  .addOption(workersOption())
  .addOption(daskOption())
  .addHelpText("after", SWEEP_HELP)
  .action(async (file: string, flags: ExperimentFlags & Where & { name?: string }) => {
    const experiment = open(flags);
    const name = flags.name ?? path.parse(file).name;
    const given = readJson(file);
    const { options } = within(file, () => plannedSweep(experiment, name, given as SweepOptions));
    const sweep = await sweepOf(experiment, name, options, whereOf(flags));
    say(rowsTable(sweepRows(sweep)));
    say(`Best by cost gap: ${bestTrial(sweep)?.name}.`);
    const figure = sweepCoordinates(experiment, sweep);
    await exportFigure(figure, experiment.figuresFolder);
    say(path.join(experiment.figuresFolder, figure.id));
  });

program
  .command("calibrate")
  .description("search the scenario that gives the paper's reductions of the schemes that need no learning")
  .option("--seed <n>", "seed of the search and of the states it looks at", wholeNumber, 1)
  .option("--out <folder>", `folder that gets data/ (default: ${OUT})`, place)
  .addOption(daskOption())
  .action(async ({ seed, out, dask }: { seed: number; out?: string; dask?: string }) => {
    const { scenario, fresh, deviation, folder } = await calibrationOf({
      seed,
      ...(dask === undefined ? {} : { dask }),
      ...(out === undefined ? {} : { out: path.resolve(out) }),
    });
    say(calibrationText(fresh));
    say(
      `${scenario.name}: mean absolute deviation ${deviation.toFixed(2)} points on states of a seed that the search has not seen.`,
    );
    say(path.join(folder, "scenario.json"));
  });

program
  .command("cost")
  .description("the cost and the time of one state, term by term, and its optimal decisions")
  .addOption(scenarioOption())
  .requiredOption("--seed <n>", "seed of the data set", wholeNumber)
  .requiredOption("--index <n>", "number of the state in the data set, from 0", wholeNumber)
  .addOption(new Option("--split <name>", "which data set of the seed").choices(SPLITS).default("train"))
  .option(
    "--decisions <sites>",
    "site of each sub-task (0 local, 1 edge, 2 cloud), such as 0,1,2,0,1,2; default: the optimal ones",
    wholeNumbers,
  )
  .option("--json", "print JSON")
  .action(
    (flags: { scenario: string; seed: number; index: number; split: Split; decisions?: number[]; json?: boolean }) => {
      const result = breakdown({ ...flags, scenario: loadScenario(flags.scenario) });
      say(flags.json ? JSON.stringify(result, null, 2) : breakdownText(result));
    },
  );

program
  .command("optimal")
  .description("the least cost of a scenario's states: how near it is to a proven bound, and what it takes to find it")
  .addOption(scenarioOption())
  .option("--seed <n>", "seed of the states, and of annealing", wholeNumber, 1)
  .option("--count <n>", "number of states", wholeNumber, 10)
  .option("--method <names>", `auto, or with commas between: ${METHODS.join(", ")}`, names, ["auto"])
  .option("--time-limit <s>", "seconds a state, for mixedInteger, annealing and beam", number, 10)
  .option("--lp <file>", "write the first state as a mixed-integer program in CPLEX's LP format", place)
  .action(async ({ scenario: name, seed, count, method, timeLimit, lp }: OptimalFlags) => {
    requireInteger("count", count, 1, 1_000_000);
    const scenario = loadScenario(name);
    const states = sampleStates(scenario, streamOf(seed, "train"), 0, count);
    if (lp) {
      writeFile(path.resolve(lp), lpText(oneState(states, costTables(scenario, states), 0), capacityOf(scenario)));
      say(path.resolve(lp));
    }
    const rows: string[][] = [];
    const reasons: string[] = [];
    for (const asked of method) {
      const started = performance.now();
      const optimum = await optimal(scenario, states, { method: asked, timeLimitS: timeLimit, seed });
      const perState = (performance.now() - started) / count;
      const total = sum(optimum.totals);
      rows.push([
        asked === "auto" ? `auto: ${optimum.method}` : asked,
        (total / count).toFixed(4),
        `${((100 * optimum.certified.filter(Boolean).length) / count).toFixed(1)} %`,
        `${((100 * (total - sum(optimum.lowerBounds))) / total).toFixed(3)} %`,
        perState.toFixed(2),
      ]);
      reasons.push(optimum.reason);
    }
    say(numbersTable([["method", "mean cost", "proven optimal", "gap to the bound", "ms a state"], ...rows]));
    say(reasons.join("\n"));
  });

program
  .command("explorer")
  .description("the cost model explorer: one HTML file that works in any browser without a network")
  .addOption(scenarioOption())
  .option("--seed <n>", "seed of the model and of the states that are shown at first", wholeNumber, 1)
  .option("--out <file>", "the file to write (default: explorer.html among the figures)", place)
  .option("--quick", "with a model that learned from 10,000 demonstrations")
  .action(async ({ out, ...flags }: { scenario: string; seed: number; out?: string; quick?: boolean }) => {
    if (INSTALLED) {
      throw new InputError("explorer works in a clone of the lab alone, where the sources of its page are.");
    }
    const experiment = open(flags);
    const { scenario, seed, figuresFolder } = experiment;
    const model = await modelOf(experiment, "dios", MODELS.dios);
    const { explorerHtml } = await import("../explorer/html");
    const file = path.resolve(out ?? path.join(figuresFolder, "explorer.html"));
    writeFile(file, explorerHtml({ scenario, scenarioHash: scenarioHash(scenario), version: VERSION, seed, model }));
    say(file);
  });

program
  .command("import")
  .description("make a scenario of a WfCommons workflow, a DOT graph, a network's layers or a throughput trace")
  .argument("<file>", "WfCommons JSON, DOT, Keras or TensorFlow.js model JSON, or a trace as JSON or time,Mbit/s")
  .addOption(new Option("--as <kind>", "kind of the file (default: what it looks like)").choices([...IMPORT_KINDS]))
  .addOption(scenarioOption("what the file does not say is as in this one:"))
  .option("--cycles <n>", "cycles for a multiply-add of a network's layers", number, 1)
  .requiredOption("--out <file>", "the scenario file to write, for --scenario of other commands")
  .action(async (file: string, flags: { as?: ImportKind; scenario: string; cycles: number; out: string }) => {
    if (!flags.out.endsWith(".json")) throw new InputError(`out is ${flags.out}; allowed: the path of a .json file.`);
    const { scenario, kind, taken, assumed } = await importFile(file, {
      base: flags.scenario,
      cyclesPerMultiplyAdd: flags.cycles,
      ...(flags.as === undefined ? {} : { as: flags.as }),
    });
    writeFile(path.resolve(flags.out), `${JSON.stringify(scenario, null, 2)}\n`);
    say([`Taken from ${file} (${kind}):`, ...taken.map((line) => `  ${line}`)].join("\n"));
    say([`Assumed (the rest is as in ${flags.scenario}):`, ...assumed.map((line) => `  ${line}`)].join("\n"));
    say(flags.out);
  });

program
  .command("scenario")
  .description("the parameters of a scenario: value, unit, meaning and source")
  .addOption(scenarioOption())
  .option("--json", "print JSON, to start a scenario file of your own from")
  .action((flags: { scenario: string; json?: boolean }) => {
    const scenario = loadScenario(flags.scenario);
    say(flags.json ? JSON.stringify(scenario, null, 2) : parametersTable(scenario));
  });

program.command("worker", { hidden: true }).action(serveJobs);

function parametersTable(scenario: Scenario): string {
  const rows = parametersOf(scenario).map(({ parameter, value, unit, source, meaning }) => [
    parameter,
    value.length > 60 ? `${value.slice(0, 57)}...` : value,
    unit,
    source,
    meaning,
  ]);
  const grid = table([["parameter", "value", "unit", "source", "meaning"], ...rows], {
    columns: { 1: { alignment: "right" }, 3: { width: 24, wrapWord: true }, 4: { width: 60, wrapWord: true } },
    drawHorizontalLine: (line, lines) => line <= 1 || line === lines,
  });
  return `${scenario.name}: ${scenario.description}\n${grid.trimEnd()}`;
}

function paperText(rows: readonly PaperRow[], seeds: number): string {
  const deviations = `${meanDeviation(rows, ["ROS", "GOS", "LOS", "EOS", "COS"]).toFixed(2)} points over the ten of the schemes without learning, ${meanDeviation(rows).toFixed(2)} over all fourteen`;
  const over = seeds > 1 ? `${seeds} seeds` : "the test states of one seed";
  return [
    numbersTable([PAPER_HEADER, ...paperCells(rows)]),
    `Reductions are of DIOS against the scheme. Intervals are over ${over}. Mean absolute deviation: ${deviations}.`,
  ].join("\n");
}

function calibrationText(targets: readonly Target[]): string {
  const percent = (share: number) => (100 * share).toFixed(2);
  return numbersTable([
    ["", "paper (%)", "ours (%)"],
    ...targets.map(({ metric, scheme, published, measured }) => [
      metric === "accuracy" ? "accuracy of DIOS (T outputs)" : `${metric} reduction against ${scheme}`,
      percent(published),
      percent(measured),
    ]),
  ]);
}

/** Rows of a table as it is shown in notebooks; numbers with five significant digits. */
function rowsTable(rows: readonly Record<string, Cell>[]): string {
  const text = (value: Cell) => String(typeof value === "number" ? Number(value.toPrecision(5)) : (value ?? ""));
  return numbersTable([Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row).map(text))]);
}

function numbersTable(rows: string[][]): string {
  return table(rows, {
    columnDefault: { alignment: "right" },
    columns: [{ alignment: "left" }],
    drawHorizontalLine: (line, lines) => line <= 1 || line === lines,
  }).trimEnd();
}

function stage(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(scenarioOption())
    .option("--seed <n>", "seed of states, weights and order", wholeNumber, 1)
    .option("--count <n>", "demonstrations to learn from (default: 100000; 10000 with --quick)", wholeNumber)
    .option("--out <folder>", `folder that gets data/ and figures/ (default: ${OUT})`, place)
    .option("--quick", "everything end to end in under a minute, at a reduced size");
}

function scenarioOption(what = ""): Option {
  return new Option("--scenario <name>", `${what} ${presetNames.join(", ")}, or a .json file`.trim()).default("paper");
}

function daskOption(): Option {
  return new Option("--dask <address>", "do the work on the Dask cluster of this scheduler, such as tcp://host:8786");
}

function workersOption(): Option {
  const option = new Option("--workers <n>", "processes of this machine that do the work (default: one a core)");
  return option.argParser(wholeNumber).conflicts("dask");
}

function whereOf({ dask, workers }: Where): Where {
  return { ...(dask === undefined ? {} : { dask }), ...(workers === undefined ? {} : { workers }) };
}

function open({ scenario, seed, count, out, quick }: ExperimentFlags): Experiment {
  return openExperiment({
    scenario,
    seed,
    ...(count === undefined ? {} : { count }),
    ...(out === undefined ? {} : { out: path.resolve(out) }),
    ...(quick ? { quick } : {}),
  });
}

async function writeSplitCsv({ scenario, seed, counts, folder }: Experiment, split: Split): Promise<void> {
  const request = { scenario, seed, split, count: counts[split] };
  const file = path.join(folder, `${split}.csv`);
  await longWork(
    `Writing ${split}.csv`,
    request.count,
    `writing ${split}.csv was interrupted; nothing of it was kept, run it again.`,
    (bar, signal) => writeCsv(file, provenanceOf(request), generateChunks(request), (done) => bar.update(done), signal),
  );
  say(file);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Allowed: a whole number from 0 on.");
  return Number(text);
}

function wholeNumbers(text: string): number[] {
  return text.split(",").map((part) => {
    if (!/^\d{1,9}$/.test(part)) throw new InvalidArgumentError("Allowed: whole numbers with commas between.");
    return Number(part);
  });
}

function number(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("Allowed: a number.");
  return value;
}

/** The path of a file or a folder; an empty one, from a variable that is not set, would be the folder one is in. */
function place(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Allowed: a path.");
  return text;
}

function names(text: string): string[] {
  return text.split(",");
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (error instanceof InputError) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 2;
    } else if (error instanceof JobsFailed) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    } else if (error instanceof Interrupted) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 130;
    } else {
      throw error;
    }
  } finally {
    await closeExporter();
  }
}

void main();
