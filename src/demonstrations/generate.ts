import type { Plan } from "../optimal/exact";
import { scenarioHash } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";
import { VERSION } from "../version";
import { type Demonstrated, demonstrate } from "./demonstrate";
import { type Split, streamOf } from "./split";

/** What a data set was made from; two data sets with equal provenance are the same bytes. */
export interface Provenance {
  readonly scenario: Scenario;
  readonly scenarioHash: string;
  readonly seed: number;
  readonly split: Split;
  /** Index of the first state in the stream of (seed, split). */
  readonly first: number;
  readonly count: number;
  readonly version: string;
}

/** What the network learns from, and what it was made from. */
export interface Demonstrations extends Demonstrated {
  readonly provenance: Provenance;
}

/** What is to be generated. */
export interface GenerateRequest {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly split: Split;
  readonly count: number;
  /** Index of the first state; 0 by default. */
  readonly first?: number;
}

/** Told how many of how many are done. */
export type Progress = (done: number, total: number) => void;

/** Rows that are generated, and stored, at a time. */
export const CHUNK = 10_000;

/** Generates demonstrations: samples states, encodes their features and finds their optimal decisions; `beyond` as for demonstrate. */
export function generate(request: GenerateRequest, beyond?: Plan): Demonstrations {
  const { scenario, seed, split, count, first = 0 } = request;
  const made = demonstrate(scenario, streamOf(seed, split), first, count, beyond);
  return { ...made, provenance: provenanceOf(request) };
}

/**
 * Generates demonstrations a chunk at a time, in bounded memory. Chunks are aligned to multiples of CHUNK in the stream, so that
 * shards joined together have the chunks of the whole. With `reuse` the memory of a chunk is used again for the next but one: quicker, and enough for
 * storing them.
 */
export function* generateChunks(request: GenerateRequest, beyond?: Plan, reuse = false): Generator<Demonstrations> {
  const provenance = provenanceOf(request);
  const stream = streamOf(request.seed, request.split);
  // The last chunk and the one before.
  let last: Demonstrated | undefined;
  let before: Demonstrated | undefined;
  for (const { scenario, first, count } of chunkRequests(request)) {
    const into = reuse && before?.states.count === count ? before : undefined;
    const made = demonstrate(scenario, stream, first, count, beyond, into);
    [before, last] = [last, made];
    yield { ...made, provenance: { ...provenance, first, count } };
  }
}

/** The requests of the chunks of a request, in order. */
export function chunkRequests(request: GenerateRequest): Required<GenerateRequest>[] {
  const { count, first = 0 } = request;
  const end = first + count;
  const requests: Required<GenerateRequest>[] = [];
  for (let from = first; from < end; ) {
    const to = Math.min(end, (Math.floor(from / CHUNK) + 1) * CHUNK);
    requests.push({ ...request, first: from, count: to - from });
    from = to;
  }
  return requests;
}

/** What identifies the data set of a request. */
export function provenanceOf({ scenario, seed, split, count, first = 0 }: GenerateRequest): Provenance {
  return { scenario, scenarioHash: scenarioHash(scenario), seed, split, first, count, version: VERSION };
}
