import { renderSvg } from "../figures/export";
import type { Figure } from "../figures/figure";
import { forScreen } from "../figures/theme";
import { type Bundle, display, inNotebook } from "./display";

/**
 * Shows a figure below the cell: interactive in JupyterLab, as SVG where nothing runs (GitHub, HTML, PDF), as its title in
 * plain text. Outside a notebook the title is printed. Without the figure renderer the SVG is left out, and a sentence on stderr says so.
 */
export async function showFigure(figure: Figure): Promise<void> {
  if (!inNotebook()) return display({ "text/plain": figure.title });
  const screen = forScreen(figure);
  const bundle: Bundle = {
    "application/vnd.plotly.v1+json": {
      data: screen.data,
      layout: screen.layout,
      config: { displaylogo: false, responsive: false },
    },
    "text/plain": figure.title,
  };
  try {
    bundle["image/svg+xml"] = fitting(await renderSvg(screen));
  } catch (error) {
    console.error(`${figure.id} is shown without its static picture: ${(error as Error).message}`);
  }
  display(bundle);
}

/** Pages made of notebooks (nbconvert) are about so wide, and cut off what is wider. */
const MOST_PX = 960;

/** The SVG no wider than a page. */
export function fitting(svg: string): string {
  return svg.replace(
    /^(<svg[^>]*? width=")([\d.]+)("[^>]*? height=")([\d.]+)/,
    (root, start, width, between, height) => {
      const share = MOST_PX / Number(width);
      return share < 1 ? `${start}${MOST_PX}${between}${(share * Number(height)).toFixed(1)}` : root;
    },
  );
}
