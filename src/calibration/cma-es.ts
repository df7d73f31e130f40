import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import seedrandom from "seedrandom";
import { standardNormal } from "../random";

/** The state of a search between two generations: with the seed it determines all that follows. Plain JSON. */
export interface CmaEsState {
  readonly generation: number;
  readonly mean: readonly number[];
  /** Step size. */
  readonly sigma: number;
  /** Covariance of the steps, [n][n]. */
  readonly covariance: readonly (readonly number[])[];
  /** Evolution paths of the step size and of the covariance. */
  readonly pathSigma: readonly number[];
  readonly pathC: readonly number[];
  /** The best point so far and its value. */
  readonly best: { readonly point: readonly number[]; readonly value: number };
}

/** Where a search starts. */
export function startCmaEs(mean: readonly number[], sigma: number): CmaEsState {
  const zeros = mean.map(() => 0);
  return {
    generation: 0,
    mean,
    sigma,
    covariance: mean.map((_, i) => mean.map((_, j) => (i === j ? 1 : 0))),
    pathSigma: zeros,
    pathC: zeros,
    best: { point: mean, value: Number.MAX_VALUE },
  };
}

/** Points evaluated in a generation, for n parameters. */
export function populationSize(n: number): number {
  return 4 + Math.floor(3 * Math.log(n));
}

/**
 * One generation of the covariance matrix adaptation evolution strategy (N. Hansen, "The CMA evolution strategy: a tutorial",
 * arXiv 1604.00772, with its default constants): `evaluate` gives the values of the points, the less the better. The unit cube is
 * the domain: points outside are reflected into it. Draws depend on (seed, generation) alone.
 */
export async function stepCmaEs(
  state: CmaEsState,
  seed: string,
  evaluate: (points: readonly (readonly number[])[]) => Promise<readonly number[]>,
): Promise<CmaEsState> {
  const n = state.mean.length;
  const lambda = populationSize(n);
  const mu = Math.floor(lambda / 2);
  const raw = Array.from({ length: mu }, (_, i) => Math.log((lambda + 1) / 2) - Math.log(i + 1));
  const rawSum = raw.reduce((sum, w) => sum + w, 0);
  const weights = raw.map((w) => w / rawSum);
  const muEff = 1 / weights.reduce((sum, w) => sum + w * w, 0);
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const c1 = 2 / ((n + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1, (2 * (muEff - 2 + 1 / muEff)) / ((n + 2) ** 2 + muEff));
  const expectedNorm = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));

  const eigen = new EigenvalueDecomposition(new Matrix(state.covariance.map((row) => [...row])), {
    assumeSymmetric: true,
  });
  const axes = eigen.eigenvectorMatrix;
  const lengths = eigen.realEigenvalues.map((value) => Math.sqrt(Math.max(value, 1e-20)));
  const random = seedrandom.alea(`${seed}/${state.generation}`);
  const candidates = Array.from({ length: lambda }, () => {
    const z = state.mean.map(() => standardNormal(random));
    const y = state.mean.map((_, i) => z.reduce((sum, zj, j) => sum + axes.get(i, j) * (lengths[j] as number) * zj, 0));
    return { y, point: state.mean.map((m, i) => reflect(m + state.sigma * (y[i] as number))) };
  });
  const values = await evaluate(candidates.map(({ point }) => point));
  const ranked = candidates
    .map((candidate, i) => ({ ...candidate, value: values[i] as number }))
    .sort((a, b) => a.value - b.value);
  const selected = ranked.slice(0, mu);
  const step = state.mean.map((_, i) =>
    selected.reduce((sum, { y }, k) => sum + (weights[k] as number) * (y[i] as number), 0),
  );

  // C^(-1/2) step = B D^(-1) B^T step
  const rotated = state.mean.map(
    (_, j) => step.reduce((sum, s, i) => sum + axes.get(i, j) * s, 0) / (lengths[j] as number),
  );
  const whitened = state.mean.map((_, i) => rotated.reduce((sum, r, j) => sum + axes.get(i, j) * r, 0));
  const pathSigma = state.pathSigma.map(
    (p, i) => (1 - cSigma) * p + Math.sqrt(cSigma * (2 - cSigma) * muEff) * (whitened[i] as number),
  );
  const norm = Math.hypot(...pathSigma);
  const steady =
    norm / Math.sqrt(1 - (1 - cSigma) ** (2 * (state.generation + 1))) < (1.4 + 2 / (n + 1)) * expectedNorm;
  const pathC = state.pathC.map(
    (p, i) => (1 - cC) * p + (steady ? Math.sqrt(cC * (2 - cC) * muEff) * (step[i] as number) : 0),
  );
  const kept = 1 - c1 - cMu + (steady ? 0 : c1 * cC * (2 - cC));
  const covariance = state.covariance.map((row, i) =>
    row.map((c, j) => {
      const rankMu = selected.reduce(
        (sum, { y }, k) => sum + (weights[k] as number) * (y[i] as number) * (y[j] as number),
        0,
      );
      return kept * c + c1 * (pathC[i] as number) * (pathC[j] as number) + cMu * rankMu;
    }),
  );
  const first = ranked[0] as (typeof ranked)[number];
  return {
    generation: state.generation + 1,
    mean: state.mean.map((m, i) => reflect(m + state.sigma * (step[i] as number))),
    sigma: state.sigma * Math.exp((cSigma / dSigma) * (norm / expectedNorm - 1)),
    covariance,
    pathSigma,
    pathC,
    best: first.value < state.best.value ? { point: first.point, value: first.value } : state.best,
  };
}

/** Into [0, 1], by reflection at the ends. */
function reflect(value: number): number {
  const folded = Math.abs(value) % 2;
  return folded > 1 ? 2 - folded : folded;
}
