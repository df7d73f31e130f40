import { code } from "./wasm/inference";

/** What assembly/inference.ts exports. */
export interface InferenceExports {
  layer(
    input: number,
    panel: number,
    rows: number,
    inputs: number,
    kernel: number,
    bias: number,
    outputs: number,
    output: number,
    relu: number,
    lists: number,
  ): void;
  quantisedLayer(
    input: number,
    inputs: number,
    kernel: number,
    scales: number,
    biases: number,
    outputs: number,
    output: number,
    last: number,
    list: number,
  ): void;
  quantiseInput(values: number, count: number, factor: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** What is below is left to the module. */
const FIRST_BYTE = 2048;

/**
 * An instance of assembly/inference.ts with a memory of its own, in which `plan` asks for room; it is given the place of each, in bytes. Throws where
 * there is no WebAssembly.
 */
export function inferenceModule<Places>(plan: (room: (bytes: number) => number) => Places): {
  exports: InferenceExports;
  buffer: ArrayBuffer;
  places: Places;
} {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(code), (character) => character.charCodeAt(0)));
  const room = roomFrom(FIRST_BYTE);
  const places = plan(room);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(room(0) / 65_536) });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { exports: exports as unknown as InferenceExports, buffer: memory.buffer, places };
}

/** Gives out places one behind the other, each a multiple of 64 bytes. */
export function roomFrom(first: number): (bytes: number) => number {
  let end = first;
  return (bytes) => {
    const place = end;
    end = 64 * Math.ceil((end + bytes) / 64);
    return place;
  };
}
