import { type Demonstrations, dios, type Scheme, standardise, statisticsOf, TRAIN_DEFAULTS, train } from "dios-lab";

/** A network that imitates the decisions of any demonstrations: the scheme DIOS. */
export async function imitate(training: Demonstrations, validation: Demonstrations, epochs: number): Promise<Scheme> {
  const options = { ...TRAIN_DEFAULTS, epochs };
  const statistics = statisticsOf(training.features);
  const ready = ({ features, decisions }: Demonstrations) => ({
    features: standardise(features, statistics),
    decisions,
  });
  const { network, history, bestEpoch } = await train(ready(training), ready(validation), options);
  return dios({ network, options, statistics, trainedOn: training.provenance, history, bestEpoch });
}
