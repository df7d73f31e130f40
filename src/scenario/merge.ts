import { InputError } from "../errors";
import { loadScenario } from "./load";
import type { Scenario } from "./scenario";

/**
 * A scenario of measured sub-tasks (application.measured) with coarser ones: those to which `blockOf` gives the same name become one, such as
 * the layers of a block of a network. Work, input and output add up. What one sub-task hands to several of a block is taken to be the same
 * data, which cross once: the most of it counts.
 *
 * Throws an InputError when there are no measured sub-tasks, and when data leave a block and come back to it.
 */
export function mergeSubTasks(scenario: Scenario, blockOf: (name: string, subTask: number) => string): Scenario {
  const { dependencies, measured } = scenario.application;
  if (!measured)
    throw new InputError("application.measured is missing; allowed: sub-tasks with work and data of their own.");
  const blocks = measured.cycles.map((_, task) => blockOf(measured.names?.[task] ?? String(task), task));
  const names = [...new Set(blocks)];
  const sums = (values: readonly number[]) =>
    names.map((name) => values.reduce((sum, value, task) => sum + (blocks[task] === name ? value : 0), 0));
  // For each two blocks the data that each sub-task of the first hands to the second.
  const handed = new Map<string, Map<number, number>>();
  for (const [link, [from, to]] of dependencies.entries()) {
    const ends = [from, to].map((task) => names.indexOf(blocks[task] as string)) as [number, number];
    if (ends[0] > ends[1]) {
      throw new InputError(
        `data of block ${JSON.stringify(blocks[from])} come back to ${JSON.stringify(blocks[to])}; allowed: blocks that data leave for good.`,
      );
    }
    if (ends[0] === ends[1]) continue;
    const key = ends.join();
    const bySource = handed.get(key) ?? new Map<number, number>();
    bySource.set(from, Math.max(bySource.get(from) ?? 0, measured.dataBytes[link] as number));
    handed.set(key, bySource);
  }
  return loadScenario(scenario, {
    application: {
      subTasks: names.length,
      dependencies: [...handed.keys()].map((key) => key.split(",").map(Number) as [number, number]),
      measured: {
        ...measured,
        names,
        dataBytes: [...handed.values()].map((bySource) =>
          [...bySource.values()].reduce((sum, bytes) => sum + bytes, 0),
        ),
        inputBytes: sums(measured.inputBytes),
        outputBytes: sums(measured.outputBytes),
        cycles: sums(measured.cycles),
      },
    },
  });
}
