import zlib from "node:zlib";

const SIGNATURE_AND_HEADER_BYTES = 8 + 25;

/**
 * Adds resolution and text to a PNG, after its header: a pHYs chunk, and a tEXt chunk for each text (iTXt where it does not
 * fit in Latin-1). Keys are those of the PNG specification: Title, Description, Software, Comment.
 */
export function addPngMetadata(png: Buffer, dotsPerInch: number, texts: Record<string, string>): Buffer {
  const dotsPerMetre = Math.round(dotsPerInch / 0.0254);
  const resolution = Buffer.alloc(9);
  resolution.writeUInt32BE(dotsPerMetre, 0);
  resolution.writeUInt32BE(dotsPerMetre, 4);
  resolution[8] = 1; // the unit is the metre
  return Buffer.concat([
    png.subarray(0, SIGNATURE_AND_HEADER_BYTES),
    chunk("pHYs", resolution),
    ...Object.entries(texts).map(([key, text]) => textChunk(key, text)),
    png.subarray(SIGNATURE_AND_HEADER_BYTES),
  ]);
}

function textChunk(key: string, text: string): Buffer {
  const isLatin1 = Buffer.from(text, "latin1").toString("latin1") === text;
  if (isLatin1) return chunk("tEXt", Buffer.from(`${key}\0${text}`, "latin1"));
  // Key, not compressed (two bytes), no language, no translated key.
  return chunk("iTXt", Buffer.from(`${key}\0\0\0\0\0${text}`, "utf8"));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(zlib.crc32(body));
  return Buffer.concat([length, body, check]);
}
