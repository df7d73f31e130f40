import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { RecordBatchFileWriter, tableFromIPC } from "apache-arrow";
import { generate, generateChunks, provenanceOf } from "../../src/demonstrations/generate";
import { loadDemonstrations, storeDemonstrations } from "../../src/demonstrations/store";
import { readJson } from "../../src/files";
import { type SweepOptions, sweepOptions, trialsOf } from "../../src/lab/sweep-space";
import { saveCheckpoint } from "../../src/learning/checkpoint";
import { compressedDecider, loadCompressed, saveCompressed } from "../../src/learning/compressed-policy";
import { decider, loadModel, saveModel } from "../../src/learning/model";
import { initialNetwork, parameterCount } from "../../src/learning/network";
import { observationSize, Q_DEFAULTS } from "../../src/learning/q-learning";
import { loadQModel, qDecider, saveQModel } from "../../src/learning/q-model";
import { quantise } from "../../src/learning/quantised";
import { TRAIN_DEFAULTS, trainedUntil } from "../../src/learning/train";
import { sampleStates } from "../../src/mec/states";
import { costTables, totalsOf } from "../../src/mec/tables";
import { type ImportKind, importFile } from "../../src/scenario/import/import";
import { loadScenario } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { mutatedBytes, mutatedJson, pick, type Random } from "./mutate";

/** A reader of files, what is mutated for it, and the use of what it reads. */
export interface Reader {
  /** Whole files that it reads. */
  readonly seeds: readonly Buffer[];
  /** A broken file, of which a checksum may still be right. */
  readonly mutate: (random: Random) => Buffer;
  /** Reads the file that holds this and uses what was read. */
  readonly use: (content: Buffer, folder: string) => unknown;
}

/** The readers by name; what they are given to begin with is made in `folder`. */
export async function readersIn(folder: string): Promise<Record<string, Reader>> {
  const inFolder = (name: string) => path.join(folder, name);
  const demonstrations = await wholeDemonstrations(inFolder("whole.arrow"));
  saveModel(inFolder("model"), MODEL);
  saveQModel(inFolder("q-model"), { ...MODEL, network: initialNetwork(Q_SIZES, "q"), options: Q_DEFAULTS });
  const features = generate(REQUEST).features;
  for (const [name, network] of Object.entries({
    float: MODEL.network,
    quantised: quantise(MODEL.network, features),
  })) {
    saveCompressed(inFolder(name), { network, statistics: MODEL.statistics, head: "sigmoid" });
  }
  const length = parameterCount([2, 1]);
  const about = { options: {}, sizes: [2, 1], history: [{ epoch: 1 }], bestEpoch: 1, steps: 5 };
  saveCheckpoint(inFolder("checkpoint"), about, new Array(4).fill(new Float32Array(length)));

  const imported = (as: ImportKind | undefined, ...seeds: string[]) =>
    textReader(seeds, async (file) => useScenario((await importFile(file, as ? { as } : {})).scenario));
  return {
    scenario: textReader(SCENARIOS, (file) => useScenario(loadScenario(file))),
    sweep: textReader(SWEEPS, (file) => trialsOf(sweepOptions(readJson(file)) as SweepOptions)),
    workflow: imported("workflow", ...WORKFLOWS),
    dot: imported("dot", ...GRAPHS),
    layers: imported("layers", ...NETWORKS),
    trace: imported("trace", ...TRACES),
    "any kind": imported(undefined, ...WORKFLOWS, ...GRAPHS, ...NETWORKS, ...TRACES),
    model: folderReader(inFolder("model"), (at) => {
      const model = loadModel(at);
      requireSites(decider(model)(sampleStates(model.trainedOn.scenario, "fuzz", 0, 3)));
    }),
    "q-model": folderReader(inFolder("q-model"), (at) => {
      const model = loadQModel(at);
      requireSites(qDecider(model)(sampleStates(model.trainedOn.scenario, "fuzz", 0, 3)));
    }),
    policy: summedReader([inFolder("float"), inFolder("quantised")], forgedPolicy, (file) => {
      requireSites(compressedDecider(loadCompressed(file))(SCENARIO, sampleStates(SCENARIO, "fuzz", 0, 3)));
    }),
    checkpoint: summedReader([inFolder("checkpoint")], forgedCheckpoint, (file) => {
      const trained = trainedUntil(file);
      assert.ok(!trained || trained.network.parameters.length === parameterCount(trained.network.sizes));
    }),
    demonstrations: {
      seeds: demonstrations,
      mutate: (random) => mutatedBytes(random, pick(random, demonstrations), demonstrations),
      use(content, at) {
        const { provenance, decisions, costs } = loadDemonstrations(written(content, at, "fuzzed.arrow"));
        assert.equal(costs.length, provenance.count);
        requireSites(decisions);
      },
    },
  };
}

function written(content: Buffer, folder: string, name: string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

/** A scenario can be used when its states can be sampled and every plan has a finite cost. */
function useScenario(scenario: Scenario): void {
  const states = sampleStates(scenario, "fuzz", 0, 3);
  const costs = costTables(scenario, states);
  for (const site of [0, 1, 2]) {
    const totals = totalsOf(states, costs, new Uint8Array(3 * states.application.subTasks).fill(site));
    assert.ok(totals.every(Number.isFinite), `site ${site} costs ${totals}`);
  }
}

function requireSites(decisions: Uint8Array): void {
  assert.ok(decisions.length > 0 && decisions.every((site) => site <= 2), "every sub-task has a site");
}

function textReader(texts: readonly string[], use: (file: string) => unknown): Reader {
  const seeds = texts.map((text) => Buffer.from(text));
  return {
    seeds,
    mutate(random) {
      const seed = pick(random, seeds);
      const text = seed.toString();
      return random() < 0.6 && /^[[{]/.test(text)
        ? Buffer.from(mutatedJson(random, text))
        : mutatedBytes(random, seed, seeds);
    },
    use: (content, folder) => use(written(content, folder, "fuzzed.json")),
  };
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Of a saved model: its two files in one, a line of JSON before the weights. */
function folderReader(saved: string, use: (folder: string) => unknown): Reader {
  // Without its checksum, which would give every change away.
  const { sha256: _, ...about } = JSON.parse(fs.readFileSync(path.join(saved, "dios.json"), "utf8"));
  const weights = fs.readFileSync(path.join(saved, "weights.bin"));
  const together = (text: string, bytes: Buffer) => Buffer.concat([Buffer.from(`${text}\n`), bytes]);
  const seed = together(JSON.stringify(about), weights);
  return {
    seeds: [seed],
    mutate(random) {
      if (random() < 0.2) return mutatedBytes(random, seed, [seed]);
      const bytes = random() < 0.3 ? mutatedBytes(random, weights, [weights]) : weights;
      return together(mutatedJson(random, JSON.stringify({ ...about, weightsSha256: sha256(bytes) })), bytes);
    },
    use(content, folder) {
      const end = content.indexOf("\n") < 0 ? content.length : content.indexOf("\n");
      written(content.subarray(0, end), folder, "dios.json");
      written(content.subarray(end + 1), folder, "weights.bin");
      return use(folder);
    },
  };
}

/** Of files with a checksum, which `forged` makes right again. */
function summedReader(
  files: readonly string[],
  forged: (random: Random, content: Buffer) => Buffer,
  use: (file: string) => unknown,
): Reader {
  const seeds = files.map((file) => fs.readFileSync(file));
  return {
    seeds,
    mutate(random) {
      const seed = pick(random, seeds);
      return random() < 0.3 ? mutatedBytes(random, seed, seeds) : forged(random, seed);
    },
    use: (content, folder) => use(written(content, folder, "fuzzed.bin")),
  };
}

function forgedPolicy(random: Random, content: Buffer): Buffer {
  const end = content.indexOf("\n");
  const body = content.subarray(end + 1);
  const changed = random() < 0.5 ? mutatedBytes(random, body, [body]) : body;
  const line = { ...JSON.parse(content.subarray(0, end).toString()), sha256: sha256(changed) };
  return Buffer.concat([Buffer.from(`${mutatedJson(random, JSON.stringify(line))}\n`), changed]);
}

function forgedCheckpoint(random: Random, content: Buffer): Buffer {
  const rest = content.subarray(65);
  const end = rest.indexOf("\n");
  const changed =
    random() < 0.5
      ? mutatedBytes(random, rest, [rest])
      : Buffer.concat([
          Buffer.from(`${mutatedJson(random, rest.subarray(0, end).toString())}\n`),
          rest.subarray(end + 1),
        ]);
  return Buffer.concat([Buffer.from(`${sha256(changed)}\n`), changed]);
}

const SCENARIO = loadScenario("paper");
const REQUEST = { scenario: SCENARIO, seed: 1, split: "train" as const, count: 20 };
const Q_SIZES = [observationSize(34, 6), 3, 4];
const MODEL = {
  network: initialNetwork([34, 4, 18], "fuzz"),
  options: { ...TRAIN_DEFAULTS, hidden: [4] },
  statistics: { mean: new Array<number>(34).fill(1), deviation: new Array<number>(34).fill(2) },
  trainedOn: provenanceOf(REQUEST),
  history: [],
  bestEpoch: 0,
};

/** As we store them, and as Arrow's own writer does, without our checksum. */
async function wholeDemonstrations(file: string): Promise<Buffer[]> {
  await storeDemonstrations(file, provenanceOf(REQUEST), generateChunks(REQUEST));
  const ours = fs.readFileSync(file);
  const theirs = await RecordBatchFileWriter.writeAll(tableFromIPC(ours)).toUint8Array();
  return [ours, Buffer.from(theirs)];
}

const GRAPH = {
  topology: "graph",
  subTasks: 3,
  dependencies: [
    [0, 1],
    [0, 2],
  ],
  measured: {
    names: ["a", "b", "c"],
    dataBytes: [5e5, 1e6],
    inputBytes: [1e6, 0, 10],
    outputBytes: [0, 1000, 2000],
    cycles: [1e9, 2e9, 3e9],
    scale: [0.5, 1.5],
  },
};
const SCENARIOS = [
  JSON.stringify(SCENARIO),
  JSON.stringify(loadScenario("paper-selective")),
  JSON.stringify({ name: "graph", application: GRAPH, capacity: "shared" }),
  JSON.stringify({ name: "trace", application: GRAPH, radio: { fading: "trace", trace: [1e6, 5e6, 2e7, 0, 3e6] } }),
  JSON.stringify({
    name: "budget",
    application: { topology: "layered", branches: 2, density: 0.5, graphSeed: 4 },
    radio: { fading: "selective", linkBudget: { transmitPowerDbm: 23, distanceM: 80, pathLossExponent: 3.5 } },
  }),
];
const SWEEPS = [
  JSON.stringify({
    space: { layers: [1, 2], width: [32, 64], head: ["sigmoid"] },
    options: { epochs: 3, hidden: [8] },
  }),
  JSON.stringify({
    space: { width: { low: 32, high: 512, scale: "log" }, learningRate: { low: 3e-4, high: 0.03 } },
    trials: 5,
    seed: 1,
  }),
];
const WORKFLOWS = [
  JSON.stringify({
    schemaVersion: "1.4",
    workflow: {
      machines: [{ nodeName: "m", cpu: { speedInMHz: 2400 } }],
      tasks: [
        {
          name: "a",
          id: "1",
          parents: [],
          children: ["2"],
          runtimeInSeconds: 3,
          avgCPU: 90,
          machine: "m",
          files: [
            { name: "x", link: "input", sizeInBytes: 100 },
            { name: "y", link: "output", sizeInBytes: 50 },
          ],
        },
        {
          name: "b",
          id: "2",
          parents: ["1"],
          runtimeInSeconds: 2,
          files: [
            { name: "y", link: "input", sizeInBytes: 50 },
            { name: "z", link: "output", sizeInBytes: 5 },
          ],
        },
      ],
    },
  }),
  JSON.stringify({
    schemaVersion: "1.5",
    workflow: {
      specification: {
        tasks: [
          { id: "a", parents: [], children: ["b"], outputFiles: ["x"] },
          { id: "b", parents: ["a"], inputFiles: ["x"] },
        ],
        files: [{ id: "x", sizeInBytes: 1000 }],
      },
      execution: {
        tasks: [
          { id: "a", runtimeInSeconds: 1, machines: ["m"] },
          { id: "b", runtimeInSeconds: 2, avgCPU: 50 },
        ],
        machines: [{ nodeName: "m", cpu: { speed: 1000 } }],
      },
    },
  }),
];
const GRAPHS = [
  'digraph g { device -> a [size="1.2 MB"]; a -> b [bytes=3000]; b -> device; a [cycles=2e9]; b [work="3 Gcycles"] }',
  'strict digraph { node [cycles=5]; edge [label="800 kbit"]; subgraph s { a -> {b c} -> d }; "e f":n -> d /* x */ }',
  "digraph { a -> b -> c; a -> c // plain\n }",
];
const dense = (name: string, more: object = {}) => ({
  class_name: "Dense",
  name,
  config: { name, units: 8, activation: "relu", ...more },
});
const NETWORKS = [
  JSON.stringify({
    modelTopology: {
      class_name: "Sequential",
      config: {
        name: "s",
        layers: [
          {
            class_name: "Conv2D",
            config: {
              name: "c",
              filters: 4,
              kernel_size: [3, 3],
              strides: [2, 2],
              padding: "same",
              batch_input_shape: [null, 8, 8, 3],
            },
          },
          { class_name: "MaxPooling2D", config: { name: "m", pool_size: [2, 2] } },
          { class_name: "Flatten", config: { name: "f" } },
          { class_name: "Dropout", config: { name: "d", rate: 0.5 } },
          { class_name: "Dense", config: { name: "e", units: 10, activation: "softmax" } },
        ],
      },
    },
  }),
  JSON.stringify({
    class_name: "Functional",
    config: {
      name: "f",
      layers: [
        {
          class_name: "InputLayer",
          name: "in",
          config: { name: "in", batch_input_shape: [null, 4] },
          inbound_nodes: [],
        },
        { ...dense("a"), inbound_nodes: [[["in", 0, 0, {}]]] },
        { ...dense("b"), inbound_nodes: [[["in", 0, 0, {}]]] },
        {
          class_name: "Add",
          name: "out",
          config: { name: "out" },
          inbound_nodes: [
            [
              ["a", 0, 0, {}],
              ["b", 0, 0, {}],
            ],
          ],
        },
      ],
      input_layers: [["in", 0, 0]],
      output_layers: [["out", 0, 0]],
    },
  }),
  JSON.stringify({
    class_name: "Sequential",
    config: {
      layers: [
        {
          class_name: "LSTM",
          config: { name: "l", units: 3, return_sequences: true, batch_input_shape: [null, 5, 2] },
        },
        { class_name: "GRU", config: { name: "g", units: 3 } },
        dense("z"),
      ],
    },
  }),
];
const seconds = Array.from({ length: 30 }, (_, i) => i);
const TRACES = [
  JSON.stringify(seconds.map((second) => ({ duration_ms: 500 + 40 * second, bandwidth_kbps: 1000 + 100 * second }))),
  `time,Mbit/s\n${seconds.map((second) => `${second},${3 + (second % 5)}`).join("\n")}\n`,
  `# a trace\n${seconds.map((second) => `${2 * second};1.${second}`).join("\r\n")}`,
];
