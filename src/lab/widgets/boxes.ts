import { controlKind } from "./controls";
import { createWidget, reference, type Widget } from "./widget";

/** Widgets beside each other. Closing it closes them too. */
export function row(...widgets: Widget[]): Widget {
  return createWidget(controlKind("HBox"), { children: widgets.map(reference) }, { children: widgets });
}

/** Widgets below each other. Closing it closes them too. */
export function column(...widgets: Widget[]): Widget {
  return createWidget(controlKind("VBox"), { children: widgets.map(reference) }, { children: widgets });
}

/** Widgets behind each other, each with a tab of its title. Closing it closes them too. */
export function tabs(pages: Readonly<Record<string, Widget>>): Widget {
  const children = Object.values(pages);
  const state = { children: children.map(reference), titles: Object.keys(pages), selected_index: 0 };
  return createWidget(controlKind("Tab"), state, { children });
}
