import fs from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { matrixRows } from "../demonstrations/features";
import { CHUNK, chunkRequests, type Demonstrations, type Progress, provenanceOf } from "../demonstrations/generate";
import { generateParallel } from "../demonstrations/parallel";
import type { Split } from "../demonstrations/split";
import { loadDemonstrations, storeDemonstrations, storedProvenance } from "../demonstrations/store";
import { InputError, requireInteger } from "../errors";
import { sliceStates } from "../mec/states";
import { type Experiment, requestOf } from "./experiment";

/** A part of a data set: `count` states from the state `first` on. */
export interface Shard {
  readonly first: number;
  readonly count: number;
}

/** Most chunks of a shard unless its number is given: 250,000 states, which take some seconds and 65 MB. */
const CHUNKS_MOST = 25;

/** A data set of `count` states in `shards` parts of about the same size, whole chunks each; at most as many as there are chunks. */
export function shardsOf(count: number, shards = Math.ceil(count / (CHUNK * CHUNKS_MOST))): Shard[] {
  requireInteger("shards", shards, 1, 100_000);
  const chunks = Math.ceil(count / CHUNK);
  const parts = Math.min(shards, chunks);
  return Array.from({ length: parts }, (_, part) => {
    const first = CHUNK * Math.floor((part * chunks) / parts);
    return { first, count: Math.min(count, CHUNK * Math.floor(((part + 1) * chunks) / parts)) - first };
  });
}

/** The file of a shard; it is made of what the whole data set is, and goes when that is joined. */
export function shardFile({ folder }: Experiment, split: Split, { first }: Shard): string {
  return path.join(shardFolder(folder, split), `${first}.arrow`);
}

const shardFolder = (folder: string, split: Split) => path.join(folder, `${split}.shards`);

/** Whether a shard is stored. */
export async function hasShard(experiment: Experiment, split: Split, shard: Shard): Promise<boolean> {
  const file = shardFile(experiment, split, shard);
  if (!fs.existsSync(file)) return false;
  try {
    return isDeepStrictEqual(await storedProvenance(file), provenanceOf({ ...requestOf(experiment, split), ...shard }));
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Generates a shard unless it is stored, and returns its file. */
export async function storeShard(
  experiment: Experiment,
  split: Split,
  shard: Shard,
  onProgress?: Progress,
  signal?: AbortSignal,
): Promise<string> {
  const file = shardFile(experiment, split, shard);
  if (await hasShard(experiment, split, shard)) return file;
  const request = { ...requestOf(experiment, split), ...shard };
  await storeDemonstrations(
    file,
    provenanceOf(request),
    generateParallel(request, undefined, true),
    onProgress,
    signal,
  );
  return file;
}

/** Joins stored shards to the data set that one process would have stored, the same bytes, and removes them. */
export async function joinShards(
  file: string,
  experiment: Experiment,
  split: Split,
  shards: readonly Shard[],
  onProgress?: Progress,
  signal?: AbortSignal,
): Promise<void> {
  const files = shards.map((shard) => shardFile(experiment, split, shard));
  await storeDemonstrations(file, provenanceOf(requestOf(experiment, split)), chunksIn(files), onProgress, signal);
  fs.rmSync(shardFolder(experiment.folder, split), { recursive: true, force: true });
}

function* chunksIn(files: readonly string[]): Generator<Demonstrations> {
  for (const file of files) {
    const shard = loadDemonstrations(file);
    const { scenario, seed, split, first, count } = shard.provenance;
    for (const chunk of chunkRequests({ scenario, seed, split, first, count })) {
      yield rowsOf(shard, chunk.first - first, chunk.count);
    }
  }
}

/** Some of the rows of a data set, without a copy. */
function rowsOf({ provenance, states, features, decisions, costs }: Demonstrations, from: number, count: number) {
  const { subTasks } = states.application;
  return {
    provenance: { ...provenance, first: provenance.first + from, count },
    states: sliceStates(states, from, count),
    features: matrixRows(features, from, count),
    decisions: decisions.subarray(from * subTasks, (from + count) * subTasks),
    costs: costs.subarray(from, from + count),
  };
}
