import { crossEntropyError, HEADS, type HeadName } from "./heads";
import { PANEL_COLUMNS, type PanelMatrix, putRows, roundUp, takeRows } from "./panels";
import { COUNTERS, type DoPart } from "./team";
import { trainingKernels } from "./training-kernels";

/** What a thread of a learner is given. */
export interface LearnerThread {
  /** Undefined for native kernels. */
  readonly module: WebAssembly.Module | undefined;
  readonly memory: WebAssembly.Memory;
  /** Place of the table of settings. */
  readonly settings: number;
  /** Place of what a step imitates [rows x units]. */
  readonly targets: number;
  /** Most rows of a step. */
  readonly rows: number;
  readonly sizes: readonly number[];
  readonly head: HeadName;
}

/** The jobs, the first three as the kernels count them. A part is a block of rows, or of an update a panel of parameters. */
export const [FORWARD, BACKWARD, UPDATE, IMITATE] = [0, 1, 2, 3] as const;

/** Rows of a block. */
export const BLOCK = 128;

/** Where assembly/training.ts and ../native/kernels.h have their settings, behind the counters of the team. */
const NAMES = [
  ...["layers", "rows", "activations", "activationsBytes", "parameters", "parametersBytes", "gradients"],
  ...["scratch", "scratchBytes", "lists", "rate", "correction", "shift", "frozen"],
] as const;

export type Setting = (typeof NAMES)[number];

/** The index of a setting in the table, in 32-bit numbers. */
export const settingAt = (name: Setting): number => COUNTERS + NAMES.indexOf(name);

/** Where the settings of the layers begin. */
export const LAYERS_AT = COUNTERS + NAMES.length;

/** The inputs and the last sums of a block. */
export interface Block {
  readonly inputs: PanelMatrix;
  readonly sums: PanelMatrix;
}

/** The blocks of a learner's memory, for `rows` rows. */
export function blocksOf({ memory, settings, rows, sizes }: LearnerThread): Block[] {
  const floats = new Float32Array(memory.buffer);
  const table = new Uint32Array(memory.buffer, settings);
  const [activations, bytes] = [table[settingAt("activations")], table[settingAt("activationsBytes")]] as [
    number,
    number,
  ];
  return Array.from({ length: Math.ceil(rows / BLOCK) }, (_, block) => {
    const inputs = (activations + block * bytes) / 4;
    const sums = inputs + bytes / 4 - BLOCK * roundUp(sizes.at(-1) as number, PANEL_COLUMNS);
    return { inputs: { floats, place: inputs, rows: BLOCK }, sums: { floats, place: sums, rows: BLOCK } };
  });
}

/** What does the parts of a learner's jobs on this thread. */
export function learnerParts(thread: LearnerThread): DoPart {
  const { module, memory, settings, targets, rows: most, sizes } = thread;
  const { part: doPart } = trainingKernels(memory, settings, module);
  const table = new Uint32Array(memory.buffer, settings);
  const head = HEADS[thread.head];
  const units = sizes.at(-1) as number;
  const wanted = new Float32Array(memory.buffer, targets, most * units);
  const blocks = blocksOf(thread);
  const room = new Float32Array(BLOCK * units);

  /** Puts the error into the place of a block's last sums. */
  function putError(block: number): void {
    const rows = table[settingAt("rows")] as number;
    const first = block * BLOCK;
    const count = Math.min(BLOCK, rows - first);
    const { sums: place } = blocks[block] as Block;
    const sums = room.subarray(0, count * units);
    takeRows(place, sums, 0, count, units);
    const error = crossEntropyError(head, sums, wanted.subarray(first * units, (first + count) * units), units, rows);
    putRows(error, 0, count, units, place);
  }

  return (job, part, thread) => {
    if (job !== IMITATE) {
      doPart(job, part, thread);
      return;
    }
    doPart(FORWARD, part, thread);
    putError(part);
    doPart(BACKWARD, part, thread);
  };
}
