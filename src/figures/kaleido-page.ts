import fs from "node:fs";
import { fromPackage } from "../optional-package";

/** One face of the font that figures embed, and how to tell from an SVG's text that it is needed. */
interface Face {
  file: string;
  style: string;
  weight: number;
  /** Characters that it is for; without it, all. */
  range?: string;
  /** Source of a regular expression over the SVG. */
  neededBy: string;
}

// The WOFF files and not WOFF2: without hinting they are smaller, and text has the same shape on every platform.
const FACES: Face[] = [
  { file: "tinos-latin-400-normal.woff", style: "normal", weight: 400, neededBy: "<text" },
  { file: "tinos-latin-400-italic.woff", style: "italic", weight: 400, neededBy: "font-style: ?italic" },
  { file: "tinos-latin-700-normal.woff", style: "normal", weight: 700, neededBy: "font-weight: ?(bold|[67]00)" },
  {
    file: "tinos-greek-400-normal.woff",
    style: "normal",
    weight: 400,
    range: "U+0370-03FF",
    neededBy: "[\\u0370-\\u03ff]",
  },
];

/**
 * The script that kaleido's page loads as "Plotly": plotly.js, then a `Plotly.toImage` of our own around it. Kaleido calls
 * `toImage` for every format, so that is where the font comes in and random ids go out.
 */
export function kaleidoPageScript(): string {
  const faces = FACES.map(({ file, style, weight, range, neededBy }) => {
    const data = fs.readFileSync(fileOf("@fontsource/tinos", `files/${file}`)).toString("base64");
    const css =
      `@font-face{font-family:Tinos;font-style:${style};font-weight:${weight};` +
      `${range ? `unicode-range:${range};` : ""}src:url(data:font/woff;base64,${data}) format("woff")}`;
    return { css, neededBy, load: `${style} ${weight} 10px Tinos`, sample: range ? "\u03b1" : "a" };
  });
  const plotly = fs.readFileSync(fileOf("plotly.js", "plotly.min.js"), "utf8");
  return `${plotly}\n;(${PAGE_CODE})(${JSON.stringify(faces)});\n`;
}

function fileOf(name: string, file: string): string {
  return fromPackage(name, () => require.resolve(`${name}/${file}`));
}

// Runs in the browser inside kaleido (Chromium 88), so it is text here.
const PAGE_CODE = String.raw`function (faces) {
  // Text is measured with the page's fonts, and drawn with those inside the SVG.
  const style = document.createElement("style");
  style.textContent = faces.map((face) => face.css).join("");
  document.head.appendChild(style);
  const fontsLoaded = Promise.all(faces.map((face) => document.fonts.load(face.load, face.sample)));

  const plotlyToImage = Plotly.toImage;
  Plotly.toImage = async function (figure, options) {
    await fontsLoaded;
    // Plotly draws ids at random: the same figure gets the same ids, and two figures on one web page get different ones.
    Math.random = generator(JSON.stringify([figure.data, figure.layout]));
    let svg = await plotlyToImage(figure, { ...options, format: "svg", scale: 1, imageDataOnly: true });
    if (options.format === "svg" && !options.imageDataOnly) svg = expandPatterns(svg); // on the way to PDF
    const css = faces.filter((face) => new RegExp(face.neededBy).test(svg)).map((face) => face.css).join("");
    // Plotly leaves an empty style attribute, now in one place and now in another.
    svg = svg.replace(/^<svg[^>]*>/, (root) => root.replace(/ style="[^"]*"/, "") + "<style>" + css + "</style>");
    if (options.format === "svg" && options.imageDataOnly) return svg;

    // Enlarged here and not by the canvas or the printer, as letters and clips go to whole pixels of the SVG.
    const width = Math.round(options.width * options.scale);
    const height = Math.round(options.height * options.scale);
    const large = svg
      .replace(/^(<svg[^>]*?) width="[^"]*"/, '$1 width="' + width + '"')
      .replace(/^(<svg[^>]*?) height="[^"]*"/, '$1 height="' + height + '"');
    const url = "data:image/svg+xml," + encodeURIComponent(large);
    const image = new Image();
    image.src = url;
    await image.decode();
    if (options.format === "svg") return url;
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/png").replace(/^[^,]*,/, "");
  };

  // Numbers in [0, 1) that depend on the text alone: FNV-1a for the seed, then mulberry32.
  function generator(text) {
    let state = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
    return function () {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  // Chromium's PDF writer turns a pattern into a coarse bitmap. Here each bar with a pattern gets its tiles as shapes
  // instead, cut off by a viewport: that becomes a plain clip, where a clip path becomes a transparency mask.
  function expandPatterns(svg) {
    const UNITS = 64; // to the pixel; the writer rounds a clip to whole units
    const holder = document.createElement("div");
    holder.innerHTML = svg;
    document.body.appendChild(holder); // getBBox needs a layout
    const append = (parent, name, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const key in attributes) element.setAttribute(key, attributes[key]);
      return parent.appendChild(element);
    };
    for (const shape of holder.querySelectorAll("path[style*='url(']")) {
      const id = /^url\(["']?#([^"')]+)/.exec(shape.style.fill);
      const pattern = id && holder.querySelector("pattern#" + CSS.escape(id[1]));
      if (!pattern || /[^MHVZ\d\s.,e-]/i.test(shape.getAttribute("d"))) continue; // not a bar
      const { x, y, width, height } = shape.getBBox();
      const group = append(shape.parentNode, "g", {
        transform: (shape.getAttribute("transform") || "") + " scale(" + 1 / UNITS + ")",
      });
      const bar = append(group, "svg", {
        x: x * UNITS,
        y: y * UNITS,
        width: width * UNITS,
        height: height * UNITS,
        viewBox: [x, y, width, height].join(" "),
        preserveAspectRatio: "none",
        overflow: "hidden",
      });
      const scale = Number((/scale\(([^)]+)\)/.exec(pattern.getAttribute("patternTransform")) || [0, 1])[1]);
      const tileWidth = parseFloat(pattern.getAttribute("width")) * scale;
      const tileHeight = parseFloat(pattern.getAttribute("height")) * scale;
      for (const part of pattern.children) {
        if (part.tagName === "rect") {
          append(bar, "rect", { x, y, width, height, fill: part.getAttribute("fill") });
          continue;
        }
        for (let left = Math.floor(x / tileWidth) * tileWidth; left < x + width; left += tileWidth) {
          for (let top = Math.floor(y / tileHeight) * tileHeight; top < y + height; top += tileHeight) {
            const tile = bar.appendChild(part.cloneNode());
            tile.setAttribute("transform", "translate(" + left + "," + top + ") scale(" + scale + ")");
            tile.setAttribute("stroke-linecap", "square"); // so that neighbours meet
          }
        }
      }
      shape.parentNode.insertBefore(group, shape);
      shape.style.fill = "none";
    }
    const result = new XMLSerializer().serializeToString(holder.firstElementChild);
    holder.remove();
    return result;
  }
}`;
