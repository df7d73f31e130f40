/** DIOS made smaller in several ways, measured side by side. */
import fs from "node:fs";
import path from "node:path";
import { createHistogram } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { matrixRows } from "../demonstrations/features";
import type { Demonstrations } from "../demonstrations/generate";
import type { CompressionPoint } from "../figures/compression-figure";
import type { Provenance } from "../figures/figure";
import type { PolicyPoint } from "../figures/policy-comparison";
import { figureProvenance } from "../figures/provenance";
import { readKeptAbout, sealed, writeFile } from "../files";
import { compressedDecider, loadCompressed, saveCompressed } from "../learning/compressed-policy";
import { distil } from "../learning/distillation";
import type { Model } from "../learning/model";
import { layerSlices, type Network } from "../learning/network";
import { type PruningScope, pruneGradually, pruneUnits } from "../learning/pruning";
import { type QuantisedNetwork, quantise } from "../learning/quantised";
import {
  type Trained,
  type TrainHooks,
  type TrainingSet,
  type TrainOptions,
  train,
  trainingSetOf,
} from "../learning/train";
import { sliceStates } from "../mec/states";
import { scenarioHash } from "../scenario/load";
import type { Scheme } from "../schemes/scheme";
import { VERSION } from "../version";
import { demonstrationsOf, type Experiment, MODELS, modelOf, trainOptionsOf } from "./experiment";
import { longWork } from "./long-work";
import { policyPoints } from "./policies";

/** One compressed network, measured. */
export interface CompressedRow extends CompressionPoint {
  /** Units of its hidden layers. */
  readonly hidden: readonly number[];
  /** Where its policy is, for loadCompressed. */
  readonly file: string;
}

/** What compression is tried with. */
export interface CompressionOptions {
  /** Of small networks, but for their hidden layers. */
  readonly full: TrainOptions;
  /** After pruning. */
  readonly tuning: TrainOptions;
  /** Of gradual pruning (see PruningPlan). */
  readonly rounds: number;
  /** Of all weights, that are pruned. */
  readonly shares: readonly number[];
  /** Hidden layers of small networks. */
  readonly small: readonly (readonly number[])[];
  /** Temperatures of distillation to choose from, and the hidden layers that they are tried with. */
  readonly temperatures: readonly number[];
  readonly triedWith: readonly number[];
}

/** How well a student does on the validation set that was distilled at a temperature. */
export interface TemperatureTrial {
  readonly temperature: number;
  readonly validationAccuracy: number;
}

/** What was measured of compressed networks, and where it comes from. */
export interface Compression {
  /** Each network with 32-bit floats, then with 8-bit whole numbers. */
  readonly rows: readonly CompressedRow[];
  readonly trials: readonly TemperatureTrial[];
  readonly options: CompressionOptions;
  readonly provenance: Provenance;
}

/**
 * Makes the network of an experiment's DIOS smaller and measures what comes of it on the test set:
 *
 * - as much training as pruning takes, without pruning, for what that alone gives;
 * - weights pruned by magnitude, over all layers or in each, gradually and with training after each step;
 * - units pruned, which leaves smaller layers, and trained further;
 * - small networks trained on the optimal decisions, and the same ones distilled from DIOS at the temperature that is best on the validation set;
 * - each of them as it is, and quantised after training.
 *
 * Every policy is saved, and what decides is what was loaded from its file. Times are medians from one state to its decisions on one thread, features included.
 * Policies and measurements are kept in the experiment's folder as they are made; those that are there are not made again.
 */
export async function compressionOf(experiment: Experiment): Promise<Compression> {
  const { scenario, seed, counts } = experiment;
  const options = optionsOf(experiment);
  const about = { version: VERSION, scenarioHash: scenarioHash(scenario), seed, counts, options };
  const folder = path.join(experiment.folder, "compression");
  const file = path.join(folder, "compression.json");
  const kept: Kept = storedIn(file, about) ?? { trials: [], rows: [] };
  const keep = () => writeFile(file, sealed({ about, ...kept }));
  const fileOf = (row: Kept["rows"][number]) => path.join(folder, row.file);

  await makeAll(experiment, options, folder, kept, keep);
  if (!kept.latenciesS) {
    const test = await demonstrationsOf(experiment, "test");
    kept.latenciesS = await latenciesOf(kept.rows.map(fileOf), test, experiment.quick ? 50 : 250);
    keep();
  }
  const rows = kept.rows.map((row, i) => ({ ...row, file: fileOf(row), latencyS: kept.latenciesS?.[i] as number }));
  return { rows, trials: kept.trials, options, provenance: figureProvenance({ ...about, scenario }) };
}

/** What is kept on disk; files are named within their folder, and times come when all rows are there. */
interface Kept {
  readonly trials: TemperatureTrial[];
  readonly rows: Omit<CompressedRow, "latencyS">[];
  latenciesS?: number[];
}

/** What a file keeps that is about the same, when all its policies are there. */
function storedIn(file: string, about: object): Kept | undefined {
  const { trials, rows, latenciesS } = readKeptAbout<Kept>(file, about) ?? {};
  if (!trials || !rows?.every((row) => fs.existsSync(path.join(path.dirname(file), row.file)))) return undefined;
  return { trials, rows, ...(latenciesS ? { latenciesS } : {}) };
}

/** Training behind pruning begins with the learning rate of DIOS; with half of it networks were less accurate on the validation set. */
function optionsOf(experiment: Experiment): CompressionOptions {
  const { quick } = experiment;
  const full = trainOptionsOf(experiment, { ...MODELS.dios, ...(quick ? { epochs: 8 } : {}) });
  return {
    full,
    tuning: { ...full, epochs: quick ? 2 : 6 },
    rounds: quick ? 2 : 4,
    shares: quick ? [0.8] : [0.5, 0.8, 0.9, 0.95],
    small: quick
      ? [[64, 64]]
      : [
          [64, 64],
          [32, 32],
          [16, 16],
        ],
    temperatures: quick ? [1, 2] : [1, 2, 4, 8],
    triedWith: quick ? [16, 16] : [32, 32],
  };
}

type Hooks = Pick<TrainHooks, "onStep" | "signal">;

/** What networks are made from. */
interface Study {
  readonly model: Model;
  readonly training: TrainingSet;
  readonly validation: TrainingSet;
  readonly options: CompressionOptions;
}

/** A way to a smaller network. */
interface Variant {
  readonly technique: string;
  readonly detail: string;
  /** Name of its files, before the precision. */
  readonly name: string;
  /** Passes over the training set that it takes at most. */
  readonly epochs: number;
  readonly make: (study: Study, temperature: number, hooks: Hooks) => Promise<Network>;
}

function variantsOf({ full, tuning, rounds, shares, small }: CompressionOptions): Variant[] {
  const scopes: [scope: PruningScope, technique: string][] = [
    ["global", "weights pruned, all layers"],
    ["layer", "weights pruned, each layer"],
  ];
  const named = (hidden: readonly number[]) => ({ detail: hidden.join("-"), name: hidden.join("-") });
  return [
    {
      technique: "DIOS",
      ...named(full.hidden),
      name: "dios",
      epochs: 1,
      make: async ({ model }) => model.network,
    },
    {
      technique: "DIOS",
      detail: "trained further",
      name: "dios-further",
      epochs: rounds - 1 + tuning.epochs,
      async make({ model, training, validation }, _temperature, hooks) {
        const plan = { share: 0, scope: "global", rounds } as const;
        return (await pruneGradually(model.network, training, validation, tuning, plan, hooks)).network;
      },
    },
    ...scopes.flatMap(([scope, technique]) =>
      shares.map(
        (share): Variant => ({
          technique,
          detail: `${Math.round(100 * share)} %`,
          name: `pruned-${scope}-${Math.round(100 * share)}`,
          epochs: rounds - 1 + tuning.epochs,
          async make({ model, training, validation }, _temperature, hooks) {
            const plan = { share, scope, rounds };
            return (await pruneGradually(model.network, training, validation, tuning, plan, hooks)).network;
          },
        }),
      ),
    ),
    ...small.flatMap((hidden): Variant[] => [
      {
        technique: "units pruned",
        ...named(hidden),
        name: `units-${hidden.join("-")}`,
        epochs: tuning.epochs,
        async make({ model, training, validation }, _temperature, hooks) {
          const start = { network: pruneUnits(model.network, hidden) };
          return (await train(training, validation, { ...tuning, hidden }, hooks, start)).network;
        },
      },
      {
        technique: "small, on labels",
        ...named(hidden),
        name: `labels-${hidden.join("-")}`,
        epochs: full.epochs,
        async make({ training, validation }, _temperature, hooks) {
          return (await train(training, validation, { ...full, hidden }, hooks)).network;
        },
      },
      {
        technique: "small, distilled",
        ...named(hidden),
        name: `distilled-${hidden.join("-")}`,
        epochs: full.epochs,
        make: async (study, temperature, hooks) => (await distilled(study, hidden, temperature, hooks)).network,
      },
    ]),
  ];
}

function distilled(study: Study, hidden: readonly number[], temperature: number, hooks: Hooks): Promise<Trained> {
  const { model, training, validation, options } = study;
  return distil(model.network, training, validation, { ...options.full, hidden }, temperature, hooks);
}

/** Tries the temperatures and makes the variants that are not there, under one progress bar. */
async function makeAll(
  experiment: Experiment,
  options: CompressionOptions,
  folder: string,
  kept: Kept,
  keep: () => void,
): Promise<void> {
  const temperatures = options.temperatures.filter(
    (one) => !kept.trials.some(({ temperature }) => temperature === one),
  );
  const variants = variantsOf(options).filter(
    ({ name }) => !kept.rows.some(({ file }) => file === fileNamed(name, "int8")),
  );
  if (temperatures.length + variants.length === 0) return;
  const model = await modelOf(experiment, "dios", MODELS.dios);
  const set = async (split: "train" | "validation") =>
    trainingSetOf(await demonstrationsOf(experiment, split), model.statistics);
  const study = { model, training: await set("train"), validation: await set("validation"), options };
  const test = await demonstrationsOf(experiment, "test");
  const stopped = "compressing was interrupted; the networks made before are kept, run it again for the others.";
  await longWork("Compressing", temperatures.length + variants.length, stopped, async (bar, signal) => {
    let done = 0;
    const work = async (note: string, epochs: number, make: (hooks: Hooks) => Promise<void>) => {
      bar.update(done, note);
      await make({ signal, onStep: (epoch) => bar.update(done + epoch / epochs, note) });
      keep();
      bar.update(++done, note);
    };
    for (const temperature of temperatures) {
      await work(`temperature ${temperature}`, options.full.epochs, async (hooks) => {
        const { history, bestEpoch } = await distilled(study, options.triedWith, temperature, hooks);
        signal.throwIfAborted();
        const { validationAccuracy } = history[bestEpoch - 1] as (typeof history)[number];
        kept.trials.push({ temperature, validationAccuracy });
      });
    }
    const { temperature } = kept.trials.reduce((a, b) => (b.validationAccuracy > a.validationAccuracy ? b : a));
    for (const variant of variants) {
      await work(`${variant.technique}, ${variant.detail}`, variant.epochs, async (hooks) => {
        const network = await variant.make(study, temperature, hooks);
        signal.throwIfAborted();
        kept.rows.push(...measured(folder, variant, network, study, test));
      });
    }
  });
}

const fileNamed = (name: string, precision: CompressedRow["precision"]) => `${name}-${precision}.policy`;

/** Rows that the ranges of activations are taken from. */
const CALIBRATION = 1000;

/** Saves a network as it is and quantised, and measures what was saved on the test set. */
function measured(
  folder: string,
  { technique, detail, name }: Variant,
  network: Network,
  { model, training }: Study,
  test: Demonstrations,
): Kept["rows"] {
  const { statistics, options } = model;
  return (["float32", "int8"] as const).map((precision) => {
    const compressed =
      precision === "int8"
        ? quantise(network, matrixRows(training.features, 0, Math.min(CALIBRATION, training.features.rows)))
        : network;
    const file = fileNamed(name, precision);
    const saved = path.join(folder, file);
    const bytes = saveCompressed(saved, { network: compressed, statistics, head: options.head });
    const decide = compressedDecider(loadCompressed(saved));
    const policies = { [name]: ({ scenario, states }: Parameters<Scheme["decide"]>[0]) => decide(scenario, states) };
    const [point] = policyPoints([{ x: 0, test, policies }])[name] as [PolicyPoint];
    const { accuracy, relativeCost } = point;
    const hidden = network.sizes.slice(1, -1);
    return {
      technique,
      detail,
      precision,
      hidden,
      weights: weightsIn(compressed),
      bytes,
      accuracy,
      relativeCost,
      file,
    };
  });
}

/** Weights that are not zero. */
function weightsIn(network: Network | QuantisedNetwork): number {
  const kernels: (Float32Array | Int8Array)[] =
    "layers" in network
      ? network.layers.map(({ weights }) => weights)
      : layerSlices(network.sizes).map(({ kernel, bias }) => network.parameters.subarray(kernel, bias));
  return kernels.reduce((sum, weights) => sum + weights.filter((weight) => weight !== 0).length, 0);
}

/** States that a policy decides in each round of timing. */
const TIMED_STATES = 100;

/**
 * Median seconds of one decision of each policy. They take turns in many short rounds, of which the first fifth warms up, so that what else goes on on the
 * machine is the same for all.
 */
function latenciesOf(files: readonly string[], test: Demonstrations, rounds: number): Promise<number[]> {
  const { scenario } = test.provenance;
  const count = Math.min(TIMED_STATES, test.states.count);
  const states = Array.from({ length: count }, (_, k) => sliceStates(test.states, k, 1));
  const policies = files.map((file) => ({
    decide: compressedDecider(loadCompressed(file)),
    nanoseconds: createHistogram(),
  }));
  const lost = "timing of decisions was interrupted; nothing of it was kept, run it again.";
  return longWork("Timing decisions", rounds, lost, async (bar, signal) => {
    for (let round = 0; round < rounds; round++) {
      for (const { decide, nanoseconds } of policies) {
        for (const state of states) {
          const start = performance.now();
          decide(scenario, state);
          const time = performance.now() - start;
          if (round >= rounds / 5) nanoseconds.record(Math.max(1, Math.round(1e6 * time)));
        }
      }
      bar.update(round + 1);
      await setImmediate();
      signal.throwIfAborted();
    }
    return policies.map(({ nanoseconds }) => nanoseconds.percentile(50) / 1e9);
  });
}
