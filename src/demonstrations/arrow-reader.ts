import fs from "node:fs";
import type { Field } from "apache-arrow/fb/field";
import { FixedSizeList } from "apache-arrow/fb/fixed-size-list";
import { FloatingPoint } from "apache-arrow/fb/floating-point";
import { Footer } from "apache-arrow/fb/footer";
import { Int } from "apache-arrow/fb/int";
import type { KeyValue } from "apache-arrow/fb/key-value";
import { Message } from "apache-arrow/fb/message";
import { MessageHeader } from "apache-arrow/fb/message-header";
import { RecordBatch } from "apache-arrow/fb/record-batch";
import { Type } from "apache-arrow/fb/type";
import { ByteBuffer, Encoding } from "flatbuffers";
import { InputError } from "../errors";
import { crc32, systemError } from "../files";

export type Numbers = Float32Array | Float64Array | Uint8Array | Uint16Array;

/** A column of numbers. */
export interface Column {
  /** The name of their type, such as Float32. */
  readonly type: string;
  /** Bytes of a number. */
  readonly bytes: number;
  /** Numbers a row. */
  readonly width: number;
  /** Whether they are in lists of a fixed size, which have one more buffer. */
  readonly list: boolean;
}

/** An Apache Arrow IPC file (Feather V2) whose columns are numbers, or lists of them of a fixed size, without nulls. */
export interface ArrowFile {
  /** The metadata of its schema. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
  /** Reads a column from row `first` on into an array of its type, as many rows as this holds. */
  read(column: string, first: number, into: Numbers): void;
  close(): void;
}

/** Key in the metadata of the file's footer: the CRC-32 of the whole file in eight hexadecimal digits, computed with zeros in their place. */
export const CHECKSUM = "dios.crc32";
export const NO_CHECKSUM = "00000000";

/** What an Arrow file begins and ends with; in front of the latter stands the length of the footer. */
export const MAGIC = "ARROW1";
const TAIL = 4 + MAGIC.length;

// More than any file has that was not made to do harm.
const FOOTER_MOST = 2 ** 26;
const MESSAGE_MOST = 2 ** 20;
const COLUMNS_MOST = 1000;
const NAME_MOST = 1000;

/** Bytes that are read at a time. */
const PIECE = 2 ** 20;

export const notComplete = (file: string) =>
  new InputError(`${file} is not a complete Apache Arrow file; generate it again.`);

/**
 * Opens an Arrow file. Nothing in it is believed: what lies beyond its end, overlaps or does not add up, and a checksum that is not that of
 * the bytes, is an InputError that names the file. Files of other programs have no checksum.
 */
export function openArrow(file: string): ArrowFile {
  const bytes = openBytes(file);
  try {
    return wellFormed(file, () => {
      const footer = footerOf(bytes);
      const columns = columnsOf(footer.root, file);
      const batches = batchesOf(bytes, footer, [...columns.values()]);
      verify(bytes, footer, file);
      const places = new Map([...columns.keys()].map((name, index) => [name, index]));
      return {
        metadata: footer.metadata,
        rows: batches.reduce((sum, { rows }) => sum + rows, 0),
        columns,
        read(name, first, into) {
          const { bytes: size, width } = columns.get(name) as Column;
          const rowBytes = size * width;
          const rows = into.length / width;
          for (let done = 0, index = batchWith(batches, first); done < rows; index++) {
            const batch = batches[index] as Batch;
            const from = first + done - batch.first;
            const count = Math.min(rows - done, batch.rows - from);
            const at = (batch.places[places.get(name) as number] as number) + from * rowBytes;
            bytes.read(into, done * rowBytes, count * rowBytes, at);
            done += count;
          }
        },
        close: bytes.close,
      };
    });
  } catch (error) {
    bytes.close();
    throw error;
  }
}

/** The metadata of an Arrow file's schema, from its end; its columns are not looked at. */
export function arrowMetadata(file: string): ReadonlyMap<string, string> {
  const bytes = openBytes(file);
  try {
    return wellFormed(file, () => footerOf(bytes).metadata);
  } finally {
    bytes.close();
  }
}

/** What `parse` gives; where it stumbles over what is not as it should be, the file is not complete. */
function wellFormed<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof InputError ? error : notComplete(file);
  }
}

function demand(condition: boolean): asserts condition {
  if (!condition) throw new Error("the file is not well-formed");
}

/** A file that is read at given places. */
interface Bytes {
  readonly size: number;
  /** Reads `length` bytes from place `at` of the file into an array, from its byte `offset` on. */
  read(into: NodeJS.ArrayBufferView, offset: number, length: number, at: number): void;
  close(): void;
}

function openBytes(file: string): Bytes {
  try {
    const status = fs.statSync(file);
    // To open a pipe may take for ever.
    if (!status.isFile() && !status.isDirectory()) {
      throw new InputError(`cannot read ${file}: it is a device, a pipe or a socket; allowed: a file.`);
    }
    const descriptor = fs.openSync(file, "r");
    const close = () => fs.closeSync(descriptor);
    if (status.isDirectory()) {
      close();
      throw Object.assign(new Error(), { code: "EISDIR" });
    }
    return {
      size: status.size,
      read(into, offset, length, at) {
        try {
          for (let done = 0; done < length; ) {
            const read = fs.readSync(descriptor, into, offset + done, Math.min(length - done, 2 ** 30), at + done);
            // It became shorter while it was open.
            if (read === 0) throw notComplete(file);
            done += read;
          }
        } catch (error) {
          throw systemError(error, `cannot read ${file}`);
        }
      },
      close,
    };
  } catch (error) {
    throw systemError(error, `cannot read ${file}`);
  }
}

interface FileFooter {
  readonly root: Footer;
  readonly metadata: ReadonlyMap<string, string>;
  /** Its own bytes, and where they begin in the file. */
  readonly bytes: Uint8Array;
  readonly at: number;
}

function footerOf(file: Bytes): FileFooter {
  const tail = Buffer.alloc(TAIL);
  demand(file.size > 8 + TAIL);
  file.read(tail, 0, TAIL, file.size - TAIL);
  demand(tail.toString("latin1", 4) === MAGIC);
  file.read(tail, 0, MAGIC.length, 0);
  demand(tail.toString("latin1", 0, MAGIC.length) === MAGIC);
  file.read(tail, 0, 4, file.size - TAIL);
  const length = tail.readInt32LE();
  const at = file.size - TAIL - length;
  demand(length > 4 && length <= FOOTER_MOST && at >= 8);
  const bytes = new Uint8Array(length);
  file.read(bytes, 0, length, at);
  const root = Footer.getRootAsFooter(new ByteBuffer(bytes));
  const schema = root.schema();
  demand(schema !== null && schema.endianness() === 0);
  demand(root.dictionariesLength() === 0);
  const entries = listOf(schema.customMetadataLength(), COLUMNS_MOST, (index) => schema.customMetadata(index));
  const metadata = new Map<string, string>();
  // Values that share their bytes could come to far more than the footer.
  let left = length;
  for (const entry of entries) {
    const value = textOf(valueBytes(entry), left);
    left -= value.length;
    metadata.set(keyOf(entry), value);
  }
  return { root, metadata, bytes, at };
}

function keyOf(entry: KeyValue): string {
  return textOf(entry.key(Encoding.UTF8_BYTES), NAME_MOST);
}

function valueBytes(entry: KeyValue): Uint8Array {
  const value = entry.value(Encoding.UTF8_BYTES);
  demand(value instanceof Uint8Array);
  return value;
}

function textOf(bytes: string | Uint8Array | null, most: number): string {
  demand(bytes instanceof Uint8Array && bytes.length <= most);
  return Buffer.from(bytes).toString("utf8");
}

/** The elements of a vector that claims a length. */
function listOf<T>(length: number, most: number, element: (index: number) => T | null): T[] {
  demand(length >= 0 && length <= most);
  return Array.from({ length }, (_, index) => {
    const value = element(index);
    demand(value !== null);
    return value;
  });
}

/** The digits of the checksum in a footer, in place; undefined when it has none. */
export function checksumIn(footer: Footer): Uint8Array | undefined {
  const entries = listOf(footer.customMetadataLength(), COLUMNS_MOST, (index) => footer.customMetadata(index));
  const entry = entries.find((each) => keyOf(each) === CHECKSUM);
  if (!entry) return undefined;
  const digits = valueBytes(entry);
  demand(digits.length === NO_CHECKSUM.length);
  return digits;
}

function verify(file: Bytes, { root, bytes, at }: FileFooter, name: string): void {
  const digits = checksumIn(root);
  if (!digits) return;
  const told = Buffer.from(digits).toString("latin1");
  digits.set(Buffer.from(NO_CHECKSUM));
  const piece = Buffer.alloc(PIECE);
  let checksum = 0;
  const add = (from: number, to: number) => {
    for (let place = from; place < to; place += PIECE) {
      const length = Math.min(PIECE, to - place);
      file.read(piece, 0, length, place);
      checksum = crc32(piece.subarray(0, length), checksum);
    }
  };
  add(0, at);
  checksum = crc32(bytes, checksum);
  add(at + bytes.length, file.size);
  if (hexadecimal(checksum) !== told) {
    throw new InputError(`${name} is damaged, its checksum is wrong; generate it again.`);
  }
}

/** A checksum in eight digits. */
export function hexadecimal(checksum: number): string {
  return checksum.toString(16).padStart(NO_CHECKSUM.length, "0");
}

/** The columns by name, in their order. */
function columnsOf(footer: Footer, file: string): Map<string, Column> {
  const schema = footer.schema();
  demand(schema !== null);
  const columns = new Map<string, Column>();
  for (const field of listOf(schema.fieldsLength(), COLUMNS_MOST, (index) => schema.fields(index))) {
    const name = textOf(field.name(Encoding.UTF8_BYTES), NAME_MOST);
    const column = columnOf(field);
    if (!column || columns.has(name)) {
      const told = JSON.stringify(name.slice(0, 60));
      throw new InputError(`${file}: column ${told} is not one that "dios generate" wrote; allowed: numbers.`);
    }
    columns.set(name, column);
  }
  return columns;
}

/** A column of numbers, or of lists of them of a fixed size; undefined when it is another. */
function columnOf(field: Field): Column | undefined {
  if (field.dictionary()) return undefined;
  if (field.typeType() !== Type.FixedSizeList) {
    const number = numberOf(field);
    return number && { ...number, width: 1, list: false };
  }
  const width = (field.type(new FixedSizeList()) as FixedSizeList).listSize();
  const item = field.childrenLength() === 1 ? field.children(0) : null;
  const number = item && !item.dictionary() ? numberOf(item) : undefined;
  // With lists of none, any number of rows would take no bytes.
  return number && width > 0 ? { ...number, width, list: true } : undefined;
}

function numberOf(field: Field): Pick<Column, "type" | "bytes"> | undefined {
  if (field.childrenLength() !== 0) return undefined;
  if (field.typeType() === Type.FloatingPoint) {
    const bits = [16, 32, 64][(field.type(new FloatingPoint()) as FloatingPoint).precision()];
    return bits === undefined ? undefined : { type: `Float${bits}`, bytes: bits / 8 };
  }
  if (field.typeType() !== Type.Int) return undefined;
  const int = field.type(new Int()) as Int;
  const bits = int.bitWidth();
  return [8, 16, 32, 64].includes(bits)
    ? { type: `${int.isSigned() ? "Int" : "Uint"}${bits}`, bytes: bits / 8 }
    : undefined;
}

/** Consecutive rows, and where in the file each column has its numbers. */
interface Batch {
  readonly first: number;
  readonly rows: number;
  readonly places: readonly number[];
}

/** The record batches: one after the other within the file, in front of the footer. */
function batchesOf(file: Bytes, { root, at, bytes }: FileFooter, columns: readonly Column[]): Batch[] {
  let first = 0;
  let free = 8;
  return listOf(root.recordBatchesLength(), bytes.length / 24, (index) => root.recordBatches(index)).map((block) => {
    const offset = Number(block.offset());
    const body = offset + block.metaDataLength();
    const end = body + Number(block.bodyLength());
    demand(offset >= free && body > offset && body - offset <= MESSAGE_MOST && end >= body && end <= at);
    free = end;
    const message = new Uint8Array(body - offset);
    file.read(message, 0, message.length, offset);
    const { rows, places } = batchOf(message, end - body, columns);
    const batch = { first, rows, places: places.map((place) => body + place) };
    first += rows;
    demand(Number.isSafeInteger(first));
    return batch;
  });
}

/** The rows of a record batch, and where in its body each column has its numbers. */
function batchOf(bytes: Uint8Array, bodyLength: number, columns: readonly Column[]): Pick<Batch, "rows" | "places"> {
  const buffer = new ByteBuffer(bytes);
  // Files from before Arrow 0.15 have no mark in front of the length.
  const start = buffer.readInt32(0) === -1 ? 8 : 4;
  const length = buffer.readInt32(start - 4);
  demand(length > 4 && start + length <= bytes.length);
  buffer.setPosition(start);
  const message = Message.getRootAsMessage(buffer);
  demand(message.headerType() === MessageHeader.RecordBatch && Number(message.bodyLength()) === bodyLength);
  const batch: RecordBatch | null = message.header(new RecordBatch());
  demand(batch !== null && batch.compression() === null);
  const rows = Number(batch.length());
  demand(Number.isSafeInteger(rows) && rows >= 0);
  let node = 0;
  let region = 0;
  let free = 0;
  const lists = columns.filter(({ list }) => list).length;
  demand(batch.nodesLength() === columns.length + lists && batch.buffersLength() === 2 * columns.length + lists);
  const checkNode = (length: number) => {
    const field = batch.nodes(node++);
    demand(field !== null && Number(field.length()) === length && Number(field.nullCount()) === 0);
  };
  /** Where the next buffer is; those of the validity of each number are left out where there are no nulls. */
  const place = (least: number) => {
    const found = batch.buffers(region++);
    const [at, length] = [Number(found?.offset()), Number(found?.length())];
    demand(length >= least && (length === 0 || (at >= free && at + length <= bodyLength)));
    if (length > 0) free = at + length;
    return at;
  };
  const places = columns.map(({ list, width, bytes }) => {
    checkNode(rows);
    place(0);
    if (list) {
      checkNode(rows * width);
      place(0);
    }
    return place(rows * width * bytes);
  });
  return { rows, places };
}

/** Index of the batch that has a row. */
function batchWith(batches: readonly Batch[], row: number): number {
  let [low, high] = [0, batches.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((batches[middle] as Batch).first <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
