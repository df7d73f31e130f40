const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** Tells on stderr how the steps go: a line as each ends and, on a terminal, a last line with those at work. */
export class Progress {
  #running = new Map();
  #live = process.stderr.isTTY && process.env.TERM !== "dumb";
  #timer;
  #frame = 0;

  start(step) {
    this.#running.set(step.name, Date.now());
    if (this.#live) this.#timer ??= setInterval(() => this.#draw(), 120).unref();
  }

  done(step, remark) {
    this.say(`  ✓ ${step.name}${remark ? `: ${remark}` : ""} (${this.#end(step)})`);
  }

  failed(step, error) {
    const lines = [`  ✗ ${step.name} failed after ${this.#end(step)}: ${error.message}`];
    for (const line of error.lines ?? error.stack.split("\n").slice(1, 5)) lines.push(`      ${line}`);
    if (error.remedy) lines.push(`    What to do: ${error.remedy}`);
    if (error.log) lines.push(`    Log: ${error.log}`);
    this.say(lines.join("\n"));
  }

  /** Prints a line above the live one. */
  say(line) {
    process.stderr.write(`${this.#live ? "\r\x1b[K" : ""}${line}\n`);
    if (this.#live && this.#running.size > 0) this.#draw();
  }

  /** Stops drawing. */
  close() {
    clearInterval(this.#timer);
    if (this.#live) process.stderr.write("\r\x1b[K");
  }

  #end(step) {
    const started = this.#running.get(step.name);
    this.#running.delete(step.name);
    return seconds(Date.now() - started);
  }

  #draw() {
    const now = Date.now();
    const parts = [...this.#running].map(([name, started]) => `${name} ${seconds(now - started)}`);
    const line = `  ${frames[this.#frame++ % frames.length]} ${parts.join(" · ")}`;
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
  }
}

const seconds = (ms) =>
  ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
