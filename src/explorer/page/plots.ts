import type { Figure, PlotlyObject } from "../../figures/figure";
import { figureCsv } from "../../figures/figure-csv";
import { hoverOnPress } from "../../figures/hover-on-press";
import { forScreen } from "../../figures/theme";
import { element, make, save } from "./dom";

/** What the page uses of Plotly, which lies in a script of its own. */
declare const Plotly: {
  react(host: HTMLElement, data: PlotlyObject[], layout: PlotlyObject, config: PlotlyObject): Promise<unknown>;
  readonly Fx: Parameters<typeof hoverOnPress>[0]["Fx"];
  toImage(figure: { data: PlotlyObject[]; layout: PlotlyObject }, options: PlotlyObject): Promise<string>;
};

/** How much larger than in print text and lines are, at least and at most. */
const SCALES = [0.95, 1.25] as const;

/** Width of a printed page in pixels, less its margins. */
const PRINTED_PX = 690;

const drawn = new Map<string, Figure>();

/** Draws a figure in the element of its id, as wide as that is, in place of what was there. */
export async function draw(figure: Figure): Promise<void> {
  const host = element(figure.id, HTMLElement);
  if (!drawn.has(figure.id)) addTools(host, figure.id);
  drawn.set(figure.id, figure);
  const room = roomOf(host);
  const [least, most] = SCALES;
  const scale = Math.min(most, Math.max(least, room / figure.layout.width));
  const { data, layout } = forScreen(figure, scale);
  const width = Math.max(room, layout.width);
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", figure.title);
  host.style.setProperty("--print-zoom", String(Math.min(1, PRINTED_PX / width)));
  await Plotly.react(host, data, { ...layout, width }, { displayModeBar: false, responsive: false });
}

/** Widths, once measured: to do that between two drawings would make the browser lay the page out each time. */
const rooms = new Map<HTMLElement, number>();

/** To be called when the page has become wider or narrower; what is drawn then takes the new room. */
export function roomChanged(): void {
  rooms.clear();
}

function roomOf(host: HTMLElement): number {
  const room = rooms.get(host) ?? host.clientWidth;
  rooms.set(host, room);
  return room;
}

/** Calls `listener` with the `customdata` of the mark that is clicked in the figure of this id. It must have been drawn. */
export function onPlotClick(id: string, listener: (custom: unknown) => void): void {
  const host = element(id, HTMLElement) as HTMLElement & {
    on(event: string, listener: (event: { points: { customdata?: unknown }[] }) => void): void;
    _fullLayout: { _uid: string };
  };
  hoverOnPress(Plotly, host);
  host.on("plotly_click", ({ points }) => listener(points[0]?.customdata));
}

/** Buttons that save the figure in the size of print, and its numbers. */
function addTools(host: HTMLElement, id: string): void {
  const button = (text: string, what: string, onClick: () => void) => {
    const made = make("button", { type: "button", id: `${id}-${text.toLowerCase()}`, title: what }, text);
    made.addEventListener("click", onClick);
    return made;
  };
  const tools = make(
    "div",
    { class: "tools" },
    button("SVG", "Save this figure in the size of print", () => saveSvg(drawn.get(id) as Figure)),
    button("CSV", "Save the numbers of this figure", () =>
      save(`${id}.csv`, figureCsv(drawn.get(id) as Figure), "text/csv"),
    ),
  );
  host.closest(".card")?.append(tools);
}

async function saveSvg({ id, data, layout, provenance }: Figure): Promise<void> {
  const { width, height } = layout;
  const url = await Plotly.toImage({ data, layout }, { format: "svg", width, height });
  const svg = decodeURIComponent(url.slice(url.indexOf(",") + 1));
  const text = JSON.stringify(provenance).replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  save(
    `${id}.svg`,
    svg.replace(/^<svg[^>]*>/, (root) => `${root}<metadata>${text}</metadata>`),
    "image/svg+xml",
  );
}
