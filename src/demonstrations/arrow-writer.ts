import fs from "node:fs";
import { promisify } from "node:util";
import { AsyncByteQueue, RecordBatchFileWriter, Schema } from "apache-arrow";
import { Block } from "apache-arrow/fb/block";
import { Footer } from "apache-arrow/fb/footer";
import { KeyValue } from "apache-arrow/fb/key-value";
import { MetadataVersion } from "apache-arrow/fb/metadata-version";
import { Builder, ByteBuffer } from "flatbuffers";
import { crc32 } from "../files";
import { CHECKSUM, checksumIn, hexadecimal, MAGIC, NO_CHECKSUM } from "./arrow-reader";

/** A writer of record batches to an open file; its footer has the checksum that openArrow looks at. */
export function arrowWriter(out: number): ArrowWriter {
  return new ArrowWriter(out);
}

class ArrowWriter extends RecordBatchFileWriter {
  private readonly out: number;
  /** Of all bytes so far. */
  private checksum = 0;
  /** What is to be written yet. */
  private bytes: Uint8Array[] = [];

  constructor(out: number) {
    super();
    this.out = out;
    const sink = new AsyncByteQueue();
    sink.write = (bytes) => {
      this.bytes.push(bytes as Uint8Array);
      this.checksum = crc32(bytes as Uint8Array, this.checksum);
    };
    this.reset(sink);
  }

  /** Writes to the file what there is by now; the arrays of the record batches must stay as they are until that is done. */
  async flush(): Promise<void> {
    let bytes = this.bytes;
    this.bytes = [];
    while (bytes.length > 0) {
      const { bytesWritten } = await writev(this.out, bytes);
      bytes = after(bytes, bytesWritten);
    }
  }

  protected override _writeFooter(schema: Schema): this {
    const footer = footerOf(schema, this._recordBatchBlocks);
    const digits = checksumIn(Footer.getRootAsFooter(new ByteBuffer(footer)));
    const length = Int32Array.of(footer.length);
    // What sequential readers end at.
    this._write(Int32Array.of(-1, 0));
    const whole = [footer, new Uint8Array(length.buffer), Buffer.from(MAGIC)].reduce(
      (checksum, bytes) => crc32(bytes, checksum),
      this.checksum,
    );
    digits?.set(Buffer.from(hexadecimal(whole)));
    return this._write(footer)._write(length)._writeMagic();
  }
}

const writev = promisify(fs.writev);

/** What remains of arrays after their first bytes. */
function after(arrays: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  const rest: Uint8Array[] = [];
  for (const array of arrays) {
    if (left < array.length) rest.push(array.subarray(left));
    left = Math.max(0, left - array.length);
  }
  return rest;
}

/** As apache-arrow makes it, with a place for the checksum. */
function footerOf(schema: Schema, blocks: ArrowWriter["_recordBatchBlocks"]): Uint8Array {
  const builder = new Builder();
  const schemaAt = Schema.encode(builder, schema);
  Footer.startRecordBatchesVector(builder, blocks.length);
  for (const { offset, metaDataLength, bodyLength } of [...blocks].reverse()) {
    Block.createBlock(builder, BigInt(offset), metaDataLength, BigInt(bodyLength));
  }
  const batchesAt = builder.endVector();
  Footer.startDictionariesVector(builder, 0);
  const dictionariesAt = builder.endVector();
  const checksum = KeyValue.createKeyValue(builder, builder.createString(CHECKSUM), builder.createString(NO_CHECKSUM));
  const metadataAt = Footer.createCustomMetadataVector(builder, [checksum]);
  Footer.startFooter(builder);
  Footer.addVersion(builder, MetadataVersion.V5);
  Footer.addSchema(builder, schemaAt);
  Footer.addDictionaries(builder, dictionariesAt);
  Footer.addRecordBatches(builder, batchesAt);
  Footer.addCustomMetadata(builder, metadataAt);
  Footer.finishFooterBuffer(builder, Footer.endFooter(builder));
  return builder.asUint8Array();
}
