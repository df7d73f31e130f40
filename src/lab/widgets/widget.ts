import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { acceptComms, type Comm, openComm } from "../comms";

/**
 * Widgets are models that live in the kernel and in each front end, kept equal by messages:
 * https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md
 */
export interface Widget {
  readonly id: string;
  /** Frees the widget here and in the browser. */
  close(): void;
}

type State = Record<string, unknown>;

/** What the front end is to load for a model: model and view by package, version and name. */
export interface WidgetKind {
  readonly module: string;
  readonly version: string;
  readonly model: string;
  readonly view?: string;
}

/** The kernel's side of a widget. */
export interface WidgetModel extends Widget {
  readonly state: Readonly<State>;
  /** Changes the state here and in the front ends. */
  set(changes: State): void;
  /** Sends a message outside the state. */
  send(content: object): void;
  /** Called when a front end has changed the state. */
  onChange: (changes: State) => void;
  /** Called with messages outside the state. */
  onMessage: (content: State) => void;
  /** Called once when the widget is closed, here or there. */
  onClose: () => void;
  /** The widgets that this one shows and that are closed with it. */
  readonly children: readonly Widget[];
  /** As the value of a cell it is its name, not all that it holds. */
  readonly [inspect.custom]: () => string;
}

export interface WidgetOptions {
  /** Parts of the state that are bytes. */
  readonly buffers?: Record<string, Buffer>;
  readonly children?: readonly Widget[];
  /** A widget that many others use: it stays when the cell that made it runs again. */
  readonly shared?: boolean;
}

const VERSION = { version: "2.1.0" };
const open = new Map<string, { model: WidgetModel; buffers: Record<string, Buffer> }>();

/** Makes a widget and opens it in the front ends. */
export function createWidget(kind: WidgetKind, given: State, options: WidgetOptions = {}): WidgetModel {
  const { buffers = {}, children = [], shared = false } = options;
  const state: State = {
    _model_module: kind.module,
    _model_module_version: kind.version,
    _model_name: kind.model,
    _view_module: kind.view === undefined ? null : kind.module,
    _view_module_version: kind.version,
    _view_name: kind.view ?? null,
    ...given,
  };
  const whole = () =>
    [{ state, buffer_paths: Object.keys(buffers).map((key) => [key]) }, Object.values(buffers)] as const;
  const [data, bytes] = whole();
  const comm: Comm = openComm("jupyter.widget", data, { onMessage, onClose: closed }, bytes, VERSION);
  const model: WidgetModel = {
    id: comm.id,
    state,
    children,
    [inspect.custom]: () => kind.model.replace(/Model$/, " widget"),
    set(changes) {
      Object.assign(state, changes);
      comm.send({ method: "update", state: changes, buffer_paths: [] });
    },
    send: (content) => comm.send({ method: "custom", content }),
    onChange() {},
    onMessage() {},
    onClose() {},
    close() {
      if (!open.has(model.id)) return;
      comm.close();
      closed();
      for (const child of children) child.close();
    },
  };
  open.set(model.id, { model, buffers });
  if (!shared) owned.get(cell)?.add(model);
  return model;

  function onMessage({ method, state: changes, content }: State): void {
    if (method === "update") {
      Object.assign(state, changes);
      // Other front ends hear of it; the one that sent it knows its own message by this name.
      comm.send({ method: "echo_update", state: changes, buffer_paths: [] });
      model.onChange(changes as State);
    } else if (method === "request_state") {
      const [data, bytes] = whole();
      comm.send({ method: "update", ...data }, bytes);
    } else if (method === "custom") {
      model.onMessage(content as State);
    }
  }

  function closed(): void {
    if (!open.delete(model.id)) return;
    for (const widgets of owned.values()) widgets.delete(model);
    model.onClose();
  }
}

/** How one widget names another in its state. */
export const reference = (widget: Widget): string => `IPY_MODEL_${widget.id}`;

/** The open widget of this id. */
export const widgetOf = (id: string): WidgetModel | undefined => open.get(id)?.model;

// A page that was reloaded asks for all widgets at once.
acceptComms("jupyter.widget.control", (comm) => ({
  onMessage({ method }) {
    if (method !== "request_states") return;
    const states = [...open].map(([id, { model }]) => {
      const { _model_name, _model_module, _model_module_version } = model.state;
      const names = {
        model_name: _model_name,
        model_module: _model_module,
        model_module_version: _model_module_version,
      };
      return [id, { ...names, state: model.state }];
    });
    const paths = [...open].flatMap(([id, { buffers }]) => Object.keys(buffers).map((key) => [id, "state", key]));
    const bytes = [...open.values()].flatMap(({ buffers }) => Object.values(buffers));
    comm.send({ method: "update_states", states: Object.fromEntries(states), buffer_paths: paths }, bytes);
  },
}));

const owned = new Map<string, Set<Widget>>();
let cell = randomUUID() as string;

/** For the kernel: widgets made from now on are of this cell. Those that it made when it ran before are closed. */
export function startCell(id: string): void {
  closeCell(id);
  cell = id;
  owned.set(id, new Set());
}

/** For the kernel: closes the widgets of a cell that was deleted. */
export function closeCell(id: string): void {
  for (const widget of owned.get(id) ?? []) widget.close();
  owned.delete(id);
}
