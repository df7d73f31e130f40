import { featureNames, matrixRows } from "../demonstrations/features";
import { type Demonstrations, generate } from "../demonstrations/generate";
import { acrossSeeds, type Estimate } from "../evaluation/estimate";
import { evaluate } from "../evaluation/evaluate";
import type { TransferPoint } from "../figures/transfer-figure";
import { policyDecider } from "../learning/inference";
import type { Model } from "../learning/model";
import { learnDomain, movedTo, type NamedPolicy, policyOf, type TransferOptions } from "../learning/transfer";
import { sliceStates } from "../mec/states";
import type { Scenario } from "../scenario/scenario";
import type { Scheme } from "../schemes/scheme";
import { longWork } from "./long-work";

/** A way to learn a domain. */
export interface TransferMethod {
  readonly from: "model" | "scratch";
  readonly options: TransferOptions;
  /** Numbers of demonstrations to learn from, validation included. */
  readonly counts: readonly number[];
}

/** A domain to move to, and the ways to learn there by name. */
export interface Domain {
  readonly name: string;
  readonly scenario: Scenario;
  readonly methods: Readonly<Record<string, TransferMethod>>;
}

/** What is compared. */
export interface TransferPlan {
  readonly domains: readonly Domain[];
  /** Each seed has its own demonstrations, training and test states. */
  readonly seeds: readonly number[];
  /** States of the test set. */
  readonly testCount: number;
}

/** What a policy is called that decides on a domain without having learned there. */
export const ZERO_SHOT = "zero-shot";

/**
 * Moves a model to other domains: how it does there as it is, and how policies do that learned there. A point a domain, method and number of
 * demonstrations, with the interval over seeds.
 */
export async function transferOf(model: Model, plan: TransferPlan): Promise<TransferPoint[]> {
  const { domains, seeds, testCount } = plan;
  const source = policyOf(model);
  const all = domains.flatMap(({ methods }) => Object.values(methods).flatMap(({ counts }) => counts));
  const total = seeds.length * all.reduce((sum, count) => sum + count, 0);
  const lost = "transfer was interrupted; nothing of it was kept, run it again.";
  return longWork("Learning other domains, demonstrations", total, lost, async (bar, signal) => {
    const points: TransferPoint[] = [];
    let done = 0;
    for (const { name: domain, scenario, methods } of domains) {
      const most = Math.max(...Object.values(methods).flatMap(({ counts }) => counts));
      const bySeed: Map<string, Result>[] = [];
      for (const seed of seeds) {
        const training = generate({ scenario, seed, split: "train", count: most });
        const policies = new Map<string, NamedPolicy>();
        policies.set(keyOf(ZERO_SHOT, 0), movedTo(source, featureNames(training.states)));
        for (const [method, { from, options, counts }] of Object.entries(methods)) {
          for (const count of counts) {
            const start = from === "model" ? source : undefined;
            const { policy } = await learnDomain(firstOf(training, count), { ...options, seed }, start, { signal });
            policies.set(keyOf(method, count), policy);
            done += count;
            bar.update(done, domain);
          }
        }
        bySeed.push(resultsOf(generate({ scenario, seed, split: "test", count: testCount }), policies));
      }
      for (const key of bySeed[0]?.keys() ?? []) {
        const results = bySeed.map((one) => one.get(key) as Result);
        const [method, count] = JSON.parse(key) as [string, number];
        points.push({
          domain,
          method,
          count,
          accuracy: acrossSeeds(results.map(({ accuracy }) => accuracy)),
          relativeCost: acrossSeeds(results.map(({ relativeCost }) => relativeCost)),
        });
      }
    }
    return points;
  });
}

interface Result {
  readonly accuracy: Estimate;
  readonly relativeCost: Estimate;
}

const keyOf = (method: string, count: number): string => JSON.stringify([method, count]);

/** How each policy does on a test set. */
function resultsOf(test: Demonstrations, policies: Map<string, NamedPolicy>): Map<string, Result> {
  const schemes = [...policies].map(([title, policy]): Scheme => {
    const decide = policyDecider(policy);
    return { name: "DIOS", title, decide: ({ scenario, states }) => decide(scenario, states) };
  });
  return new Map(evaluate(test, schemes).results.map((result) => [result.title, result]));
}

/** The first `count` demonstrations of a set. */
function firstOf({ provenance, states, features, decisions, costs }: Demonstrations, count: number): Demonstrations {
  return {
    provenance: { ...provenance, count },
    states: sliceStates(states, 0, count),
    features: matrixRows(features, 0, count),
    decisions: decisions.subarray(0, count * states.application.subTasks),
    costs: costs.subarray(0, count),
  };
}
