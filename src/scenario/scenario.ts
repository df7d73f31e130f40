import { type Static, type TNumber, type TSchema, Type } from "@sinclair/typebox";

/** Where a value comes from, as printed by `dios scenario` and in the notebooks. */
type Source = "paper" | "reference" | "calibrated" | "ours";

interface About {
  /** What it means. */
  description: string;
  /** Its unit; "1" for a pure number. */
  unit: string;
  /** Where the default comes from. */
  source: Source;
}

function number(value: number, minimum: number, maximum: number, about: About): TNumber {
  return Type.Number({ default: value, minimum, maximum, ...about });
}

function integer(value: number, minimum: number, maximum: number, about: About) {
  return Type.Integer({ default: value, minimum, maximum, ...about });
}

/** A range [least, most]; what is drawn from it is uniform. */
function range(bounds: [number, number], minimum: number, maximum: number, about: About) {
  const bound = Type.Number({ minimum, maximum });
  return Type.Tuple([bound, bound], { default: bounds, ...about });
}

/** A range of whole numbers [least, most]; what is drawn from it is uniform, both ends included. */
function integerRange(bounds: [number, number], minimum: number, maximum: number, about: About) {
  const bound = Type.Integer({ minimum, maximum });
  return Type.Tuple([bound, bound], { default: bounds, ...about });
}

function choice<const Choices extends readonly string[]>(value: Choices[number], choices: Choices, about: About) {
  const literals = choices.map((name) => Type.Literal(name));
  return Type.Unsafe<Choices[number]>(Type.Union(literals, { default: value, ...about }));
}

function group<Properties extends Record<string, TSchema>>(properties: Properties, description: string) {
  return Type.Object(properties, { additionalProperties: false, default: {}, description });
}

/** The most sub-tasks of an application. */
export const SUB_TASKS_MOST = 200;

/** A list of numbers without a default, one for each of something. */
function numbers(most: number, maximum: number, about: About) {
  return Type.Array(Type.Number({ minimum: 0, maximum, unit: about.unit }), { maxItems: most, ...about });
}

/** Optional and without a default, so that a scenario without it keeps its hash. */
const measured = Type.Optional(
  Type.Object(
    {
      names: Type.Optional(
        Type.Array(Type.String({ maxLength: 200 }), {
          maxItems: SUB_TASKS_MOST,
          description: "what the sub-tasks are called, [T]",
          unit: "1",
          source: "ours",
        }),
      ),
      dataBytes: numbers(20_000, 1e12, {
        description: "data on each of `dependencies`, in their order",
        unit: "bytes",
        source: "ours",
      }),
      inputBytes: numbers(SUB_TASKS_MOST, 1e12, {
        description:
          "data from the device to each sub-task, [T]; 0 for none, though one without a predecessor always has that dependency",
        unit: "bytes",
        source: "ours",
      }),
      outputBytes: numbers(SUB_TASKS_MOST, 1e12, {
        description:
          "data from each sub-task to the device, [T]; 0 for none, though one without a successor always has that dependency",
        unit: "bytes",
        source: "ours",
      }),
      cycles: numbers(SUB_TASKS_MOST, 1e15, {
        description:
          "workload of each sub-task on these data, [T]; it grows and shrinks with the input bytes of a state",
        unit: "cycles",
        source: "ours",
      }),
      scale: range([0.5, 1.5], 0, 1e3, {
        description: "what the data on each dependency of a state are a multiple of: uniform in this range",
        unit: "1",
        source: "ours",
      }),
    },
    {
      additionalProperties: false,
      description:
        "sizes and work of the application's own (topology graph), in place of the ranges dataBytes and cyclesPerByte",
    },
  ),
);

const application = group(
  {
    topology: choice(
      "branches",
      ["chain", "branches", "forkJoin", "tree", "random", "layered", "seriesParallel", "graph"],
      {
        description:
          "shape of the graph of sub-tasks: a chain; independent chains; a fork, its parallel sub-tasks and a join; a tree; a random graph; random dependencies from layer to layer; a random series-parallel graph; or the graph given by `dependencies`",
        unit: "1",
        source: "calibrated",
      },
    ),
    subTasks: integer(6, 1, SUB_TASKS_MOST, { description: "number of sub-tasks T", unit: "1", source: "paper" }),
    branches: integer(3, 1, SUB_TASKS_MOST, {
      description:
        "number of independent chains (topology branches), of children a sub-task (tree) or of sub-tasks a layer (layered)",
      unit: "1",
      source: "calibrated",
    }),
    density: number(0.3, 0, 1, {
      description:
        "probability of a dependency between two sub-tasks (topology random) or two of neighbouring layers (layered), or that a sub-task is added beside a dependency and not into it (seriesParallel)",
      unit: "1",
      source: "ours",
    }),
    graphSeed: integer(1, 0, Number.MAX_SAFE_INTEGER, {
      description: "seed of the graph (topologies random, layered, seriesParallel)",
      unit: "1",
      source: "ours",
    }),
    dependencies: Type.Array(Type.Tuple([Type.Integer({ minimum: 0 }), Type.Integer({ minimum: 0 })]), {
      default: [],
      maxItems: 20_000,
      description: "pairs [from, to] of sub-tasks with from < to, counted from 0 (topology graph)",
      unit: "1",
      source: "ours",
    }),
    dataBytes: range([81_400, 541_000], 0, 1e12, {
      description: "data on each dependency, device input and output included: d",
      unit: "bytes",
      source: "calibrated",
    }),
    cyclesPerByte: range([5790, 6310], 0, 1e9, {
      description: "complexity of a sub-task: rho; its workload is rho times its input bytes",
      unit: "cycles/byte",
      source: "calibrated",
    }),
    measured,
  },
  "the application: a directed acyclic graph of sub-tasks",
);

const device = group(
  {
    clockHz: number(1.34e9, 1e3, 1e15, { description: "clock of the device: f_L", unit: "Hz", source: "calibrated" }),
    capacitance: number(1e-27, 0, 1, {
      description: "effective switched capacitance kappa: local energy is kappa f_L^2 joules a cycle",
      unit: "J/(Hz^2 cycle)",
      source: "reference",
    }),
  },
  "the mobile device",
);

const edge = group(
  {
    coreHz: number(1.28e9, 1e3, 1e15, { description: "clock of one core: f_E", unit: "Hz", source: "calibrated" }),
    cores: integer(16, 1, 65_535, { description: "number of cores M", unit: "1", source: "paper" }),
    coresGranted: integerRange([1, 2], 1, 65_535, {
      description: "cores granted to a sub-task: m",
      unit: "1",
      source: "calibrated",
    }),
  },
  "the server in the small cell (the paper's SCcNB)",
);

const cloud = group(
  { clockHz: number(1.64e9, 1e3, 1e15, { description: "clock in the cloud: f_C", unit: "Hz", source: "calibrated" }) },
  "the remote cloud",
);

const linkBudget = Type.Object(
  {
    transmitPowerDbm: number(23, -50, 80, { description: "transmit power", unit: "dBm", source: "reference" }),
    distanceM: number(100, 0.1, 1e6, { description: "distance to the small cell", unit: "m", source: "ours" }),
    pathLossAt1KmDb: number(140.7, 0, 300, { description: "path loss at 1 km", unit: "dB", source: "reference" }),
    pathLossExponent: number(3.67, 1, 10, { description: "path-loss exponent", unit: "1", source: "reference" }),
    noiseDbmPerHz: number(-174, -250, 0, { description: "noise density", unit: "dBm/Hz", source: "reference" }),
    noiseFigureDb: number(9, 0, 50, { description: "noise figure of the receiver", unit: "dB", source: "reference" }),
  },
  {
    additionalProperties: false,
    description: "power, path loss and noise that give the mean signal-to-noise ratio in place of meanSnrDb",
  },
);

const radio = group(
  {
    bandwidthHz: number(20e6, 1, 1e12, { description: "total bandwidth B", unit: "Hz", source: "reference" }),
    subcarriers: integer(256, 1, 65_535, { description: "number of subcarriers N", unit: "1", source: "paper" }),
    subcarriersGranted: integerRange([34, 125], 1, 65_535, {
      description: "subcarriers granted to a sub-task: n",
      unit: "1",
      source: "calibrated",
    }),
    fading: choice("flat", ["flat", "selective", "trace"], {
      description:
        "Rayleigh fading: flat, one gain a grant and never below 0.1523 bit/s/Hz; or selective, one gain a block of 12 subcarriers; or the measured throughput of `trace`, with the same floor as flat",
      unit: "1",
      source: "paper",
    }),
    meanSnrDb: number(1.67, -100, 100, {
      description: "mean signal-to-noise ratio on a subcarrier",
      unit: "dB",
      source: "calibrated",
    }),
    linkBudget: Type.Optional(linkBudget),
    trace: Type.Optional(
      numbers(100_000, 1e15, {
        description:
          "measured throughput of the whole band, one number a second (fading trace): the sub-tasks of a state get consecutive ones from a random one on, each its share n/N",
        unit: "bit/s",
        source: "ours",
      }),
    ),
  },
  "the radio link between the device and the small cell",
);

const wired = group(
  {
    rateBitPerS: number(0.51e9, 1, 1e15, { description: "rate R_wired", unit: "bit/s", source: "calibrated" }),
    delayS: range([0.01, 0.02], 0, 1e6, { description: "delay W of the wired link", unit: "s", source: "paper" }),
  },
  "the wired link between the small cell and the cloud",
);

const price = (value: number, unit: string, description: string) =>
  number(value, 0, 1e12, { description, unit, source: "calibrated" });

const prices = group(
  {
    perSecond: price(1, "cost/s", "weight of a second of delay, of execution or transfer"),
    localPerJoule: price(1.78, "cost/J", "price of local energy"),
    radioPerGrant: price(
      11.3,
      "cost",
      "price of the whole band for a sub-task that is offloaded; it pays its share n/N",
    ),
    radioPerSecond: price(2.68, "cost/s", "price of a second of the whole band; a transfer pays its share n/N"),
    edgePerGrant: price(1.46, "cost", "price of all cores for a sub-task at the edge; it pays its share m/M"),
    edgePerSecond: price(0.17, "cost/s", "price of a second of all cores; a sub-task at the edge pays its share m/M"),
    cloudPerSecond: price(0.278, "cost/s", "price of a second of execution in the cloud"),
    wiredPerSecond: price(1.07, "cost/s", "price of a second on the wired link"),
  },
  "the weights of the cost, in seconds of delay when perSecond is 1",
);

const greedy = group(
  {
    by: choice("time", ["time", "cost"], {
      description: "what GOS minimises for each sub-task: its execution and input-transfer time, or their cost",
      unit: "1",
      source: "calibrated",
    }),
  },
  "the greedy scheme GOS",
);

/** Optional and without a default, so that a scenario that does not name it keeps its hash. */
const capacity = Type.Optional(
  Type.Unsafe<"unlimited" | "shared">(
    Type.Union([Type.Literal("unlimited"), Type.Literal("shared")], {
      description:
        "whether the grants of sub-tasks that are offloaded together have a limit: unlimited (as when it is left out); or shared, when those that are offloaded may hold at most radio.subcarriers and those at the edge at most edge.cores",
      unit: "1",
      source: "ours",
    }),
  ),
);

/** The JSON schema of a scenario; every parameter carries its unit, default, allowed range and source. */
export const scenarioSchema = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 60,
      pattern: "^[A-Za-z0-9._-]+$",
      description: "name of the scenario",
    }),
    description: Type.String({
      default: "",
      maxLength: 2000,
      description: "what the scenario is, in a sentence or two",
    }),
    sources: Type.Record(Type.String(), Type.String(), {
      default: {},
      description:
        "where values come from that differ from the defaults: parameter, such as radio.meanSnrDb, to source",
    }),
    application,
    device,
    edge,
    cloud,
    radio,
    wired,
    prices,
    greedy,
    capacity,
  },
  { additionalProperties: false },
);

/** What the world is: every parameter of the model, in SI units (see `scenarioSchema` for the meaning of each). */
export interface Scenario extends Static<typeof scenarioSchema> {}
