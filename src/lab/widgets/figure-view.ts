import { hoverOnPress } from "../../figures/hover-on-press";

/**
 * What draws a figure widget in the browser: a module for anywidget (https://anywidget.dev/en/afm/). It runs there, so it is text here.
 */
export const FIGURE_VIEW = String.raw`
async function load(model) {
  const library = await model.widget_manager.get_model(model.get("library").replace("IPY_MODEL_", ""));
  const stream = new Blob([library.get("source")]).stream().pipeThrough(new DecompressionStream("gzip"));
  const source = await new Response(stream).text();
  const module = { exports: {} };
  new Function("module", "exports", "define", source)(module, module.exports, undefined);
  return module.exports;
}

/** The library, loaded once a page. */
const plotlyOf = (model) => (globalThis.diosLabPlotly ??= load(model));

/** A page that is not seen has no frames. */
const nextFrame = () => new Promise((resolve) => {
  requestAnimationFrame(resolve);
  setTimeout(resolve, 100);
});

/** Has the figures of the page draw one a frame, so that the first is seen while the others are drawn. */
function inTurn(draw) {
  const drawn = (globalThis.diosLabTurn ?? Promise.resolve()).then(draw);
  globalThis.diosLabTurn = drawn.catch(() => {}).then(nextFrame);
  return drawn;
}

${hoverOnPress}

export default {
  async render({ model, el }) {
    const Plotly = await plotlyOf(model);
    const div = el.appendChild(document.createElement("div"));
    let wanted;
    /** Draws the figure as it is when its turn comes: of those that come faster than they can be drawn, the last. */
    function draw() {
      wanted = model.get("figure");
      return inTurn(async () => {
        if (!wanted) return;
        const { data, layout } = wanted;
        wanted = undefined;
        await Plotly.react(div, data, { uirevision: "kept", ...layout }, { displaylogo: false, responsive: false });
      });
    }
    await draw();
    model.on("change:figure", draw);
    hoverOnPress(Plotly, div);
    div.on("plotly_click", ({ points: [point] }) => {
      const { x, y, z, curveNumber: curve, pointIndex: index, data, customdata: custom } = point;
      model.send({ event: "click", value: { x, y, z, curve, index, name: data.name, custom } });
    });
    div.on("plotly_relayout", (changes) => {
      const names = Object.keys(changes).filter((name) => /^[xy]axis\./.test(name));
      if (names.length === 0) return;
      const { xaxis, yaxis } = div.layout;
      const range = (axis) => (axis && !axis.autorange ? axis.range : undefined);
      model.send({ event: "zoom", value: { x: range(xaxis), y: range(yaxis) } });
    });
    return () => {
      model.off("change:figure", draw);
      Plotly.purge(div);
    };
  },
};
`;
