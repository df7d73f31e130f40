import { AsyncLocalStorage } from "node:async_hooks";

/** Takes a Jupyter output: its message type, such as `stream` or `display_data`, and its content. */
export type Publish = (type: string, content: object) => void;

const place = new AsyncLocalStorage<Publish>();

/** Runs `work`; what it prints and shows, also later on and while other cells run, goes to `publish`. */
export function withOutput<T>(publish: Publish, work: () => T): T {
  return place.run(publish, work);
}

/** Where output of the code that runs now goes; undefined outside a notebook. */
export function outputPlace(): Publish | undefined {
  return place.getStore();
}
