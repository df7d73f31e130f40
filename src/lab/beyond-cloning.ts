import { encode, standardise, statisticsOf } from "../demonstrations/features";
import type { Demonstrations } from "../demonstrations/generate";
import { type CostSensitiveTrained, trainCostSensitive } from "../learning/aggrevate";
import {
  type ArchitectureName,
  type ArchitectureOptions,
  type ArchitectureTrained,
  trainArchitecture,
} from "../learning/architectures";
import { type DaggerTrained, trainDagger } from "../learning/dagger";
import { HEADS } from "../learning/heads";
import type { ShareHooks } from "../learning/hooks";
import type { Policy, PolicyDecider } from "../learning/inference";
import { type TrainOptions, train, trainingSetOf } from "../learning/train";
import { longWork } from "./long-work";

/** Trains a sequential policy by dataset aggregation, or with one round by cloning (see trainDagger), under a progress bar. */
export function daggerOf(
  training: Demonstrations,
  validation: Demonstrations,
  rounds: number,
  options: Omit<TrainOptions, "head">,
): Promise<DaggerTrained> {
  return underBar(rounds === 1 ? "cloning" : "DAgger", rounds * options.epochs, (hooks) =>
    trainDagger(training, validation, rounds, options, hooks),
  );
}

/** Trains a sequential policy by cost-sensitive imitation (see trainCostSensitive), under a progress bar. */
export function costSensitiveOf(
  training: Demonstrations,
  validation: Demonstrations,
  options: Omit<TrainOptions, "head">,
): Promise<CostSensitiveTrained> {
  return underBar("cost-sensitive imitation", options.epochs, (hooks) =>
    trainCostSensitive(training, validation, options, hooks),
  );
}

/** Trains a network of an architecture (see trainArchitecture), under a progress bar, and makes it ready to decide. */
export function architectureOf(
  name: ArchitectureName,
  training: Demonstrations,
  validation: Demonstrations,
  options: ArchitectureOptions,
): Promise<ArchitectureTrained & { readonly decide: PolicyDecider }> {
  const statistics = statisticsOf(training.features);
  const set = (demonstrations: Demonstrations) => trainingSetOf(demonstrations, statistics);
  return underBar(`the ${name} network`, options.epochs, async (hooks) => {
    const { application } = training.states;
    const trained = await trainArchitecture(name, application, set(training), set(validation), options, hooks);
    const decide: PolicyDecider = (scenario, states) =>
      HEADS.softmax.decide(trained.forward(standardise(encode(scenario, states), statistics)));
    return { ...trained, decide };
  });
}

/** Trains networks that differ in their seeds alone: those of an ensemble, under a progress bar. */
export function membersOf(
  training: Demonstrations,
  validation: Demonstrations,
  members: number,
  options: TrainOptions,
): Promise<Policy[]> {
  const statistics = statisticsOf(training.features);
  const set = (demonstrations: Demonstrations) => trainingSetOf(demonstrations, statistics);
  return underBar("an ensemble", members * options.epochs, async ({ onShare, signal }) => {
    const policies: Policy[] = [];
    for (let member = 0; member < members; member++) {
      const onStep = (epochs: number) => onShare((member + epochs / options.epochs) / members);
      const seeded = { ...options, seed: options.seed + member };
      const { network } = await train(set(training), set(validation), seeded, { signal, onStep });
      signal.throwIfAborted();
      policies.push({ network, statistics, head: options.head });
    }
    return policies;
  });
}

/** Trains under a progress bar of so many epochs. */
function underBar<T>(what: string, epochs: number, work: (hooks: Required<ShareHooks>) => Promise<T>): Promise<T> {
  const lost = `training ${what} was interrupted; nothing of it was kept, run it again.`;
  return longWork(`Training ${what}`, epochs, lost, (bar, signal) =>
    work({ onShare: (share) => bar.update(epochs * share), signal }),
  );
}
