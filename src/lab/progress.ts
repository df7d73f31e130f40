import { randomUUID } from "node:crypto";
import type { SingleBar } from "cli-progress";
import { display, escapeHtml, inNotebook } from "./display";

/** A progress bar: `update` says how many of the total are done, `stop` leaves one line with the rate and the time taken. */
export interface Progress {
  /** Says how many an earlier session has done: rate and time left are those of this one. To be called before `update`. */
  resume(done: number): void;
  /** `done` counts what earlier sessions did; it may be a fraction. */
  update(done: number, note?: string): void;
  stop(): void;
}

/** How a bar is drawn in one place, from what is known. */
export interface Drawing {
  /** The least time between two drawings, in milliseconds. */
  every: number;
  draw(state: State): void;
  end(state: State): void;
}

export interface State {
  label: string;
  /** Done before this session. */
  from: number;
  done: number;
  total: number;
  note: string;
  elapsedSeconds: number;
  /** What was done, and when, at the first update: before it much is prepared that says nothing of the time left. */
  first?: { done: number; elapsedSeconds: number };
}

/** Shows the progress of long work: in a notebook below the cell, else on stderr; or where `drawing` draws it. */
export function progress(label: string, total: number, drawing: Drawing = drawingHere(total)): Progress {
  const start = performance.now();
  const state: State = { label, from: 0, done: 0, total, note: "", elapsedSeconds: 0 };
  let drawnAt = start;
  let stopped = false;
  return {
    resume(done) {
      Object.assign(state, { from: done, done });
    },
    update(done, note = "") {
      const now = performance.now();
      Object.assign(state, { done, note, elapsedSeconds: (now - start) / 1000 });
      state.first ??= { done, elapsedSeconds: state.elapsedSeconds };
      if (stopped || now - drawnAt < drawing.every) return;
      drawnAt = now;
      drawing.draw(state);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      state.elapsedSeconds = (performance.now() - start) / 1000;
      drawing.end(state);
    },
  };
}

/** Where all bars are drawn while `progressTo` runs. */
let redirected: Drawing | undefined;

/** Runs `work`, whose bars are drawn by `drawing` and nowhere else. */
export async function progressTo<T>(drawing: Drawing, work: () => Promise<T>): Promise<T> {
  redirected = drawing;
  try {
    return await work();
  } finally {
    redirected = undefined;
  }
}

function drawingHere(total: number): Drawing {
  if (redirected) return redirected;
  if (inNotebook()) return notebook();
  return process.stderr.isTTY ? terminal(total) : log();
}

function notebook(): Drawing {
  const id = randomUUID();
  let update = false;
  const show = (text: string, html: string) => {
    display({ "text/html": html, "text/plain": text }, { id, update });
    update = true;
  };
  return {
    every: 200,
    draw(state) {
      const bar = `<progress max="${state.total}" value="${state.done}" style="vertical-align: middle"></progress>`;
      show(describe(state), `<div>${escapeHtml(state.label)} ${bar} ${escapeHtml(describeAdvance(state))}</div>`);
    },
    end(state) {
      const text = summarise(state);
      show(text, `<div>${escapeHtml(text)}</div>`);
    },
  };
}

function terminal(total: number): Drawing {
  const { SingleBar, Presets }: typeof import("cli-progress") = require("cli-progress");
  const bar: SingleBar = new SingleBar(
    {
      stream: process.stderr,
      format: "{label} {bar} {advance}",
      barsize: 24,
      clearOnComplete: true,
      linewrap: true,
      // It would catch Ctrl-C and go on.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    every: 100,
    draw(state) {
      const payload = { label: state.label, advance: describeAdvance(state) };
      if (started) bar.update(state.done, payload);
      else bar.start(total, state.done, payload);
      started = true;
    },
    end(state) {
      bar.stop();
      process.stderr.write(`${summarise(state)}\n`);
    },
  };
}

function log(): Drawing {
  return {
    every: 10_000,
    draw: (state) => process.stderr.write(`${describe(state)}\n`),
    end: (state) => process.stderr.write(`${summarise(state)}\n`),
  };
}

/** "Training: 45 %, 1,200/s, 12 s left, loss 0.21" */
function describe(state: State): string {
  return `${state.label}: ${describeAdvance(state)}`;
}

/** "45 %, 1,200/s, 12 s left, loss 0.21" */
export function describeAdvance(state: State): string {
  const { first, done, total, note, elapsedSeconds } = state;
  const parts = [`${total > 0 ? Math.floor((100 * done) / total) : 100} %`];
  const perSecond = first ? (done - first.done) / (elapsedSeconds - first.elapsedSeconds) : 0;
  if (perSecond > 0) parts.push(rate(perSecond), `${duration((total - done) / perSecond)} left`);
  if (note) parts.push(note);
  return parts.join(", ");
}

/** "Training: 12 in 14 s, 0.86/s, loss 0.21"; what was not reached is said, and what was done before. */
export function summarise(state: State): string {
  const { label, from, done, total, note, elapsedSeconds } = state;
  const reached = done < total ? `${count(done)} of ${count(total)}` : count(done);
  const before = from > 0 ? ` (${count(from)} before)` : "";
  const parts = [`${label}: ${reached}${before} in ${duration(elapsedSeconds)}`];
  if (done > from && elapsedSeconds > 0) parts.push(rate((done - from) / elapsedSeconds));
  if (note) parts.push(note);
  return parts.join(", ");
}

function count(value: number): string {
  return Math.floor(value).toLocaleString("en");
}

function rate(perSecond: number): string {
  return `${perSecond.toLocaleString("en", { maximumSignificantDigits: 3 })}/s`;
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
