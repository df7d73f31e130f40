import { provenanceOf } from "../demonstrations/generate";
import { InputError } from "../errors";
import type { Figure } from "../figures/figure";
import { figureProvenance } from "../figures/provenance";
import { type RunCurve, type RunEpoch, runCurves } from "../figures/run-curves";
import { HEADS, type HeadName } from "../learning/heads";
import { type Cell, dataFrame, showFrame } from "./data-frame";
import { type Experiment, requestOf, trainOptionsOf } from "./experiment";
import { interruptible } from "./interrupt";
import { Interrupted } from "./long-work";
import { type Drawing, describeAdvance, type Progress, progress, summarise } from "./progress";
import {
  alone,
  bestEpochOf,
  bestRun,
  type Judgement,
  type Run,
  type RunOptions,
  runNamed,
  runRows,
  runsOf,
  saveRun,
  shownOn,
  trainRun,
} from "./runs";
import {
  bestTrial,
  isDone,
  plannedSweep,
  type Sweep,
  sweepCoordinates,
  sweepNamed,
  sweepRows,
  trainSweep,
  workOf,
} from "./sweep";
import { axisOfText, type SweepOptions, type SweepSpace, type Swept } from "./sweep-space";
import { column, row, tabs } from "./widgets/boxes";
import { type Control, dropdown, logSlider, slider, text, valuesOf } from "./widgets/controls";
import { button, label, progressBar } from "./widgets/elements";
import { figureWidget } from "./widgets/figure-widget";
import { type OutputArea, outputArea } from "./widgets/output-area";
import { show } from "./widgets/show";
import type { Widget } from "./widgets/widget";

/** The largest networks and batches offered: a step of them takes a fraction of a second, in which widgets wait. */
const MOST = { layers: 4, width: 512, batch: 1024 };

/** The explorer and its parts, which code may use as a reader uses the widgets. */
export interface TrainingExplorer extends Widget {
  readonly training: ReturnType<typeof trainingTab>;
  readonly comparison: ReturnType<typeof comparisonTab>;
  readonly sweep: ReturnType<typeof sweepTab>;
  /** Stops what is being trained, after its running step; it is kept. */
  stop(): void;
}

/**
 * Shows widgets to train networks of an experiment and watch them learn, to compare the runs that are kept, and to sweep over options. One
 * thing trains at a time, and cells go on meanwhile. What an explorer before trained is stopped, and can be resumed.
 */
export async function trainingExplorer(experiment: Experiment): Promise<TrainingExplorer> {
  const desk = trainingDesk();
  const comparison = comparisonTab(experiment, desk);
  const training = trainingTab(experiment, desk, comparison.refresh);
  const sweep = sweepTab(experiment, desk);
  const pages = tabs({ Train: training.widget, Compare: comparison.widget, Sweep: sweep.widget });
  const whole = column(pages, desk.widget);
  await comparison.refresh();
  await sweep.showKept();
  await show(whole);
  return {
    id: whole.id,
    close() {
      desk.stop();
      whole.close();
    },
    training,
    comparison,
    sweep,
    stop: desk.stop,
  };
}

/** Where all tabs train: one bar, one stop button, one line for what is to be said. */
interface Desk {
  readonly widget: Widget;
  say(text: string): void;
  /** Runs `work`; the line says what was wrong with its input, and other errors are shown below. */
  attempt(work: () => Promise<void>): Promise<void>;
  /** A button that attempts `work`, while nothing trains. */
  starter(label: string, work: () => Promise<void>): Widget;
  /** Trains under the bar; refuses, in one sentence, while something else trains in this process. */
  train(what: string, total: number, work: (bar: Progress, signal: AbortSignal) => Promise<void>): Promise<void>;
  stop(): void;
}

let stopEarlier = (): void => {};

function trainingDesk(): Desk {
  stopEarlier();
  const bar = progressBar({ label: "", total: 1 });
  const far = label("");
  const line = label("");
  const area = outputArea();
  let stopper = new AbortController();
  const stop = () => stopper.abort();
  stopEarlier = stop;
  const stopButton = button("Stop", stop);
  stopButton.enabled = false;
  const starters: (Widget & { enabled: boolean })[] = [];
  const drawing: Drawing = {
    every: 200,
    draw(state) {
      bar.update(state.done / state.total);
      far.text = describeAdvance(state);
    },
    end(state) {
      bar.update(state.done / state.total);
      far.text = summarise(state);
    },
  };
  function busy(is: boolean): void {
    stopButton.enabled = is;
    for (const starter of starters) starter.enabled = !is;
  }
  return {
    widget: column(row(stopButton, bar), far, line, area),
    say(text) {
      line.text = text;
    },
    attempt,
    starter(label, work) {
      const starter = button(label, () => attempt(work));
      starters.push(starter);
      return starter;
    },
    async train(what, total, work) {
      await alone(what, async () => {
        stopper = new AbortController();
        busy(true);
        const shown = progress(what, total, drawing);
        try {
          await interruptible((signal) => work(shown, AbortSignal.any([signal, stopper.signal])));
        } finally {
          shown.stop();
          busy(false);
        }
      });
    },
    stop,
  };

  async function attempt(work: () => Promise<void>): Promise<void> {
    line.text = "";
    area.clear();
    await area.run(() =>
      work().catch((error) => {
        if (!(error instanceof InputError || error instanceof Interrupted)) throw error;
        line.text = error.message;
      }),
    );
  }
}

function trainingTab(experiment: Experiment, desk: Desk, onEnd: () => Promise<void>) {
  const defaults = trainOptionsOf(experiment, {});
  const controls = {
    name: text({ label: "Name of the run", value: nextName(experiment) }),
    layers: slider({ label: "Hidden layers", min: 1, max: MOST.layers, value: defaults.hidden.length }),
    width: slider({ label: "Width", min: 16, max: MOST.width, step: 16, value: defaults.hidden[0] as number }),
    learningRate: logSlider({ label: "Learning rate", min: 1e-4, max: 1e-1, value: defaults.learningRate }),
    batch: dropdown({ label: "Batch", options: [64, 128, 256, 512, MOST.batch], value: defaults.batch }),
    head: dropdown({ label: "Head", options: Object.keys(HEADS) as HeadName[], value: defaults.head }),
    demonstrations: demonstrationsSlider(experiment),
    epochs: slider({ label: "Epochs, at most", min: 1, max: 60, value: defaults.epochs }),
  };
  const live = figureWidget(curvesOf(experiment, []));

  /** Starts a run of the options that the controls show. */
  async function start(): Promise<void> {
    const name = controls.name.value;
    if (runNamed(experiment, name)) {
      throw new InputError(`name is ${name}; allowed: a new name (Resume goes on with a run that was stopped).`);
    }
    const { layers, width, learningRate, batch, head, demonstrations, epochs } = valuesOf(controls);
    await train(name, {
      hidden: new Array<number>(layers).fill(width),
      // The slider's decades are not round numbers.
      learningRate: Number(learningRate.toPrecision(3)),
      batch,
      head,
      demonstrations,
      epochs,
    });
  }

  /** Goes on with the stopped run of the name that the field shows. */
  async function resume(): Promise<void> {
    const name = controls.name.value;
    const run = runNamed(experiment, name);
    if (run?.status !== "stopped")
      throw new InputError(`name is ${name}; allowed: the name of a run that was stopped.`);
    await train(name, { ...run.options, demonstrations: run.trainedOn.count });
  }

  async function train(name: string, options: RunOptions & { epochs: number }): Promise<void> {
    await desk.train(`run ${name}`, options.epochs, async (bar, signal) => {
      const onEpoch = (run: Run) => live.update(curvesOf(experiment, [run]));
      const run = await trainRun(experiment, name, options, { signal, ...shownOn(bar, onEpoch) });
      desk.say(about(run));
      if (run.status === "done") controls.name.value = nextName(experiment);
    });
    await onEnd();
  }

  // The name of a kept run brings its curves back.
  controls.name.onChange((name) => {
    const run = runsOf(experiment).find((kept) => kept.name === name);
    if (!run) return;
    live.update(curvesOf(experiment, [run]));
    desk.say(about(run));
  });

  const buttons = row(desk.starter("Start", start), desk.starter("Resume", resume));
  return { widget: column(...Object.values(controls), buttons, live), controls, start, resume };
}

function comparisonTab(experiment: Experiment, desk: Desk) {
  const controls = {
    judgement: dropdown({ label: "Best by", options: ["cost gap", "validation loss"] }),
    model: text({ label: "Name of the model", value: "best" }),
  };
  const table = outputArea();
  const best = label("");
  const figure = figureWidget(curvesOf(experiment, []));
  const by = (): Judgement => (controls.judgement.value === "cost gap" ? "costGap" : "validationLoss");

  /** Shows all kept runs as they are now. */
  async function refresh(): Promise<void> {
    const runs = runsOf(experiment);
    const winner = bestRun(runs, by());
    best.text = winner ? `Best by ${controls.judgement.value}: ${winner.name}` : "No run has been trained yet.";
    figure.update(curvesOf(experiment, ranked(runs, by())));
    await showRows(table, runRows(runs));
  }

  /** Saves the best run as a model. */
  async function save(): Promise<void> {
    const winner = bestRun(runsOf(experiment), by());
    if (!winner) throw new InputError("there is no run with a whole epoch; allowed: at least one.");
    saveRun(experiment, winner, controls.model.value);
    desk.say(`${winner.name} is saved as the model ${controls.model.value}.`);
  }

  controls.judgement.onChange(refresh);
  const saveButton = desk.starter("Save best as model", save);
  return {
    widget: column(table, figure, controls.judgement, best, controls.model, saveButton),
    controls,
    refresh,
    save,
  };
}

function sweepTab(experiment: Experiment, desk: Desk) {
  const space = {
    layers: text({ label: "Layers", value: "1, 2, 3" }),
    width: text({ label: "Width", value: "16 to 256 log" }),
    learningRate: text({ label: "Learning rate", value: "0.0005 to 0.02 log" }),
    batch: text({ label: "Batch", value: "128, 512" }),
    head: text({ label: "Head", value: "sigmoid, softmax" }),
  } satisfies { [Name in Swept]?: Control<string> };
  const controls = {
    name: text({ label: "Name of the sweep", value: "sweep" }),
    search: dropdown({ label: "Search", options: ["random", "grid"] }),
    trials: slider({ label: "Random trials", min: 2, max: 100, value: 10 }),
    epochs: slider({ label: "Epochs, at most", min: 1, max: 60, value: 8 }),
    demonstrations: demonstrationsSlider(experiment),
    model: text({ label: "Name of the model", value: "best-of-sweep" }),
  };
  const { model, ...ofSweep } = controls;
  const table = outputArea();
  const figure = figureWidget(
    narrow(sweepCoordinates(experiment, { name: "sweep", options: { space: {} }, trials: [] })),
  );

  function optionsNow(): SweepOptions {
    const { search, trials, epochs, demonstrations } = valuesOf(controls);
    const axes = Object.entries(valuesOf(space)).flatMap(([name, typed]) => {
      const axis = axisOfText(typed);
      return axis ? [[name, axis] as const] : [];
    });
    return {
      space: Object.fromEntries(axes) as SweepSpace,
      ...(search === "random" ? { trials } : {}),
      options: { epochs, demonstrations },
    };
  }

  async function showSweep(sweep: Sweep): Promise<void> {
    figure.update(narrow(sweepCoordinates(experiment, sweep)));
    await showRows(table, sweepRows(sweep));
  }

  /** Starts the sweep that the controls show, or goes on with it. */
  async function start(): Promise<void> {
    const planned = plannedSweep(experiment, controls.name.value, optionsNow());
    await desk.train(`sweep ${planned.name}`, workOf(planned), async (bar, signal) => {
      const sweep = await trainSweep(experiment, planned, bar, signal, showSweep);
      await showSweep(sweep);
      const best = bestTrial(sweep)?.name ?? "none";
      desk.say(isDone(sweep) ? `Best by cost gap: ${best}` : `sweep ${sweep.name} was stopped; Start goes on with it.`);
    });
  }

  /** Shows the sweep of the name that the field shows, when there is one. */
  async function showKept(): Promise<void> {
    const sweep = sweepNamed(experiment, controls.name.value);
    if (sweep) await showSweep(sweep);
  }
  controls.name.onChange(() => desk.attempt(showKept));

  /** Saves the best trial as a model. */
  async function save(): Promise<void> {
    const sweep = sweepNamed(experiment, controls.name.value);
    const best = sweep && bestTrial(sweep)?.run;
    if (!best) throw new InputError(`name is ${controls.name.value}; allowed: a sweep with a trained trial.`);
    saveRun(experiment, best, model.value);
    desk.say(`${best.name} is saved as the model ${model.value}.`);
  }

  const parts = [...Object.values(ofSweep), label("Values, such as 1, 2, 3, or a range, such as 16 to 256 log:")];
  const startButton = desk.starter("Start or resume", start);
  const saveButton = desk.starter("Save best as model", save);
  return {
    widget: column(...parts, ...Object.values(space), startButton, table, figure, model, saveButton),
    controls,
    space,
    start,
    showKept,
    save,
  };
}

const demonstrationsSlider = ({ counts }: Experiment) =>
  slider({
    label: "Demonstrations",
    min: Math.min(1000, Math.ceil(counts.train / 10)),
    max: counts.train,
    step: Math.max(1, Math.floor(Math.min(1000, counts.train / 10))),
    value: Math.min(20_000, counts.train),
  });

function curvesOf(experiment: Experiment, runs: readonly RunCurve[]): Figure {
  const legend = { orientation: "h", x: 0.5, xanchor: "center", y: 1.02, yanchor: "bottom", itemwidth: 30 };
  const margin = { l: 42, r: 8, t: 22, b: 32, pad: 0 };
  const figure = runCurves(runs, figureProvenance(provenanceOf(requestOf(experiment, "validation"))));
  return narrow({ ...figure, layout: { ...figure.layout, legend, margin } });
}

/** The figure as wide as the cells of a notebook are on a small screen. */
function narrow(figure: Figure): Figure {
  return { ...figure, layout: { ...figure.layout, width: 505 } };
}

/** Runs that have an epoch, the best first. */
function ranked(runs: readonly Run[], by: Judgement): Run[] {
  const quality = (run: Run) => (bestEpochOf(run) as RunEpoch)[by];
  return runs.filter(({ history }) => history.length > 0).toSorted((a, b) => quality(a) - quality(b));
}

function about({ name, status, history, options }: Run): string {
  const how = { done: "done", running: "training", stopped: "stopped; Resume goes on with it" };
  return `${name}: ${history.length} of ${options.epochs} epochs, ${how[status]}.`;
}

async function showRows(area: OutputArea, rows: Record<string, Cell>[]): Promise<void> {
  area.clear();
  if (rows.length > 0) await area.run(() => showFrame(dataFrame(rows), 4));
}

/** run-1, run-2, ...: the first that is free. */
function nextName(experiment: Experiment): string {
  const taken = new Set(runsOf(experiment).map(({ name }) => name));
  let number = 1;
  while (taken.has(`run-${number}`)) number++;
  return `run-${number}`;
}
