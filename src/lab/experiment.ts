import fs from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { standardise, statisticsOf } from "../demonstrations/features";
import { type Demonstrations, type GenerateRequest, provenanceOf } from "../demonstrations/generate";
import { generateParallel } from "../demonstrations/parallel";
import type { Split } from "../demonstrations/split";
import {
  loadDemonstrations,
  openDemonstrations,
  type StoredDemonstrations,
  storeDemonstrations,
  storedProvenance,
} from "../demonstrations/store";
import { InputError, requireInteger } from "../errors";
import type { Estimate } from "../evaluation/estimate";
import { type Evaluation, evaluate } from "../evaluation/evaluate";
import { type PaperRow, paperTable, writePaperTable } from "../evaluation/paper-table";
import { writeReport } from "../evaluation/report";
import { exportFigure, requireExporter } from "../figures/export";
import type { Figure } from "../figures/figure";
import { figure3, figure4, figure5 } from "../figures/paper-figures";
import { loadModel, type Model, saveModel } from "../learning/model";
import { Q_DEFAULTS, type QOptions, trainQ } from "../learning/q-learning";
import { loadQModel, type QModel, saveQModel } from "../learning/q-model";
import { storedStatistics, storedTrainingSet } from "../learning/stored-training-set";
import { checkTrainOptions, TRAIN_DEFAULTS, type TrainOptions, train, trainingSetOf } from "../learning/train";
import { costTables } from "../mec/tables";
import { loadScenario, scenarioHash } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";
import { dros } from "../schemes/dros";
import { cos, eos, los } from "../schemes/fixed";
import { gos } from "../schemes/gos";
import { dios, sos } from "../schemes/imitation";
import { oos } from "../schemes/oos";
import { ros } from "../schemes/ros";
import { INSTALLED, ROOT } from "../version";
import { longWork } from "./long-work";

/** What a run of the lab is about. */
export interface ExperimentOptions {
  /** A preset's name, the path of a scenario file, or a scenario. Default `paper`. */
  readonly scenario?: string | Scenario;
  /** Default 1. */
  readonly seed?: number;
  /** Demonstrations to learn from. Default 100,000; 10,000 in a quick run. */
  readonly count?: number;
  /** Everything end to end in under a minute, at a reduced size. Default: whether DIOS_QUICK is set in the environment. */
  readonly quick?: boolean;
  /** Folder that gets `data/` and `figures/`. Default: DIOS_OUT in the environment, or the folder of the lab. */
  readonly out?: string;
}

/**
 * One scenario, one seed, one size: its data sets, models and results share a folder, are made when they are absent and reused
 * when scenario, seed, size and version agree.
 */
export interface Experiment {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly counts: { readonly [split in Split]: number };
  readonly quick: boolean;
  /** The folder that has `data/` and `figures/`. */
  readonly out: string;
  /** Folder of the data sets, models and results. */
  readonly folder: string;
  /** Folder of the figures. */
  readonly figuresFolder: string;
}

/** Describes an experiment; makes nothing yet. Throws an InputError that names the option that is wrong. */
export function openExperiment(options: ExperimentOptions = {}): Experiment {
  const { seed = 1, quick = Boolean(process.env.DIOS_QUICK) } = options;
  const out = outputFolder(options.out);
  const scenario = loadScenario(options.scenario ?? "paper");
  const count = options.count ?? (quick ? 10_000 : 100_000);
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  requireInteger("count", count, 10, 100_000_000);
  const unseen = quick ? 2_000 : 10_000;
  const name = `${scenario.name}-${scenarioHash(scenario)}-seed-${seed}-count-${count}${quick ? "-quick" : ""}`;
  return {
    scenario,
    seed,
    quick,
    counts: { train: count, validation: unseen, test: unseen },
    out,
    folder: path.join(out, "data", name),
    figuresFolder: path.join(out, "figures", ...(quick ? ["quick"] : [])),
  };
}

/**
 * The folder that gets `data/` and `figures/`: the one given, DIOS_OUT in the environment, or that of the lab; where the lab is a package of
 * another project, the current one.
 */
export function outputFolder(given?: string): string {
  return given ?? process.env.DIOS_OUT ?? (INSTALLED ? process.cwd() : ROOT);
}

/** What generates the demonstrations of a split. */
export function requestOf({ scenario, seed, counts }: Experiment, split: Split): GenerateRequest {
  return { scenario, seed, split, count: counts[split] };
}

/**
 * The file of a split's demonstrations, which `make` generates unless they are stored. They may be more than fit in memory.
 */
export async function demonstrationsFile(
  experiment: Experiment,
  split: Split,
  make: (file: string) => Promise<void> = (file) => generateTo(file, experiment, split),
): Promise<string> {
  const file = fileOf(experiment, split);
  const stored = await loaded(() => storedProvenance(file), file);
  if (!isDeepStrictEqual(stored, provenanceOf(requestOf(experiment, split)))) await make(file);
  return file;
}

/** The demonstrations of a split: loaded when they are stored, else generated and stored. */
export async function demonstrationsOf(experiment: Experiment, split: Split): Promise<Demonstrations> {
  return readStored(experiment, split, loadDemonstrations);
}

/** What `use` makes of the file of a split's demonstrations, which are generated unless they are stored. They may be more than fit in memory. */
export async function withDemonstrations<T>(
  experiment: Experiment,
  split: Split,
  use: (stored: StoredDemonstrations) => Promise<T>,
): Promise<T> {
  const stored = await readStored(experiment, split, openDemonstrations);
  try {
    return await use(stored);
  } finally {
    stored.close();
  }
}

async function readStored<T>(experiment: Experiment, split: Split, read: (file: string) => T): Promise<T> {
  const file = await demonstrationsFile(experiment, split);
  const stored = await loaded(() => read(file), file);
  if (stored) return stored;
  await generateTo(file, experiment, split);
  return read(file);
}

const fileOf = ({ folder }: Experiment, split: Split): string => path.join(folder, `${split}.arrow`);

async function generateTo(file: string, experiment: Experiment, split: Split): Promise<void> {
  const request = requestOf(experiment, split);
  await longWork(
    `Generating ${split} demonstrations`,
    request.count,
    `generation of the ${split} demonstrations was interrupted; nothing of them was kept, run it again.`,
    (bar, signal) =>
      storeDemonstrations(
        file,
        provenanceOf(request),
        generateParallel(request, undefined, true),
        (done) => bar.update(done),
        signal,
      ),
  );
}

/** What can be said of a model to train; the rest has the defaults of TRAIN_DEFAULTS. */
export type ModelOptions = Partial<Omit<TrainOptions, "seed">>;

/** Options of the models of the paper's schemes: DIOS deep, SOS with one hidden layer, and DIOS with the paper's T outputs. */
export const MODELS: { readonly [name in "dios" | "sos" | "dios-literal"]: ModelOptions } = {
  dios: { hidden: [256, 256] },
  sos: { hidden: [256] },
  "dios-literal": { hidden: [256, 256], head: "literal" },
};

/** All options of a training in an experiment: what is not said has its default, and the seed is the experiment's. */
export function trainOptionsOf({ quick, seed }: Experiment, options: ModelOptions): TrainOptions {
  return { ...TRAIN_DEFAULTS, ...(quick ? { epochs: 20, batch: 256 } : {}), seed, ...options };
}

/** A trained model, loaded when it is stored with the same options and training set, else trained and stored. */
export async function modelOf(experiment: Experiment, name: string, options: ModelOptions): Promise<Model> {
  const full = trainOptionsOf(experiment, options);
  checkTrainOptions(full);
  const target = path.join(experiment.folder, name);
  const stored = await storedModel(experiment, target, full, loadModel);
  if (stored) return stored;
  const validation = await demonstrationsOf(experiment, "validation");
  const checkpoint = `${target}.checkpoint`;
  const model = await withDemonstrations(experiment, "train", async (training): Promise<Model> => {
    const statistics = storedStatistics(training);
    const { network, history, bestEpoch } = await longWork(
      `Training ${name}`,
      full.epochs,
      `training of ${name} was interrupted; run it again to resume from its last whole epoch.`,
      async (bar, signal) => {
        let note = "";
        const set = storedTrainingSet(training, statistics);
        const trained = await train(set, trainingSetOf(validation, statistics), full, {
          signal,
          checkpoint,
          onResume: ({ length }) => bar.resume(length),
          onStep: (epochs) => bar.update(epochs, note),
          onEpoch({ epoch, validationLoss, validationAccuracy }) {
            note = `loss ${validationLoss.toFixed(4)}, labels right ${(100 * validationAccuracy).toFixed(2)} %`;
            bar.update(epoch, note);
          },
        });
        if (trained.stopped) signal.throwIfAborted();
        return trained;
      },
    );
    return { network, options: full, statistics, trainedOn: training.provenance, history, bestEpoch };
  });
  saveModel(target, model);
  fs.rmSync(checkpoint, { force: true });
  return model;
}

/** The Q-network of DROS, loaded when it is stored with the same options and training states, else trained and stored. */
export async function qModelOf(experiment: Experiment, options: Partial<Omit<QOptions, "seed">> = {}): Promise<QModel> {
  const full = qOptionsOf(experiment, options);
  const target = path.join(experiment.folder, "dros");
  const stored = await storedModel(experiment, target, full, loadQModel);
  if (stored) return stored;
  const training = await demonstrationsOf(experiment, "train");
  const validation = await demonstrationsOf(experiment, "validation");
  const statistics = statisticsOf(training.features);
  // States and costs alone: the agent does not see the optimal decisions.
  const set = ({ states, features }: Demonstrations) => ({
    states,
    features: standardise(features, statistics),
    costs: costTables(experiment.scenario, states),
  });
  const checkpoint = `${target}.checkpoint`;
  const { network, history } = await longWork(
    "Training dros",
    full.steps,
    "training of dros was interrupted; run it again to resume from its last look at the validation set.",
    async (bar, signal) => {
      let note = "";
      const trained = await trainQ(set(training), set(validation), full, {
        signal,
        checkpoint,
        onResume: (steps) => bar.resume(steps),
        onStep: (steps) => bar.update(Math.min(steps, full.steps), note),
        onReport({ validationCost }) {
          note = `validation cost ${validationCost.toFixed(3)}`;
        },
      });
      if (trained.stopped) signal.throwIfAborted();
      return trained;
    },
  );
  const model: QModel = { network, options: full, statistics, trainedOn: training.provenance, history };
  saveQModel(target, model);
  fs.rmSync(checkpoint, { force: true });
  return model;
}

function qOptionsOf({ quick, seed }: Experiment, options: Partial<Omit<QOptions, "seed">> = {}): QOptions {
  return { ...Q_DEFAULTS, ...(quick ? Q_QUICK : {}), ...options, seed };
}

/** Q-learning at the size of a quick run. */
const Q_QUICK: Partial<QOptions> = {
  steps: 60_000,
  evaluateEvery: 10_000,
  epsilon: [1, 0.05, 30_000],
  hidden: [128, 128],
};

/** Compares the schemes on the test set and writes evaluation.json and evaluation.csv into the experiment's folder. */
export async function evaluationOf(experiment: Experiment): Promise<Evaluation> {
  const test = await demonstrationsOf(experiment, "test");
  const evaluation = evaluate(test, [
    oos,
    dios(await modelOf(experiment, "dios", MODELS.dios)),
    dros(await qModelOf(experiment)),
    sos(await modelOf(experiment, "sos", MODELS.sos)),
    gos,
    ros(experiment.seed),
    los,
    eos,
    cos,
  ]);
  writeReport(experiment.folder, evaluation);
  return evaluation;
}

/** Accuracy of DIOS with the paper's T outputs on the test set. */
export async function literalAccuracyOf(experiment: Experiment): Promise<Estimate> {
  const test = await demonstrationsOf(experiment, "test");
  const model = await modelOf(experiment, "dios-literal", MODELS["dios-literal"]);
  return evaluate(test, [dios(model)]).results[0]?.accuracy as Estimate;
}

/**
 * The paper's 15 numbers beside ours, over as many independent seeds as there are experiments (each with its own data sets and
 * networks); written as paper-table.csv, .md and .tex into the figures' folder of the first.
 */
export async function paperTableOf(experiments: readonly [Experiment, ...Experiment[]]): Promise<PaperRow[]> {
  const evaluations: Evaluation[] = [];
  const literal: Estimate[] = [];
  for (const experiment of experiments) {
    evaluations.push(await evaluationOf(experiment));
    literal.push(await literalAccuracyOf(experiment));
  }
  const rows = paperTable(evaluations, literal);
  writePaperTable(experiments[0].figuresFolder, rows);
  return rows;
}

/** Draws Figures 3, 4 and 5 and writes each as PDF, SVG, PNG and CSV into the figures' folder. */
export async function figuresOf(experiment: Experiment, evaluation?: Evaluation): Promise<Figure[]> {
  requireExporter();
  const shown = evaluation ?? (await evaluationOf(experiment));
  const figures = [figure3(shown), figure4(shown), figure5(shown)];
  const kept = "drawing was interrupted; the figures drawn before are kept, run it again for the others.";
  await longWork("Drawing figures", figures.length, kept, async (bar, signal) => {
    for (const [index, figure] of figures.entries()) {
      await exportFigure(figure, experiment.figuresFolder);
      bar.update(index + 1);
      if (index + 1 < figures.length) signal.throwIfAborted();
    }
  });
  return figures;
}

/** The models that evaluationOf and literalAccuracyOf compare, by name. */
export const COMPARED: readonly (keyof typeof MODELS | "dros")[] = ["dros", "dios", "dios-literal", "sos"];

/** Whether a model of COMPARED is stored, so that nothing need be trained for it. */
export async function isTrained(experiment: Experiment, name: (typeof COMPARED)[number]): Promise<boolean> {
  const folder = path.join(experiment.folder, name);
  return name === "dros"
    ? (await storedModel(experiment, folder, qOptionsOf(experiment), loadQModel)) !== undefined
    : (await storedModel(experiment, folder, trainOptionsOf(experiment, MODELS[name]), loadModel)) !== undefined;
}

/** The model stored in a folder, when it has these options and learned from the experiment's training set. */
async function storedModel<M extends Pick<Model | QModel, "options" | "trainedOn">>(
  experiment: Experiment,
  folder: string,
  options: TrainOptions | QOptions,
  load: (folder: string) => M,
): Promise<M | undefined> {
  const model = await loaded(() => load(folder), path.join(folder, "dios.json"));
  const wanted = [options, provenanceOf(requestOf(experiment, "train"))];
  return isDeepStrictEqual([model?.options, model?.trainedOn], wanted) ? model : undefined;
}

/** What `load` gives, or undefined when there is nothing to load or it cannot be used: then it is made anew. */
async function loaded<T>(load: () => T | Promise<T>, file: string): Promise<T | undefined> {
  if (!fs.existsSync(file)) return undefined;
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message} It is made anew.\n`);
    return undefined;
  }
}
