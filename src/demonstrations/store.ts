import fs from "node:fs";
import { setImmediate } from "node:timers/promises";
import {
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Uint8,
  Uint16,
} from "apache-arrow";
import { InputError } from "../errors";
import { moveIntoPlace } from "../files";
import { loadScenario, scenarioHash } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";
import { arrowMetadata, type Numbers, openArrow } from "./arrow-reader";
import { arrowWriter } from "./arrow-writer";
import { type Demonstrated, emptyDemonstrated } from "./demonstrate";
import { featureNames } from "./features";
import { CHUNK, type Demonstrations, type Progress, type Provenance } from "./generate";

/** The columns of a stored data set: [count x width] of numbers, a fixed-size list where the width is above 1. */
const COLUMNS: Record<string, (demonstrated: Demonstrated) => Numbers> = {
  data_bytes: ({ states }) => states.dataBytes,
  cycles_per_byte: ({ states }) => states.cyclesPerByte,
  subcarriers: ({ states }) => states.subcarriers,
  cores: ({ states }) => states.cores,
  gains: ({ states }) => states.gains,
  wired_delay_s: ({ states }) => states.wiredDelayS,
  features: ({ features }) => features.values,
  decisions: ({ decisions }) => decisions,
  cost: ({ costs }) => costs,
};

/** Prefix of the keys in the metadata of a stored data set. */
const KEY = "dios.";

/**
 * Stores demonstrations as an Apache Arrow IPC file (Feather V2), one record batch a chunk, with their provenance in the
 * schema's metadata and a checksum in the footer's: pandas.read_feather and polars.read_ipc read it. Written aside and renamed.
 *
 * `chunks` come from generateChunks or generateParallel; `onProgress` is told the rows written. When the signal is aborted nothing is stored, and the
 * promise is rejected with the signal's reason.
 */
export async function storeDemonstrations(
  file: string,
  provenance: Provenance,
  chunks: Iterable<Demonstrations> | AsyncIterable<Demonstrations>,
  onProgress: Progress = () => {},
  signal?: AbortSignal,
): Promise<void> {
  await moveIntoPlace(file, async (aside) => {
    const out = fs.openSync(aside, "w");
    // What a flush fails with is looked at when the next chunk has been made, which takes all of this thread meanwhile.
    let flushed: Promise<unknown> = Promise.resolve();
    try {
      const writer = arrowWriter(out);
      const flush = async () => {
        const failure = await flushed;
        if (failure) throw failure;
        flushed = writer.flush().catch((error) => error);
      };
      let schema: Schema | undefined;
      let done = 0;
      for await (const chunk of chunks) {
        schema ??= schemaOf(chunk, provenance);
        writer.write(recordBatch(schema, chunk));
        await flush();
        done += chunk.states.count;
        onProgress(done, provenance.count);
        // Lets an interrupt through.
        await setImmediate();
        signal?.throwIfAborted();
      }
      writer.close();
      await flush();
      await flush();
    } finally {
      await flushed;
      fs.closeSync(out);
    }
  });
}

/**
 * The provenance of stored demonstrations, from the end of their file; the columns are not looked at. An InputError names the file and what
 * is wrong with it.
 */
export function storedProvenance(file: string): Provenance {
  return readProvenance(arrowMetadata(file), file);
}

/** Demonstrations in a file, read some rows at a time: they may be more than fit in memory. */
export interface StoredDemonstrations {
  readonly provenance: Provenance;
  /** Features of a row. */
  readonly columns: number;
  readonly subTasks: number;
  /** Reads the features of consecutive rows, from row `first` on, into an array [rows x columns]. */
  readFeatures(first: number, into: Float32Array): void;
  /** Reads the decisions of consecutive rows, from row `first` on, into an array [rows x T]. */
  readDecisions(first: number, into: Uint8Array): void;
  /** The rows first, ..., first + count - 1. */
  read(first: number, count: number): Demonstrations;
  close(): void;
}

/**
 * Opens stored demonstrations, for a caller that closes them. All bytes are compared with their checksum. An InputError names the file and
 * what is wrong with it.
 */
export function openDemonstrations(file: string): StoredDemonstrations {
  const arrow = openArrow(file);
  try {
    const provenance = readProvenance(arrow.metadata, file);
    if (provenance.count !== arrow.rows) {
      throw new InputError(`${file} holds ${arrow.rows} rows; its metadata says ${provenance.count}.`);
    }
    const one = emptyDemonstrated(provenance.scenario, 1);
    for (const [name, of] of Object.entries(COLUMNS)) {
      const values = of(one);
      const type = values.constructor.name.replace("Array", "");
      const column = arrow.columns.get(name);
      if (column?.type !== type || column.width !== values.length) {
        throw new InputError(`${file}: column ${name} is missing or not ${values.length} ${type} a row.`);
      }
    }
    const stored: StoredDemonstrations = {
      provenance,
      columns: one.features.columns,
      subTasks: one.states.application.subTasks,
      readFeatures: (first, into) => arrow.read("features", first, into),
      readDecisions: (first, into) => arrow.read("decisions", first, into),
      read(first, count) {
        const rows = emptyDemonstrated(provenance.scenario, count);
        for (const [name, of] of Object.entries(COLUMNS)) arrow.read(name, first, of(rows));
        return { provenance: { ...provenance, first: provenance.first + first, count }, ...rows };
      },
      close: arrow.close,
    };
    checkSites(stored, file);
    return stored;
  } catch (error) {
    arrow.close();
    throw error;
  }
}

/** Loads stored demonstrations. An InputError names the file and what is wrong with it. */
export function loadDemonstrations(file: string): Demonstrations {
  const stored = openDemonstrations(file);
  const { count } = stored.provenance;
  try {
    return stored.read(0, count);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`${file} holds ${count} demonstrations; allowed: as many as fit in memory.`);
  } finally {
    stored.close();
  }
}

function checkSites({ provenance, subTasks, readDecisions }: StoredDemonstrations, file: string): void {
  const room = new Uint8Array(CHUNK * subTasks);
  for (let first = 0; first < provenance.count; first += CHUNK) {
    const decisions = room.subarray(0, Math.min(CHUNK, provenance.count - first) * subTasks);
    readDecisions(first, decisions);
    if (decisions.some((site) => site > 2)) {
      throw new InputError(`${file}: column decisions holds a site above 2; allowed: 0, 1, 2.`);
    }
  }
}

/**
 * Writes demonstrations as CSV, a column a number (data_bytes_0, data_bytes_1, ...), with a header; numbers in the shortest form
 * that reads back the same. The provenance stands in a JSON file of the same name. Written aside and renamed; `onProgress` and
 * `signal` as in storeDemonstrations.
 */
export async function writeCsv(
  file: string,
  provenance: Provenance,
  chunks: Iterable<Demonstrations>,
  onProgress: Progress = () => {},
  signal?: AbortSignal,
): Promise<void> {
  await moveIntoPlace(file, async (aside) => {
    const out = fs.openSync(aside, "w");
    try {
      let header = "";
      let done = 0;
      for (const chunk of chunks) {
        const columns = Object.entries(COLUMNS).map(([name, of]) => ({ name, values: of(chunk) }));
        if (!header) {
          header = columns.flatMap(({ name, values }) => csvNames(name, values.length / chunk.states.count)).join(",");
          fs.writeFileSync(out, `${header}\n`);
        }
        fs.writeFileSync(
          out,
          csvRows(
            columns.map(({ values }) => values),
            chunk.states.count,
          ),
        );
        done += chunk.states.count;
        onProgress(done, provenance.count);
        await setImmediate();
        signal?.throwIfAborted();
      }
    } finally {
      fs.closeSync(out);
    }
  });
  await moveIntoPlace(`${file.replace(/\.csv$/, "")}.json`, async (aside) =>
    fs.writeFileSync(aside, `${JSON.stringify(provenance, null, 2)}\n`),
  );
}

function csvNames(name: string, width: number): string[] {
  return width === 1 ? [name] : Array.from({ length: width }, (_, i) => `${name}_${i}`);
}

function csvRows(columns: readonly Numbers[], rows: number): string {
  const lines = new Array<string>(rows);
  for (let row = 0; row < rows; row++) {
    const cells: string[] = [];
    for (const values of columns) {
      const width = values.length / rows;
      for (let i = row * width; i < (row + 1) * width; i++) cells.push(String(values[i]));
    }
    lines[row] = cells.join(",");
  }
  return `${lines.join("\n")}\n`;
}

function schemaOf(chunk: Demonstrations, provenance: Provenance): Schema {
  const fields = Object.entries(COLUMNS).map(([name, of]) => {
    const values = of(chunk);
    return new Field(name, columnType(values, values.length / chunk.states.count), false);
  });
  const metadata = new Map<string, string>();
  for (const [key, value] of Object.entries(provenance)) {
    metadata.set(KEY + key, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  metadata.set(`${KEY}features`, JSON.stringify(featureNames(chunk.states)));
  return new Schema(fields, metadata);
}

function columnType(values: Numbers, width: number): DataType {
  const item = numberType(values);
  return width === 1 ? item : new FixedSizeList(width, new Field("item", item, false));
}

function numberType(values: Numbers): DataType {
  if (values instanceof Float32Array) return new Float32();
  if (values instanceof Float64Array) return new Float64();
  return values instanceof Uint8Array ? new Uint8() : new Uint16();
}

function recordBatch(schema: Schema, chunk: Demonstrations): RecordBatch {
  const length = chunk.states.count;
  const children = schema.fields.map(({ name, type }) => {
    const values = (COLUMNS[name] as (typeof COLUMNS)[string])(chunk);
    const item = makeData({ type: numberType(values) as Float32, data: values as Float32Array, nullCount: 0 });
    return type instanceof FixedSizeList ? makeData({ type, length, nullCount: 0, child: item }) : item;
  });
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length, nullCount: 0, children: children as Data[] }),
  );
}

function readProvenance(metadata: ReadonlyMap<string, string>, file: string): Provenance {
  const text = (key: string): string => {
    const value = metadata.get(KEY + key);
    if (value === undefined) {
      throw new InputError(`${file} has no ${KEY}${key} in its metadata; allowed: a file that "dios generate" wrote.`);
    }
    return value;
  };
  const wholeNumber = (key: string): number => {
    const value = Number(text(key));
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new InputError(`${file}: ${KEY}${key} is ${text(key)}; allowed: a whole number.`);
    }
    return value;
  };
  const json = text("scenario");
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch {
    throw new InputError(`${file}: ${KEY}scenario in its metadata is not valid JSON.`);
  }
  const scenario = scenarioIn(given as object, file);
  const split = text("split");
  if (split !== "train" && split !== "validation" && split !== "test") {
    throw new InputError(`${file}: ${KEY}split is ${split}; allowed: train, validation, test.`);
  }
  return {
    scenario,
    scenarioHash: scenarioHash(scenario),
    seed: wholeNumber("seed"),
    split,
    first: wholeNumber("first"),
    count: wholeNumber("count"),
    version: text("version"),
  };
}

function scenarioIn(given: object, file: string): Scenario {
  try {
    return loadScenario({ ...given });
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${file}: ${error.message}`) : error;
  }
}
