/** Training with both engines, ours natively and in WebAssembly, beside python/training_torch.py and python/training_keras.py. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { standardise, statisticsOf } from "../src/demonstrations/features";
import { type Demonstrations, generate } from "../src/demonstrations/generate";
import { headNamed } from "../src/learning/heads";
import { initialNetwork } from "../src/learning/network";
import { backendName, loadTensorflow } from "../src/learning/tensorflow";
import {
  type Engine,
  TRAIN_DEFAULTS,
  type TrainHooks,
  type TrainingSet,
  type TrainOptions,
  train,
} from "../src/learning/train";
import { native } from "../src/native/kernels";
import { loadScenario } from "../src/scenario/load";
import { type Peer, startPeer } from "./python";
import { type Effort, type Results, type Row, rowOf } from "./rows";

/** A way of ours to train. */
interface Way {
  readonly name: string;
  readonly engine: Engine;
  readonly hooks: TrainHooks;
}

const ourWays = (): Way[] => [
  ...(native ? [{ name: "ours, native", engine: "webassembly" as const, hooks: { inNative: true } }] : []),
  { name: "our WebAssembly", engine: "webassembly", hooks: { inNative: false } },
  { name: `TensorFlow.js (${backendName()})`, engine: "tensorflow", hooks: {} },
];

const PEERS = [
  ["PyTorch, 1 thread", "training_torch.py", 1],
  ["PyTorch, 2 threads", "training_torch.py", 2],
  ["Keras, 2 threads", "training_keras.py", 2],
] as const;

/** Steps after each of which the losses must agree. */
const CHECKED_STEPS = 50;
/** Relative difference allowed: rounding, which grows from step to step. */
const TOLERANCE = 1e-3;

/**
 * Measures the preset paper: seconds a pass over the training set, without evaluation, and seconds to a validation accuracy, with it.
 * Passes alternate with the peers'. Throws when a peer has other losses.
 */
export async function trainingResults(python: string | undefined, { quick }: Effort): Promise<Results> {
  const count = quick ? 10_000 : 100_000;
  const passes = quick ? 3 : 9;
  const accuracy = quick ? 0.9 : 0.97;
  const seeds = quick ? [1] : [1, 2, 3];
  const sets = trainingSets(count);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-bench-"));
  exportTo(folder, sets);
  const peers = new Map<string, Peer>();
  for (const [name, script, threads] of python ? PEERS : []) {
    peers.set(name, startPeer(python as string, script, [folder, String(threads)], threads));
  }
  try {
    await loadTensorflow();
    await checkLosses(sets, peers);
    const rows: Row[] = [];
    for (const way of ourWays()) {
      const times = await passTimes(sets, way, passes, peers);
      for (const [name, peer] of times.peers)
        rows.push(rowOf(`${way.name}: pass over ${count}`, times.ours, name, peer));
    }
    const stage = `training to ${100 * accuracy} % of labels`;
    const reached = await timesTo(accuracy, sets, seeds, peers);
    const secondsOf = (name: string) => (reached.get(name) ?? []).map((run) => run.seconds);
    for (const way of ourWays()) {
      for (const name of peers.keys()) {
        const [ours, peer] = [secondsOf(way.name), secondsOf(name)];
        if (ours.length > 0 && peer.length > 0) rows.push(rowOf(`${way.name}: ${stage}`, ours, name, peer));
      }
    }
    const table = {
      title: `Epochs to ${100 * accuracy} % of the validation labels`,
      note: `Network ${sets.sizes.join("-")}, ${count} demonstrations, batch ${TRAIN_DEFAULTS.batch}, of at most ${TRAIN_DEFAULTS.epochs} epochs, one number a seed.`,
      head: ["who", "epochs"],
      lines: [...reached].map(([name, runs]) => [name, runs.map((run) => run.epochs).join(", ") || "never"]),
    };
    return { rows, tables: [table] };
  } finally {
    for (const peer of peers.values()) peer.close();
    fs.rmSync(folder, { recursive: true });
  }
}

interface Sets {
  readonly training: TrainingSet;
  readonly validation: TrainingSet;
  /** One batch, for losses that do not depend on the order of the rows. */
  readonly check: TrainingSet;
  readonly sizes: readonly number[];
}

function trainingSets(count: number): Sets {
  const scenario = loadScenario("paper");
  const demonstrations = generate({ scenario, seed: 1, split: "train", count });
  const statistics = statisticsOf(demonstrations.features);
  const setOf = ({ features, decisions }: Demonstrations): TrainingSet => ({
    features: standardise(features, statistics),
    decisions,
  });
  const training = setOf(demonstrations);
  const { columns } = training.features;
  const { hidden, head, batch } = TRAIN_DEFAULTS;
  const { subTasks } = demonstrations.states.application;
  return {
    training,
    validation: setOf(generate({ scenario, seed: 1, split: "validation", count: count / 10 })),
    check: setOf(generate({ scenario, seed: 1, split: "train", count: batch })),
    sizes: [columns, ...hidden, headNamed(head).units(subTasks)],
  };
}

/** The same numbers for the peers, and the weights that `train` starts from. */
function exportTo(folder: string, { sizes, training, validation, check }: Sets): void {
  const { batch, epochs, learningRate, seed } = TRAIN_DEFAULTS;
  const write = (name: string, content: string | Uint8Array) => fs.writeFileSync(path.join(folder, name), content);
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);
  for (const [name, { features, decisions }] of Object.entries({ train: training, validation, check })) {
    write(`${name}.features`, bytes(features.values));
    write(`${name}.decisions`, decisions);
  }
  write("parameters", bytes(initialNetwork(sizes, `${seed}/weights`).parameters));
  write("about.json", JSON.stringify({ sizes, batch, epochs, learningRate }));
}

/** From the same weights, on a set of one batch, every way and peer must have the same validation loss after each step. */
async function checkLosses({ check, validation }: Sets, peers: ReadonlyMap<string, Peer>): Promise<void> {
  const options = { ...TRAIN_DEFAULTS, epochs: CHECKED_STEPS, patience: CHECKED_STEPS };
  const losses = new Map<string, readonly number[]>();
  for (const { name, engine, hooks } of ourWays()) {
    const { history } = await train(check, validation, { ...options, engine }, hooks);
    losses.set(
      name,
      history.map((epoch) => epoch.validationLoss),
    );
  }
  for (const [name, peer] of peers) losses.set(name, await peer.ask({ do: "losses", steps: CHECKED_STEPS }));
  const [[first, wanted], ...others] = [...losses] as [[string, readonly number[]], ...[string, readonly number[]][]];
  for (const [name, found] of others) {
    const step = wanted.findIndex((loss, k) => !(Math.abs((found[k] as number) - loss) <= TOLERANCE * loss));
    if (step >= 0) {
      throw new Error(`after step ${step + 1} ${name} has the loss ${found[step]}, ${first} ${wanted[step]}`);
    }
  }
}

/** Seconds of passes; each of ours, but for the first, which warms up, is followed by one of each peer. */
async function passTimes(
  { training, validation }: Sets,
  { engine, hooks }: Way,
  passes: number,
  peers: ReadonlyMap<string, Peer>,
) {
  const times = { ours: [] as number[], peers: new Map([...peers.keys()].map((name) => [name, [] as number[]])) };
  const stop = new AbortController();
  let start = performance.now();
  let end = start;
  await train(
    training,
    validation,
    { ...TRAIN_DEFAULTS, engine, patience: TRAIN_DEFAULTS.epochs },
    {
      ...hooks,
      signal: stop.signal,
      onStep: () => {
        end = performance.now();
      },
      async onEpoch({ epoch }) {
        if (epoch > 1) times.ours.push((end - start) / 1000);
        for (const [name, peer] of peers) {
          const peerSeconds = await peer.ask<number>({ do: "pass_seconds" });
          if (epoch > 1) times.peers.get(name)?.push(peerSeconds);
        }
        if (epoch > passes) stop.abort();
        start = performance.now();
      },
    },
  );
  return times;
}

interface Reached {
  readonly seconds: number;
  readonly epochs: number;
}

/** The runs of each that reached the accuracy, seed after seed. */
async function timesTo(accuracy: number, sets: Sets, seeds: readonly number[], peers: ReadonlyMap<string, Peer>) {
  const reached = new Map<string, Reached[]>(
    [...ourWays().map(({ name }) => name), ...peers.keys()].map((name) => [name, []]),
  );
  for (const seed of seeds) {
    for (const { name, engine, hooks } of ourWays()) {
      const run = await reach(accuracy, sets, { ...TRAIN_DEFAULTS, engine, seed }, hooks);
      if (run) reached.get(name)?.push(run);
    }
    for (const [name, peer] of peers) {
      const run = await peer.ask<Reached | null>({ do: "seconds_to", accuracy, seed });
      if (run) reached.get(name)?.push(run);
    }
  }
  return reached;
}

/** Trains until the validation accuracy is reached; undefined when it is not. */
async function reach(
  accuracy: number,
  { training, validation }: Sets,
  options: TrainOptions,
  hooks: TrainHooks,
): Promise<Reached | undefined> {
  const stop = new AbortController();
  let reached: Reached | undefined;
  const start = performance.now();
  await train(
    training,
    validation,
    { ...options, patience: options.epochs },
    {
      ...hooks,
      signal: stop.signal,
      onEpoch({ epoch, validationAccuracy }) {
        if (validationAccuracy < accuracy || reached) return;
        reached = { seconds: (performance.now() - start) / 1000, epochs: epoch };
        stop.abort();
      },
    },
  );
  return reached;
}
