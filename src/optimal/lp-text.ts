import type { Dependency } from "../mec/application";
import type { Capacity } from "../mec/capacity";
import { CLOUD, EDGE, LOCAL, SITE_NAMES, SITES } from "../mec/sites";
import { type OneState, siteCosts } from "./one-state";

/**
 * The assignment model of one state as a mixed-integer program in CPLEX's LP format, as CPLEX, Gurobi, HiGHS, SCIP and others read it.
 *
 * x_t_site is 1 where sub-task t runs at the site; r_a_b and w_a_b are 1 where the data from a to b crosses the radio link, the wired
 * link: |local(a) - local(b)| and |cloud(a) - cloud(b)|, linearised. Transfers from and to the device depend on one sub-task and are in
 * the costs of its x. Costs are in full, so that they read back as the same numbers.
 */
export function lpText({ states, costs }: OneState, capacity?: Capacity): string {
  const { subTasks, inner, dependencies } = states.application;
  const tasks = Array.from({ length: subTasks }, (_, task) => task);
  const links = dependencies.slice(0, inner).map((dependency, link) => ({ ...dependency, link }));
  const costOf = siteCosts({ states, costs });
  const cost = [
    ...tasks.map((task) =>
      sum(SITE_NAMES.map((_, site) => [costOf[SITES * task + site] as number, siteVariable(task, site)])),
    ),
    ...links.map((l) =>
      sum([
        [costs.radio[l.link] as number, crossing("r", l)],
        [costs.wired[l.link] as number, crossing("w", l)],
      ]),
    ),
  ];
  const rows = [
    ...tasks.map((task) => ` site_${task}: ${sum(SITE_NAMES.map((_, site) => [1, siteVariable(task, site)]))} = 1`),
    ...links.flatMap((l) => [...distance("r", l, LOCAL), ...distance("w", l, CLOUD)]),
  ];
  if (capacity) {
    const band = tasks.map((task) =>
      sum([EDGE, CLOUD].map((site) => [states.subcarriers[task] as number, siteVariable(task, site)])),
    );
    const cores = tasks.map((task) => sum([[states.cores[task] as number, siteVariable(task, EDGE)]]));
    rows.push(` subcarriers: ${band.join("\n  ")} <= ${capacity.subcarriers}`);
    rows.push(` cores: ${cores.join("\n  ")} <= ${capacity.cores}`);
  }
  const binary = tasks.map((task) => ` ${SITE_NAMES.map((_, site) => siteVariable(task, site)).join(" ")}`);
  return [
    "\\ Least cost of running the sub-tasks of an application: x_<sub-task>_<site>; r_<a>_<b> and w_<a>_<b> are 1",
    "\\ where the data from a to b crosses the radio link, the wired link.",
    "Minimize",
    ` cost: ${cost.join("\n  ")}`,
    "Subject To",
    ...rows,
    "Binary",
    ...binary,
    "End",
    "",
  ].join("\n");
}

/** The name of the variable that is 1 where a sub-task runs at a site. */
export function siteVariable(task: number, site: number): string {
  return `x_${task}_${SITE_NAMES[site]}`;
}

function crossing(kind: "r" | "w", { from, to }: Dependency): string {
  return `${kind}_${from}_${to}`;
}

/** The rows that keep the variable of a crossing at or above the distance of the two ends: whether one is at `site`, the other not. */
function distance(kind: "r" | "w", link: Dependency, site: number): string[] {
  const variable = crossing(kind, link);
  const [from, to] = [siteVariable(link.from, site), siteVariable(link.to, site)];
  return [
    ` ${variable}_forth: ${variable} - ${from} + ${to} >= 0`,
    ` ${variable}_back: ${variable} + ${from} - ${to} >= 0`,
  ];
}

/** + 2 x + 3 y; JavaScript's own text of a number reads back as the same number. */
function sum(terms: readonly (readonly [factor: number, variable: string])[]): string {
  return terms.map(([factor, variable]) => `+ ${factor} ${variable}`).join(" ");
}
