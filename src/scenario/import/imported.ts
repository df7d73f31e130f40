import type { Scenario } from "../scenario";

/** What a file of another tool gives a scenario. */
export interface Imported {
  /** Parameters to lay over a scenario, and where they come from. */
  readonly application?: Pick<Scenario["application"], "topology" | "subTasks" | "dependencies" | "measured">;
  readonly radio?: Pick<Scenario["radio"], "fading" | "trace">;
  readonly sources: Scenario["sources"];
  /** What was taken from the file, in sentences. */
  readonly taken: readonly string[];
  /** What the file does not say and was assumed, in sentences. */
  readonly assumed: readonly string[];
}
