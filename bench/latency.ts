/** Decisions for one state and for many: our forward passes beside python/latency.py and TensorFlow.js, and beside exact methods. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { encode, type Matrix, standardise, statisticsOf } from "../src/demonstrations/features";
import { HEADS } from "../src/learning/heads";
import {
  type Forward,
  nativeForward,
  plainForward,
  policyDecider,
  webassemblyForward,
} from "../src/learning/inference";
import { initialNetwork, layerSlices, type Network } from "../src/learning/network";
import {
  nativeQuantisedForward,
  plainQuantisedForward,
  quantise,
  webassemblyQuantisedForward,
} from "../src/learning/quantised";
import { loadTensorflow } from "../src/learning/tensorflow";
import { type States, sampleStates, sliceStates } from "../src/mec/states";
import { costTables } from "../src/mec/tables";
import { native } from "../src/native/kernels";
import { eliminator } from "../src/optimal/elimination";
import { EXHAUSTIVE_MOST, exhaustive } from "../src/optimal/exhaustive";
import { loadScenario } from "../src/scenario/load";
import { startPeer } from "./python";
import {
  digits,
  type Effort,
  median,
  microsecondsOfCalls,
  quantile,
  type Results,
  type Row,
  rowOf,
  seconds,
  type Table,
} from "./rows";

const HEAD = HEADS.sigmoid;
const HIDDEN = [256, 256];
/** Rows whose outputs must agree, and how closely: relative to 1 or to the output where that is larger. */
const CHECKED = 500;
const TOLERANCE = 1e-5;

/**
 * Measures a network 256-256 for the preset paper, of random weights: latency of one row at a time on one thread, and all rows at once
 * with every library's own choice of threads. Throws when a peer has other outputs.
 */
export async function latencyResults(python: string | undefined, effort: Effort): Promise<Results> {
  const { network, features } = networkAndFeatures(effort.quick ? 10_000 : 100_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dios-bench-"));
  try {
    exportTo(folder, network, features);
    const single = await singleRows(python, folder, network, features, effort);
    const batch = python ? await batchRows(python, folder, network, features, effort) : [];
    return { rows: [...single.rows, ...batch], tables: [...single.tables, payOff(effort)] };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function networkAndFeatures(count: number): { network: Network; features: Matrix } {
  const scenario = loadScenario("paper");
  const states = sampleStates(scenario, "bench", 0, count);
  const encoded = encode(scenario, states);
  const features = standardise(encoded, statisticsOf(encoded));
  const network = initialNetwork([features.columns, ...HIDDEN, HEAD.units(states.application.subTasks)], "bench");
  return { network, features };
}

function exportTo(folder: string, { sizes, parameters }: Network, features: Matrix): void {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);
  fs.writeFileSync(path.join(folder, "features"), bytes(features.values));
  fs.writeFileSync(path.join(folder, "parameters"), bytes(parameters));
  fs.writeFileSync(path.join(folder, "sizes.json"), JSON.stringify(sizes));
}

/** Someone who goes forward with the network, in this process or in a peer's. */
interface Contender {
  readonly name: string;
  /** Sums of the last layer for the first rows, one at a time. */
  outputs(rows: number): Promise<ArrayLike<number>>;
  /** Microseconds of so many decisions, from a row of standardised features. */
  latencies(calls: number): Promise<number[]>;
}

async function singleRows(
  python: string | undefined,
  folder: string,
  network: Network,
  features: Matrix,
  { quick }: Effort,
): Promise<Results> {
  const [rounds, calls] = quick ? [3, 300] : [11, 2000];
  const peer = python ? startPeer(python, "latency.py", [folder, "1"], 1) : undefined;
  try {
    const ours = [
      ...(native ? [contender("ours, native", nativeForward(network), features)] : []),
      contender("our WebAssembly", webassemblyForward(network), features),
      contender("our plain loops", plainForward(network), features),
    ];
    const int8 = int8Contenders(network, features);
    const others = [contender("TensorFlow.js predict", await predictForward(network), features)];
    for (const name of (await peer?.ask<string[]>({ do: "names" })) ?? []) {
      others.push({
        name,
        outputs: (rows) => (peer as NonNullable<typeof peer>).ask({ do: "outputs", peer: name, rows }),
        latencies: (calls) => (peer as NonNullable<typeof peer>).ask({ do: "latencies", peer: name, calls }),
      });
    }
    await checkOutputs([...ours, ...others]);
    const contenders = [...ours, ...int8, ...others];
    const times = new Map<Contender, number[]>(contenders.map((one) => [one, []]));
    for (let round = 0; round <= rounds; round++) {
      for (const one of contenders) {
        const found = await one.latencies(calls);
        // The first round warms up.
        if (round > 0) times.set(one, [...(times.get(one) as number[]), ...found]);
      }
    }
    const timesOf = (one: Contender) => times.get(one) as number[];
    const rows = [...ours.slice(0, -1), ...int8].flatMap((one) =>
      [...(int8.includes(one) ? ours : ours.slice(ours.indexOf(one) + 1)), ...others].map((other) =>
        rowOf(`${one.name}: one decision`, timesOf(one), other.name, timesOf(other), "µs"),
      ),
    );
    const table = {
      title: "Latency of one decision, microseconds",
      note: `A row of standardised features in, the site of each sub-task out; network ${network.sizes.join("-")}, one thread, ${rounds * calls} calls each in ${rounds} rounds that alternate.`,
      head: ["who", "median", "90th percentile", "99th percentile"],
      lines: contenders.map((one) => [
        one.name,
        ...[0.5, 0.9, 0.99].map((share) => digits(quantile(timesOf(one), share))),
      ]),
    };
    return { rows, tables: [table] };
  } finally {
    peer?.close();
  }
}

function contender(name: string, forward: Forward, features: Matrix): Contender {
  const row = rowsOf(features);
  return {
    name,
    outputs: async (rows) => Array.from({ length: rows }, (_, k) => [...forward(row(k))]).flat(),
    latencies: async (calls) => microsecondsOfCalls(calls, (call) => HEAD.decide(forward(row(call % features.rows)))),
  };
}

/** The network quantised. Its outputs are others; they must have the bits of the plain loops for the same whole numbers. */
function int8Contenders(network: Network, features: Matrix): Contender[] {
  const some = {
    rows: CHECKED,
    columns: features.columns,
    values: features.values.slice(0, CHECKED * features.columns),
  };
  const quantised = quantise(network, some);
  const wanted = Buffer.from(plainQuantisedForward(quantised)(some).buffer);
  const ways = [
    ...(native ? [["ours, native, int8", nativeQuantisedForward] as const] : []),
    ["our WebAssembly, int8", webassemblyQuantisedForward] as const,
  ];
  return ways.map(([name, make]) => {
    const forward = make(quantised);
    if (Buffer.compare(Buffer.from(forward(some).buffer), wanted) !== 0) {
      throw new Error(`${name} and the plain loops disagree`);
    }
    return contender(name, forward, features);
  });
}

const rowsOf =
  ({ columns, values }: Matrix) =>
  (k: number): Matrix => ({ rows: 1, columns, values: values.subarray(k * columns, (k + 1) * columns) });

/** The network as a model of the layers API, as its users have it. */
async function predictForward({ sizes, parameters }: Network): Promise<Forward> {
  const tf = await loadTensorflow();
  const layers = layerSlices(sizes);
  const model = tf.sequential({
    layers: layers.map(({ inputs, units }, layer) =>
      tf.layers.dense({ inputShape: [inputs], units, activation: layer < layers.length - 1 ? "relu" : "linear" }),
    ),
  });
  const weights = layers.flatMap(({ inputs, units, kernel, bias }) => [
    tf.tensor2d(parameters.subarray(kernel, kernel + inputs * units), [inputs, units]),
    tf.tensor1d(parameters.subarray(bias, bias + units)),
  ]);
  model.setWeights(weights);
  return ({ rows, columns, values }) =>
    tf.tidy(() => {
      const outputs = model.predict(tf.tensor2d(values, [rows, columns]));
      return (outputs as ReturnType<typeof tf.tensor2d>).dataSync() as Float32Array;
    });
}

async function checkOutputs(contenders: readonly Contender[]): Promise<void> {
  const [first, ...others] = contenders as [Contender, ...Contender[]];
  const wanted = Array.from(await first.outputs(CHECKED));
  for (const other of others) {
    const found = await other.outputs(CHECKED);
    const at = wanted.findIndex(
      (value, i) => !(Math.abs(value - (found[i] as number)) <= TOLERANCE * Math.max(1, Math.abs(value))),
    );
    if (found.length !== wanted.length || at >= 0) {
      throw new Error(`${other.name} has the output ${found[at]} at ${at}, ${first.name} ${wanted[at]}`);
    }
  }
}

async function batchRows(
  python: string,
  folder: string,
  network: Network,
  features: Matrix,
  { quick }: Effort,
): Promise<Row[]> {
  const repeats = quick ? 3 : 9;
  const peer = startPeer(python, "latency.py", [folder, "0"]);
  try {
    const ours = [
      ...(native ? [{ name: `ours, native, ${native.threads} threads`, forward: nativeForward(network) }] : []),
      { name: "our WebAssembly, 1 thread", forward: webassemblyForward(network) },
    ].map((one) => ({ ...one, times: [] as number[] }));
    const peers = new Map((await peer.ask<string[]>({ do: "names" })).map((name) => [name, [] as number[]]));
    for (let run = 0; run <= repeats; run++) {
      for (const { forward, times } of ours) {
        const time = await seconds(() => HEAD.decide(forward(features)));
        // The first run warms up.
        if (run > 0) times.push(time);
      }
      for (const [name, times] of peers) {
        const time = await peer.ask<number>({ do: "batch_seconds", peer: name });
        if (run > 0) times.push(time);
      }
    }
    return ours.flatMap((one) =>
      [...peers].map(([name, times]) =>
        rowOf(`${one.name}: ${features.rows} decisions`, one.times, `${name}, its choice of threads`, times),
      ),
    );
  } finally {
    peer.close();
  }
}

/** Where a network pays off: one state in, decisions out, beside the exact methods. */
function payOff({ quick }: Effort): Table {
  const lines: (readonly (string | number)[])[] = [];
  for (const topology of ["branches", "chain"] as const) {
    for (const subTasks of [6, 12, 20]) {
      const scenario = loadScenario("paper", { application: { topology, subTasks, branches: 2 } });
      const states = sampleStates(scenario, "bench", 0, 100);
      const one = Array.from({ length: states.count }, (_, k) => sliceStates(states, k, 1));
      const encoded = encode(scenario, states);
      const decide = policyDecider({
        network: initialNetwork([encoded.columns, ...HIDDEN, HEAD.units(subTasks)], "bench"),
        statistics: statisticsOf(encoded),
        head: HEAD.name,
      });
      const solve = eliminator(states.application);
      const [decisions, total] = [new Uint8Array(subTasks), new Float64Array(1)];
      const time = (calls: number, work: (state: States) => unknown) => {
        const call = (k: number) => work(one[k % one.length] as States);
        microsecondsOfCalls(calls, call); // warms up
        return digits(median(microsecondsOfCalls(calls, call)));
      };
      const many = quick ? 500 : 5000;
      lines.push([
        topology,
        subTasks,
        time(many, (state) => decide(scenario, state)),
        time(many, (state) => solve(costTables(scenario, state), decisions, total)),
        subTasks > EXHAUSTIVE_MOST
          ? "not tried"
          : time(subTasks > 6 ? 5 : many / 10, (state) => exhaustive(state, costTables(scenario, state))),
      ]);
    }
  }
  return {
    title: "Where does a network pay off? One decision, microseconds",
    note: `From a state to the site of each sub-task, medians. The network (${HIDDEN.join("-")}, ${native ? "native" : "WebAssembly"}): features, forward pass, largest of three; the exact methods: cost tables, then the optimum. Branches are two.`,
    head: ["topology", "T", "network", "variable elimination", "exhaustive search"],
    lines,
  };
}
