import { createHash } from "node:crypto";
import zlib from "node:zlib";
import type { Statistics } from "../demonstrations/features";
import { InputError, within } from "../errors";
import { parseJson, readFile, writeFile } from "../files";
import { SITES } from "../mec/sites";
import { headNamed } from "./heads";
import { type Policy, type PolicyDecider, policyDecider } from "./inference";
import { layerSlices, type Network, parameterCount } from "./network";
import { type QuantisedNetwork, quantisedForward } from "./quantised";

/** A policy whose network may be pruned, quantised, or both. */
export interface CompressedPolicy extends Omit<Policy, "network"> {
  readonly network: Network | QuantisedNetwork;
}

/** Makes a compressed policy ready to decide; see policyDecider. */
export function compressedDecider({ network, ...policy }: CompressedPolicy): PolicyDecider {
  if (!isQuantised(network)) return policyDecider({ network, ...policy });
  return policyDecider({ network, ...policy }, quantisedForward(network));
}

const isQuantised = (network: Network | QuantisedNetwork): network is QuantisedNetwork => "layers" in network;

const FORMAT = "dios-policy-1";

/** The most parameters of a policy in a file. */
const PARAMETERS_MOST = 2 ** 24;

/** The most bytes of the first line of a file. */
const HEADER_MOST = 10_000;

/** First line of a file. */
interface Header {
  readonly format: typeof FORMAT;
  readonly sizes: readonly number[];
  readonly head: string;
  /** Of a quantised network; without it weights are 32-bit floats. */
  readonly inputFactor?: number;
  /** Of what follows the line. */
  readonly sha256: string;
}

/**
 * Saves a policy as one small file: a line of JSON, then, in zlib's format (Deflate), the statistics as 64-bit floats and of each layer a bitmap of the weights that are not
 * zero, these as 8-bit whole numbers or 32-bit floats, the scales where it is quantised, and the biases. The file is written aside and renamed; little-endian.
 * (Pruning, quantisation and Huffman's code one after another: Han et al., "Deep compression", ICLR 2016.)
 * @returns its bytes
 */
export function saveCompressed(file: string, { network, statistics, head }: CompressedPolicy): number {
  if (parameterCount(network.sizes) > PARAMETERS_MOST) {
    throw new InputError(`sizes is ${network.sizes.join("-")}; allowed: at most ${PARAMETERS_MOST} parameters.`);
  }
  const parts: Uint8Array[] = [bytesOf(Float64Array.from([...statistics.mean, ...statistics.deviation]))];
  if (isQuantised(network)) {
    for (const { weights, scales, biases } of network.layers) {
      parts.push(bitmapOf(weights), bytesOf(weights.filter(isThere)), bytesOf(scales), bytesOf(biases));
    }
  } else {
    for (const { kernel, bias, units } of layerSlices(network.sizes)) {
      const weights = network.parameters.subarray(kernel, bias);
      const biases = network.parameters.subarray(bias, bias + units);
      parts.push(bitmapOf(weights), bytesOf(weights.filter(isThere)), bytesOf(biases));
    }
  }
  const body = zlib.deflateSync(Buffer.concat(parts), { level: 9 });
  const factor = isQuantised(network) ? { inputFactor: network.inputFactor } : {};
  const header: Header = { format: FORMAT, sizes: network.sizes, head, ...factor, sha256: sha256(body) };
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]);
  writeFile(file, content);
  return content.length;
}

const isThere = (weight: number): boolean => weight !== 0;

/** Loads a policy that saveCompressed wrote. An InputError says what is wrong with the file. */
export function loadCompressed(file: string): CompressedPolicy {
  const content = readFile(file);
  const end = content.indexOf("\n");
  const {
    sizes,
    head,
    inputFactor,
    sha256: sum,
  } = headerOf(content.subarray(0, Math.min(Math.max(end, 0), HEADER_MOST)), file);
  const body = content.subarray(end + 1);
  if (sha256(body) !== sum)
    throw new InputError(`${file} is cut short or has changed since it was saved; save it again.`);
  const { read, left } = reader(inflated(body, sizes, file), file);
  const values = read(Float64Array, 2 * (sizes[0] as number));
  const statistics: Statistics = {
    mean: [...values.subarray(0, sizes[0])],
    deviation: [...values.subarray(sizes[0])],
  };
  const network = inputFactor === undefined ? networkOf(read, sizes) : quantisedOf(read, sizes, inputFactor, file);
  const whole = head === "literal" || (sizes.at(-1) as number) % SITES === 0;
  if (left() > 0 || !whole || statistics.deviation.some((deviation) => !(deviation > 0))) throw damaged(file);
  return { network, statistics, head };
}

function networkOf(read: Read, sizes: readonly number[]): Network {
  const parameters = new Float32Array(parameterCount(sizes));
  for (const { kernel, bias, inputs, units } of layerSlices(sizes)) {
    parameters.set(weightsOf(read, Float32Array, inputs * units), kernel);
    parameters.set(read(Float32Array, units), bias);
  }
  return { sizes, parameters };
}

function quantisedOf(read: Read, sizes: readonly number[], inputFactor: number, file: string): QuantisedNetwork {
  const layers = layerSlices(sizes).map(({ inputs, units }) => ({
    weights: weightsOf(read, Int8Array, inputs * units),
    scales: read(Float32Array, units),
    biases: read(Float32Array, units),
  }));
  if (layers.some(({ weights }) => weights.includes(-128))) throw damaged(file);
  return { sizes, inputFactor, layers };
}

function headerOf(line: Buffer, file: string): Header {
  const wrong = new InputError(`${file} is not a compressed policy; allowed: a file that saveCompressed wrote.`);
  let header: Header;
  try {
    header = parseJson(line.toString("utf8"), file) as Header;
  } catch {
    throw wrong;
  }
  const { format, sizes, head, inputFactor, sha256 } = header ?? {};
  const sized =
    Array.isArray(sizes) &&
    sizes.length >= 2 &&
    sizes.every((size) => Number.isInteger(size) && size >= 1) &&
    parameterCount(sizes) <= PARAMETERS_MOST;
  const scaled = inputFactor === undefined || (Number.isFinite(inputFactor) && inputFactor > 0);
  if (format !== FORMAT || !sized || !scaled || typeof head !== "string" || typeof sha256 !== "string") throw wrong;
  within(file, () => headNamed(head));
  return header;
}

/** The body as it was before compression, which cannot be longer than all weights as floats with their bitmaps. */
function inflated(body: Buffer, sizes: readonly number[], file: string): Buffer {
  const maxOutputLength = 16 * (sizes[0] as number) + 9 * parameterCount(sizes);
  try {
    return zlib.inflateSync(body, { maxOutputLength });
  } catch {
    throw damaged(file);
  }
}

const damaged = (file: string): InputError =>
  new InputError(`${file} does not hold what its first line says; save it again.`);

type Numbers = Int8Array | Uint8Array | Float32Array | Float64Array;
type NumbersType<T extends Numbers> = { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number };
type Read = <T extends Numbers>(type: NumbersType<T>, count: number) => T;

/** Takes arrays of finite numbers from the front of bytes, copied since they are not aligned, and says how many bytes are left. */
function reader(bytes: Buffer, file: string): { read: Read; left: () => number } {
  let place = 0;
  const read: Read = (type, count) => {
    const next = place + count * type.BYTES_PER_ELEMENT;
    if (next > bytes.length) throw damaged(file);
    const array = new type(Uint8Array.from(bytes.subarray(place, next)).buffer);
    if (!array.every(Number.isFinite)) throw damaged(file);
    place = next;
    return array;
  };
  return { read, left: () => bytes.length - place };
}

/** The weights of a layer, from their bitmap and those that are not zero. */
function weightsOf<T extends Int8Array | Float32Array>(read: Read, type: NumbersType<T>, count: number): T {
  const bitmap = read(Uint8Array, Math.ceil(count / 8));
  const isSet = (i: number) => (((bitmap[i >> 3] as number) >> (i & 7)) & 1) === 1;
  let set = 0;
  for (let i = 0; i < count; i++) if (isSet(i)) set++;
  const there = read(type, set);
  const weights = new type(new ArrayBuffer(count * type.BYTES_PER_ELEMENT));
  for (let i = 0, next = 0; i < count; i++) if (isSet(i)) weights[i] = there[next++] as number;
  return weights;
}

/** A bit a weight, the first the lowest of its byte: 1 where the weight is not zero. */
function bitmapOf(weights: Int8Array | Float32Array): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(weights.length / 8));
  for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) (bitmap[i >> 3] as number) |= 1 << (i & 7);
  return bitmap;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
