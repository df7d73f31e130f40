import { availableParallelism } from "node:os";

/** How many threads may compute at once in this process: DIOS_THREADS in the environment, or one a core. */
export function coresHere(): number {
  const given = Number(process.env.DIOS_THREADS);
  return Number.isInteger(given) && given > 0 ? given : availableParallelism();
}
