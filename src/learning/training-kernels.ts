import { requireNative } from "../native/kernels";

/** What does the parts of jobs, in one memory: assembly/training.ts or ../native/training.c, with the same bits. */
export interface TrainingKernels {
  /** Does a part of a job; each thread has a number of its own. */
  part(job: number, part: number, thread: number): void;
  /** Makes the transposed kernels of the parameters as they are. */
  transpose(): void;
}

/** The kernels on this thread. Without a module they are native; throws where there are none. */
export function trainingKernels(
  memory: WebAssembly.Memory,
  settings: number,
  module: WebAssembly.Module | undefined,
): TrainingKernels {
  if (!module) {
    const native = requireNative();
    const bytes = new Uint8Array(memory.buffer);
    return {
      part: (job, part, thread) => native.part(bytes, settings, job, part, thread),
      transpose: () => native.transpose(bytes, settings),
    };
  }
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as TrainingKernels & {
    start(settings: number): void;
  };
  kernels.start(settings);
  return kernels;
}
