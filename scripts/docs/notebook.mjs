import fs from "node:fs";
import path from "node:path";

/**
 * A notebook as Markdown, from its committed outputs: figures as pictures, tables as HTML, text as it was printed. The pictures go
 * into `folder`, which is where the Markdown will be.
 */
export function notebookToMarkdown(file, folder) {
  const { cells } = JSON.parse(fs.readFileSync(file, "utf8"));
  const name = path.basename(file, ".ipynb");
  let pictures = 0;
  const savePicture = (svg) => {
    const picture = `${name}-${++pictures}.svg`;
    fs.writeFileSync(path.join(folder, picture), svg);
    return picture;
  };
  const parts = cells.flatMap(({ cell_type, source, outputs = [] }) => {
    const text = source.join("").trim();
    if (cell_type === "markdown") return [text];
    return [...(text ? [fence(text, "ts")] : []), ...outputs.map((output) => outputToMarkdown(output, savePicture))];
  });
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function outputToMarkdown({ output_type, data, text }, savePicture) {
  if (output_type === "stream") return printed(text.join(""));
  if (!data)
    throw new Error(`an output is of type ${output_type}; the site shows stream, display_data and execute_result.`);
  if (data["image/svg+xml"]) {
    const svg = data["image/svg+xml"].join("");
    const title = /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? data["text/plain"].join("").split("\n")[0];
    return `<p class="figure"><img src="${savePicture(svg)}" alt="${title.replaceAll('"', "&quot;")}" loading="lazy"></p>`;
  }
  if (data["text/html"]) return html(data["text/html"].join(""));
  if (data["text/plain"]) return printed(data["text/plain"].join(""));
  throw new Error(`an output has ${Object.keys(data).join(", ")}; the site shows SVG, HTML and text.`);
}

/** HTML ends for Markdown at an empty line. A wide table scrolls by itself; the keyboard reaches it. */
function html(text) {
  const whole = text.replace(/\n\s*\n/g, "\n").trim();
  return whole.includes("<table")
    ? `<div class="output" role="region" aria-label="Table" tabindex="0">${whole}</div>`
    : `<div class="output">${whole}</div>`;
}

function printed(text) {
  return text.trim() === "" ? "" : fence(text.trimEnd(), "text");
}

/** A code block, fenced by more backticks than the text has in a row. */
function fence(text, language) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${text}\n${ticks}`;
}
