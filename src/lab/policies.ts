import { statisticsOf } from "../demonstrations/features";
import type { Demonstrations } from "../demonstrations/generate";
import { evaluate } from "../evaluation/evaluate";
import type { PolicyPoint } from "../figures/policy-comparison";
import { type MessagePassing, type MessageSet, trainMessagePassing } from "../learning/message-passing";
import type { Model } from "../learning/model";
import { type TrainOptions, train, trainingSetOf } from "../learning/train";
import type { Scheme } from "../schemes/scheme";
import { longWork } from "./long-work";

/** Trains DIOS on demonstrations in memory, under a progress bar. To have a model that is kept, use `modelOf`. */
export function diosOf(training: Demonstrations, validation: Demonstrations, options: TrainOptions): Promise<Model> {
  const statistics = statisticsOf(training.features);
  const set = (demonstrations: Demonstrations) => trainingSetOf(demonstrations, statistics);
  const name = training.provenance.scenario.name;
  const lost = `training on ${name} was interrupted; nothing of it was kept, run it again.`;
  return longWork(`Training DIOS on ${name}`, options.epochs, lost, async (bar, signal) => {
    const onStep = (epochs: number) => bar.update(epochs);
    const { network, history, bestEpoch, stopped } = await train(set(training), set(validation), options, {
      signal,
      onStep,
    });
    if (stopped) signal.throwIfAborted();
    return { network, options, statistics, trainedOn: training.provenance, history, bestEpoch };
  });
}

/** Trains a message-passing policy (see trainMessagePassing) under a progress bar. */
export function messagePassingOf(
  training: readonly MessageSet[],
  validation: readonly MessageSet[],
  rounds: number,
  options: Omit<TrainOptions, "head">,
): Promise<MessagePassing> {
  const lost = "training of message passing was interrupted; nothing of it was kept, run it again.";
  return longWork("Training message passing", rounds * options.epochs, lost, (bar, signal) =>
    trainMessagePassing(training, validation, rounds, options, (round, { epoch, validationAccuracy }) => {
      signal.throwIfAborted();
      bar.update(
        round * options.epochs + epoch,
        `round ${round + 1}, labels right ${(100 * validationAccuracy).toFixed(2)} %`,
      );
    }),
  );
}

/** Policies, by name, to compare on a test set that is shown at x. */
export interface PolicyTest {
  readonly x: number | string;
  readonly test: Demonstrations;
  readonly policies: Readonly<Record<string, Scheme["decide"]>>;
}

/** How policies do on test sets, for policyComparison: a point a test for each policy that it has. */
export function policyPoints(tests: readonly PolicyTest[]): Record<string, PolicyPoint[]> {
  const points: Record<string, PolicyPoint[]> = {};
  for (const { x, test, policies } of tests) {
    // The name of a scheme matters for what DIOS saves alone, which is not looked at.
    const schemes = Object.entries(policies).map(([title, decide]): Scheme => ({ name: "DIOS", title, decide }));
    for (const { title, accuracy, relativeCost } of evaluate(test, schemes).results) {
      points[title] ??= [];
      points[title].push({ x, accuracy, relativeCost });
    }
  }
  return points;
}
