import fs from "node:fs";
import { setImmediate } from "node:timers/promises";
import {
  AsyncByteQueue,
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  Schema,
  Struct,
  type Table,
  tableFromIPC,
  Uint8,
  Uint16,
} from "apache-arrow";
import { InputError } from "../errors";
import { moveIntoPlace, readFile, systemError } from "../files";
import { emptyStates, gainsPerSubTask, type States } from "../mec/states";
import { loadScenario, scenarioHash } from "../scenario/load";
import type { Scenario } from "../scenario/scenario";
import { featureNames } from "./features";
import type { Demonstrations, Progress, Provenance } from "./generate";

type Numbers = Float32Array | Float64Array | Uint8Array | Uint16Array;

/** The columns of a stored data set: [count x width] of numbers, a fixed-size list where the width is above 1. */
const COLUMNS: Record<string, (demonstrations: Omit<Demonstrations, "provenance">) => Numbers> = {
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
 * schema's metadata: pandas.read_feather and polars.read_ipc read it. Written aside and renamed.
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
    try {
      const writer = new RecordBatchFileWriter();
      writer.reset(fileSink(out));
      let schema: Schema | undefined;
      let done = 0;
      for await (const chunk of chunks) {
        schema ??= schemaOf(chunk, provenance);
        writer.write(recordBatch(schema, chunk));
        done += chunk.states.count;
        onProgress(done, provenance.count);
        // Lets an interrupt through.
        await setImmediate();
        signal?.throwIfAborted();
      }
      writer.close();
    } finally {
      fs.closeSync(out);
    }
  });
}

/** A sink of Arrow's writers that has written what it is given when it returns: a queue would grow when the disk is slow. */
function fileSink(out: number): AsyncByteQueue {
  const sink = new AsyncByteQueue();
  sink.write = (bytes) => fs.writeFileSync(out, bytes as Uint8Array);
  return sink;
}

/**
 * The provenance of stored demonstrations, from the end of their file; the columns are not looked at. An InputError names the file and what
 * is wrong with it.
 */
export async function storedProvenance(file: string): Promise<Provenance> {
  let handle: fs.promises.FileHandle | undefined;
  let schema: Schema;
  try {
    handle = await fs.promises.open(file);
    ({ schema } = await (await RecordBatchReader.from(handle)).open());
  } catch (error) {
    const told = systemError(error, `cannot read ${file}`);
    throw told instanceof InputError ? told : notComplete(file);
  } finally {
    await handle?.close();
  }
  return readProvenance(schema, file);
}

/** What an Arrow file ends with. */
const MAGIC = "ARROW1";

const notComplete = (file: string) => new InputError(`${file} is not a complete Apache Arrow file; generate it again.`);

/** Loads stored demonstrations. An InputError names the file and what is wrong with it. */
export function loadDemonstrations(file: string): Demonstrations {
  const bytes = readFile(file);
  let table: Table;
  try {
    table = tableFromIPC(bytes);
    if (bytes.subarray(-MAGIC.length).toString() !== MAGIC) throw new Error("it is cut short");
  } catch {
    throw notComplete(file);
  }
  const provenance = readProvenance(table.schema, file);
  if (provenance.count !== table.numRows) {
    throw new InputError(`${file} holds ${table.numRows} rows; its metadata says ${provenance.count}.`);
  }
  const states: States = { ...emptyStates(provenance.scenario, 0), count: provenance.count };
  const links = states.application.dependencies.length;
  const tasks = states.application.subTasks;
  const column = <T extends Numbers>(name: string, type: new (length: number) => T, width: number): T =>
    readColumn(table, name, type, width, provenance.count, file);
  const decisions = column("decisions", Uint8Array, tasks);
  if (decisions.some((site) => site > 2)) {
    throw new InputError(`${file}: column decisions holds a site above 2; allowed: 0, 1, 2.`);
  }
  const columns = featureNames(states).length;
  return {
    provenance,
    states: {
      ...states,
      dataBytes: column("data_bytes", Float32Array, links),
      cyclesPerByte: column("cycles_per_byte", Float32Array, tasks),
      subcarriers: column("subcarriers", Uint16Array, tasks),
      cores: column("cores", Uint16Array, tasks),
      gains: column("gains", Float32Array, tasks * gainsPerSubTask(provenance.scenario)),
      wiredDelayS: column("wired_delay_s", Float32Array, 1),
    },
    features: { rows: provenance.count, columns, values: column("features", Float32Array, columns) },
    decisions,
    costs: column("cost", Float64Array, 1),
  };
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
          fs.writeSync(out, `${header}\n`);
        }
        fs.writeSync(
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

function readProvenance({ metadata }: Schema, file: string): Provenance {
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

function readColumn<T extends Numbers>(
  table: Table,
  name: string,
  type: new (length: number) => T,
  width: number,
  count: number,
  file: string,
): T {
  const values = new type(count * width);
  const column = table.getChild(name);
  let filled = 0;
  for (const data of column?.data ?? []) {
    const chunk = (width === 1 && !data.children.length ? data.values : data.children[0]?.values) as
      | Numbers
      | undefined;
    const expected = data.length * width;
    if (!(chunk instanceof type) || chunk.length < expected || filled + expected > values.length) break;
    values.set(chunk.subarray(0, expected), filled);
    filled += expected;
  }
  if (filled !== values.length) {
    throw new InputError(`${file}: column ${name} is missing or not ${width} ${type.name.replace("Array", "")} a row.`);
  }
  return values;
}
