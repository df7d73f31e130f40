import type { Demonstrations } from "../demonstrations/generate";
import { SITES } from "../mec/sites";
import { costTables } from "../mec/tables";
import { costsToGo } from "../optimal/cost-to-go";

/** Shares of decisions that are best after what was decided before them in the same state. */
export interface RightInTurn {
  /** Up to the first that is not, and with it. */
  readonly untilMistake: number;
  /** Of those after it; 0 where there is none. */
  readonly afterMistake: number;
}

/**
 * Looks at decisions [count x T] one sub-task after another: is each the first step of the best that can still be done? That it is so less often after a mistake
 * than before is what a policy shows that knows only the beginnings of optimal plans.
 */
export function rightInTurn({ provenance, states }: Demonstrations, decisions: Uint8Array): RightInTurn {
  const { scenario } = provenance;
  const { subTasks } = states.application;
  const toGo = costsToGo(scenario, states, costTables(scenario, states), decisions);
  const [right, all] = [
    [0, 0],
    [0, 0],
  ] as [[number, number], [number, number]];
  for (let k = 0; k < states.count; k++) {
    let when: 0 | 1 = 0;
    for (let i = k * subTasks; i < (k + 1) * subTasks; i++) {
      const three = toGo.subarray(SITES * i, SITES * (i + 1));
      const best = three[decisions[i] as number] === Math.min(...three);
      all[when]++;
      if (best) right[when]++;
      else when = 1;
    }
  }
  return { untilMistake: right[0] / all[0], afterMistake: right[1] / Math.max(1, all[1]) };
}
