import { withOutput } from "../output";
import { withErrorsShown } from "./callback";
import { createWidget, type Widget } from "./widget";

/** A place for output that stays where it is shown, whichever cell runs. */
export interface OutputArea extends Widget {
  clear(): void;
  /** Runs `work`; what it prints, shows or throws appears in the area. */
  run<T>(work: () => T | Promise<T>): Promise<T | undefined>;
}

interface Output {
  output_type: string;
  name?: string;
  text?: string;
  transient?: { display_id?: string };
}

/** Makes an output area; to be shown with `show` or in a box. */
export function outputArea(): OutputArea {
  const kind = { module: "@jupyter-widgets/output", version: "1.0.0", model: "OutputModel", view: "OutputView" };
  const model = createWidget(kind, { outputs: [], msg_id: "" });
  let outputs: Output[] = [];
  let sending = false;

  /** Sends what has come together: printing a thousand lines must not send a thousand ever longer lists. */
  function changed(): void {
    if (sending) return;
    sending = true;
    setImmediate(() => {
      sending = false;
      model.set({ outputs: outputs.map(({ transient: _transient, ...output }) => output) });
    });
  }

  function publish(type: string, content: Partial<Output>): void {
    const last = outputs.at(-1);
    const id = content.transient?.display_id;
    if (type === "stream" && last?.output_type === "stream" && last.name === content.name) {
      last.text = `${last.text}${content.text}`;
    } else if (type === "update_display_data") {
      outputs = outputs.map((output) =>
        output.transient?.display_id === id ? { ...content, output_type: output.output_type } : output,
      );
    } else {
      outputs.push({ ...content, output_type: type });
    }
    changed();
  }

  return {
    id: model.id,
    close: () => model.close(),
    clear() {
      outputs = [];
      changed();
    },
    run: (work) => withOutput(publish, () => withErrorsShown(work)),
  };
}
