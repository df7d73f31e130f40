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

/** An instance of assembly/inference.ts in a memory. */
export function inferenceModule(memory: WebAssembly.Memory): InferenceExports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(code), (character) => character.charCodeAt(0)));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as InferenceExports;
}

/** What is below is left to the WebAssembly. */
const FIRST_BYTE = 2048;

/** A memory in which `plan` asks for room; it is given the place of each, in bytes. Throws where there is no WebAssembly. */
export function memoryFor<Places>(plan: (room: (bytes: number) => number) => Places): {
  memory: WebAssembly.Memory;
  places: Places;
} {
  const room = roomFrom(FIRST_BYTE);
  const places = plan(room);
  return { memory: new WebAssembly.Memory({ initial: Math.ceil(room(0) / 65_536) }), places };
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
