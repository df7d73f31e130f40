// Another project's program: demonstrations, a network that imitates them, and how it does on states that it has not seen. Prints JSON.
import {
  costTables,
  type Demonstrations,
  dios,
  evaluate,
  generate,
  loadScenario,
  type Model,
  oos,
  ros,
  type Split,
  standardise,
  statisticsOf,
  TRAIN_DEFAULTS,
  type TrainOptions,
  train,
  VERSION,
} from "dios-lab";

const scenario = loadScenario("paper", { wired: { rateBitPerS: 1e9 } });
const demonstrations = (split: Split, count: number): Demonstrations => generate({ scenario, seed: 1, split, count });
const training = demonstrations("train", 1000);
const statistics = statisticsOf(training.features);
const set = ({ features, decisions }: Demonstrations) => ({ features: standardise(features, statistics), decisions });

const options: TrainOptions = { ...TRAIN_DEFAULTS, hidden: [64], batch: 32, epochs: 40 };
const trained = await train(set(training), set(demonstrations("validation", 500)), options);
const model: Model = { ...trained, options, statistics, trainedOn: training.provenance };

const test = demonstrations("test", 300);
const { results } = evaluate(test, [oos, dios(model), ros(1)]);
const tables = costTables(scenario, test.states);
console.log(
  JSON.stringify({
    version: VERSION,
    application: test.states.application,
    tables: {
      execution: Array.from(tables.execution),
      radio: Array.from(tables.radio),
      wired: Array.from(tables.wired),
    },
    results: results.map(({ scheme, accuracy, cost }) => ({ scheme, accuracy: accuracy.value, cost: cost.value })),
  }),
);
