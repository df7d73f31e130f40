import { type Matrix, type Statistics, standardise, statisticsOfParts } from "../demonstrations/features";
import { CHUNK } from "../demonstrations/generate";
import type { StoredDemonstrations } from "../demonstrations/store";
import { rowsFrom, type TrainingSource } from "./train";

/** The statistics of the features of the first `rows` stored demonstrations: the same bits as statisticsOf of them in memory. */
export function storedStatistics(stored: StoredDemonstrations, rows = stored.provenance.count): Statistics {
  const { columns } = stored;
  function* parts(): Generator<Matrix> {
    const room = new Float32Array(CHUNK * columns);
    for (let first = 0; first < rows; first += CHUNK) {
      const count = Math.min(CHUNK, rows - first);
      const values = room.subarray(0, count * columns);
      stored.readFeatures(first, values);
      yield { rows: count, columns, values };
    }
  }
  return statisticsOfParts(rows, columns, parts);
}

/** Bytes of the rows that are read ahead, in the order in which they are learned. */
const AHEAD_BYTES = 128 * 2 ** 20;

/** Where more than one of so many rows is wanted, all are read: that takes no longer than to read those alone. */
const SPARSE = 64;

/**
 * The first `rows` of stored demonstrations to learn from: the same batches, to the bit, as trainingSetOf of them in memory. They are read
 * again in each pass, in bounded memory whatever their number.
 */
export function storedTrainingSet(
  stored: StoredDemonstrations,
  statistics: Statistics,
  rows = stored.provenance.count,
  aheadBytes = AHEAD_BYTES,
): TrainingSource {
  const { columns, subTasks } = stored;
  return {
    rows,
    columns,
    subTasks,
    *batches(order, batch) {
      const batches = Math.max(1, Math.floor(aheadBytes / (4 * columns + subTasks) / batch));
      const most = Math.min(order.length, batches * batch);
      const values = new Float32Array(most * columns);
      const decisions = new Uint8Array(most * subTasks);
      const read = reader(stored);
      for (let start = 0; start < order.length; start += most) {
        const count = Math.min(most, order.length - start);
        read(order.subarray(start, start + count), values, decisions);
        const ahead = {
          features: standardise(
            { rows: count, columns, values: values.subarray(0, count * columns) },
            statistics,
            values,
          ),
          decisions: decisions.subarray(0, count * subTasks),
        };
        for (let first = 0; first < count; first += batch) yield rowsFrom(ahead, first, batch);
      }
    },
  };
}

/** Reads rows by their indices, in the order of the file. */
function reader({ provenance, columns, subTasks, readFeatures, readDecisions }: StoredDemonstrations) {
  const features = new Float32Array(CHUNK * columns);
  const decisions = new Uint8Array(CHUNK * subTasks);
  return (rows: Uint32Array, intoFeatures: Float32Array, intoDecisions: Uint8Array) => {
    for (const { first, count, places } of stretches(rows, provenance.count)) {
      const all = places.length * SPARSE > count;
      if (all) {
        readFeatures(first, features.subarray(0, count * columns));
        readDecisions(first, decisions.subarray(0, count * subTasks));
      }
      for (const place of places) {
        const row = rows[place] as number;
        if (all) {
          const from = row - first;
          for (let j = 0; j < columns; j++) {
            intoFeatures[place * columns + j] = features[from * columns + j] as number;
          }
          for (let j = 0; j < subTasks; j++) {
            intoDecisions[place * subTasks + j] = decisions[from * subTasks + j] as number;
          }
        } else {
          readFeatures(row, intoFeatures.subarray(place * columns, (place + 1) * columns));
          readDecisions(row, intoDecisions.subarray(place * subTasks, (place + 1) * subTasks));
        }
      }
    }
  };
}

/** CHUNK rows of a file, fewer at its end, and the places of those in a list of rows. */
interface Stretch {
  readonly first: number;
  readonly count: number;
  readonly places: Uint32Array;
}

/** The stretches of a file of `total` rows that have any of these rows, in their order. */
function* stretches(rows: Uint32Array, total: number): Generator<Stretch> {
  // Counting sort: ends[k] is first where the places of stretch k begin, and then where they end.
  const ends = new Uint32Array(Math.ceil(total / CHUNK) + 1);
  const stretchOf = (row: number) => Math.floor(row / CHUNK);
  for (const row of rows) ends[stretchOf(row) + 1] = (ends[stretchOf(row) + 1] as number) + 1;
  for (let k = 1; k < ends.length; k++) ends[k] = (ends[k] as number) + (ends[k - 1] as number);
  const sorted = new Uint32Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const stretch = stretchOf(rows[place] as number);
    const at = ends[stretch] as number;
    sorted[at] = place;
    ends[stretch] = at + 1;
  }
  for (let k = 0, from = 0; k < ends.length - 1; k++) {
    const to = ends[k] as number;
    const first = k * CHUNK;
    if (to > from) yield { first, count: Math.min(CHUNK, total - first), places: sorted.subarray(from, to) };
    from = to;
  }
}
