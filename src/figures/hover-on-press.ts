/** What is used of Plotly, and of a figure that it has drawn. */
interface Plotly {
  readonly Fx: { hover(plot: Plot, event: Press, subplot: string): void };
}
interface Plot {
  readonly _fullLayout: { _uid: string };
  addEventListener(type: "mousedown", listener: (event: Press) => void, options: { capture: boolean }): void;
}
interface Press {
  readonly target: unknown;
}

/**
 * Has Plotly look for the mark under the mouse whenever that is pressed. It tells of a click on the mark that the mouse was moved to last, and forgets
 * which that was when it draws anew. It looks for a mark at most every 50 ms a plot, too late for a quick click; to it this is another plot.
 *
 * Runs in a browser, as text too: it uses nothing from outside of itself.
 */
export function hoverOnPress(plotly: Plotly, plot: Plot): void {
  const hover = (event: Press) => {
    const { subplot } = (event.target as { dataset: { subplot?: string } }).dataset;
    if (!subplot) return;
    const { _uid } = plot._fullLayout;
    plot._fullLayout._uid = `${_uid}-pressed`;
    plotly.Fx.hover(plot, event, subplot);
    plot._fullLayout._uid = _uid;
  };
  plot.addEventListener("mousedown", hover, { capture: true });
}
