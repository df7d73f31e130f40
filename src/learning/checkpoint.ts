import fs from "node:fs";
import { writeFile } from "../files";
import type { LearnerState } from "./learner";
import { parameterCount } from "./network";
import type { Epoch, TrainOptions } from "./train";

/** The state of training after an epoch: with the options and the data it determines all that follows. */
export interface Checkpoint extends LearnerState {
  readonly history: readonly Epoch[];
  readonly best: { readonly epoch: number; readonly parameters: Float32Array };
}

/** Writes a checkpoint: a line of JSON, then the four tensors as 32-bit floats. Written aside and renamed. */
export function saveCheckpoint(
  file: string,
  options: TrainOptions,
  sizes: readonly number[],
  { parameters, first, second, steps, history, best }: Checkpoint,
): void {
  const header = JSON.stringify({ options, sizes, steps, history, bestEpoch: best.epoch });
  const tensors = [parameters, first, second, best.parameters].map((t) =>
    Buffer.from(t.buffer, t.byteOffset, t.byteLength),
  );
  writeFile(file, Buffer.concat([Buffer.from(`${header}\n`), ...tensors]));
}

/** Reads a checkpoint; undefined when there is none, or none of a training with the same options and sizes. */
export function loadCheckpoint(file: string, options: TrainOptions, sizes: readonly number[]): Checkpoint | undefined {
  if (!fs.existsSync(file)) return undefined;
  const bytes = fs.readFileSync(file);
  const end = bytes.indexOf("\n");
  const header = parseHeader(bytes.subarray(0, Math.max(end, 0)).toString());
  if (!header || JSON.stringify([header.options, header.sizes]) !== JSON.stringify([options, sizes])) return undefined;
  const body = Uint8Array.from(bytes.subarray(end + 1));
  const length = parameterCount(sizes);
  if (body.length !== 4 * 4 * length) return undefined;
  const tensor = (index: number) => new Float32Array(body.buffer, 4 * length * index, length);
  return {
    parameters: tensor(0),
    first: tensor(1),
    second: tensor(2),
    steps: header.steps,
    history: header.history,
    best: { epoch: header.bestEpoch, parameters: tensor(3) },
  };
}

interface Header {
  options: TrainOptions;
  sizes: number[];
  steps: number;
  history: Epoch[];
  bestEpoch: number;
}

function parseHeader(text: string): Header | undefined {
  try {
    return JSON.parse(text) as Header;
  } catch {
    return undefined;
  }
}
