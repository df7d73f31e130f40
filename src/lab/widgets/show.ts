import { renderSvg } from "../../figures/export";
import type { Figure } from "../../figures/figure";
import { display, inNotebook } from "../display";
import { fitting } from "../show-figure";
import { type Widget, type WidgetModel, widgetOf } from "./widget";

/**
 * Shows a widget below the cell. What its figures show now goes along as a picture, for places where nothing runs (GitHub, HTML,
 * PDF). Outside a notebook its text is printed.
 */
export async function show(widget: Widget): Promise<void> {
  const model = widgetOf(widget.id);
  if (!model) return;
  const text = textOf(model);
  if (!inNotebook()) return display({ "text/plain": text });
  const picture = await pictureOf(model).catch((error: Error) => {
    console.error(`the figures are shown without their static picture: ${error.message}`);
    return undefined;
  });
  display({
    "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: model.id },
    ...(picture && { "image/svg+xml": fitting(picture.svg) }),
    "text/plain": text,
  });
}

/** Labels and values, a line each, for those who see nothing else. */
function textOf({ state, children }: WidgetModel): string {
  const { description, value, figure, index, _options_labels } = state;
  if (figure) return (figure as Figure).title;
  const chosen = (_options_labels as string[] | undefined)?.[index as number];
  const own = [description, chosen ?? value]
    .filter((part) => part !== undefined && part !== "")
    .map(String)
    .join(": ");
  const below = modelsOf(children).map(textOf);
  return [own, ...below].filter((line) => line !== "").join("\n");
}

interface Picture {
  svg: string;
  width: number;
  height: number;
}

const GAP_PX = 12;

/** The figures in a widget as one SVG, placed as the boxes place them; undefined where there are none. */
async function pictureOf({ state, children }: WidgetModel): Promise<Picture | undefined> {
  if (state.figure) {
    const figure = state.figure as Figure;
    const { width, height } = figure.layout;
    return { svg: await renderSvg(figure), width, height };
  }
  const pictures: Picture[] = [];
  for (const child of modelsOf(children)) {
    const picture = await pictureOf(child);
    if (picture) pictures.push(picture);
  }
  if (pictures.length < 2) return pictures[0];
  const beside = state._model_name === "HBoxModel";
  let [width, height] = [0, 0];
  const placed = pictures.map((picture) => {
    const svg = picture.svg.replace("<svg ", `<svg x="${beside ? width : 0}" y="${beside ? 0 : height}" `);
    width = beside ? width + picture.width + GAP_PX : Math.max(width, picture.width);
    height = beside ? Math.max(height, picture.height) : height + picture.height + GAP_PX;
    return svg;
  });
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return { svg: `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${placed.join("")}</svg>`, width, height };
}

const modelsOf = (widgets: readonly Widget[]) => widgets.flatMap(({ id }) => widgetOf(id) ?? []);
