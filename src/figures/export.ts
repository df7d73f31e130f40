import path from "node:path";
import { InputError } from "../errors";
import { writeFile } from "../files";
import { fromPackage } from "../optional-package";
import type { Figure } from "./figure";
import { figureCsv } from "./figure-csv";
import { drawWithKaleido, kaleidoFolder } from "./kaleido";
import { kaleidoPageScript } from "./kaleido-page";
import { addPngMetadata } from "./png-metadata";

export { closeExporter } from "./kaleido";

export type FigureFormat = "pdf" | "svg" | "png";

const PNG_DPI = 600;
const POINTS_PER_PX = 72 / 96;
/** The browser rounds in whole pixels, so the page is printed this much larger and then reduced. */
const PDF_DRAWN_LARGER = 16;

/**
 * Writes a figure as `<id>.pdf`, `<id>.svg`, `<id>.png` (600 dpi) and its numbers as `<id>.csv`, in the size of print, with
 * the font embedded and the provenance in each file's metadata. The same figure gives the same bytes.
 * Nothing is written before all is drawn, and each file replaces the one before it in one step.
 * @returns the files written
 * @throws InputError when a file cannot be written or kaleido is missing; Error when Plotly refuses the figure
 */
export async function exportFigure(
  figure: Figure,
  folder: string,
  formats: readonly FigureFormat[] = ["pdf", "svg", "png"],
): Promise<string[]> {
  if (!/^[a-z0-9-]+$/.test(figure.id)) {
    throw new InputError(`figure.id is ${figure.id}; allowed: lower-case letters, digits and hyphens.`);
  }
  const files: [string, string | Uint8Array][] = [];
  for (const format of formats) {
    files.push([path.join(folder, `${figure.id}.${format}`), await RENDER[format](figure)]);
  }
  files.push([path.join(folder, `${figure.id}.csv`), figureCsv(figure)]);
  for (const [file, content] of files) writeFile(file, content);
  return files.map(([file]) => file);
}

/** Throws the InputError that says what drawing lacks, to be known before the work whose result is drawn. */
export function requireExporter(): void {
  loadPdfLib();
  kaleidoPageScript();
  kaleidoFolder();
}

const RENDER: Record<FigureFormat, (figure: Figure) => Promise<string | Uint8Array>> = {
  pdf: renderPdf,
  svg: renderSvg,
  png: renderPng,
};

/** The figure as one SVG document with its font and provenance inside and no reference to anything outside. */
export async function renderSvg(figure: Figure): Promise<string> {
  const svg = (await drawWithKaleido(figure, "svg")).toString("utf8");
  const metadata =
    `<title>${escapeXml(figure.title)}</title>` +
    `<desc>${escapeXml([figure.caption, describe(figure)].filter(Boolean).join(" "))}</desc>` +
    `<metadata>${escapeXml(JSON.stringify(figure.provenance))}</metadata>`;
  return svg.replace(/^<svg[^>]*>/, (root) => root + metadata);
}

/** The figure as a PDF of one page of its own size, with vector graphics and text as text. */
export async function renderPdf(figure: Figure): Promise<Uint8Array> {
  const { PDFDict, PDFDocument, PDFName } = loadPdfLib();
  const bytes = await drawWithKaleido(figure, "pdf", PDF_DRAWN_LARGER);
  const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
  while (pdf.getPageCount() > 1) pdf.removePage(pdf.getPageCount() - 1);
  const page = pdf.getPage(0);
  page.scaleContent(1 / PDF_DRAWN_LARGER, 1 / PDF_DRAWN_LARGER);
  page.setSize(figure.layout.width * POINTS_PER_PX, figure.layout.height * POINTS_PER_PX);
  const software = describeSoftware(figure);
  pdf.setTitle(figure.title);
  pdf.setSubject(describe(figure));
  pdf.setKeywords([JSON.stringify(figure.provenance)]);
  pdf.setCreator(software);
  pdf.setProducer(`${software}, Plotly, kaleido, pdf-lib`);
  // With a date the bytes of every run would differ.
  const info = pdf.context.lookup(pdf.context.trailerInfo.Info, PDFDict);
  info.delete(PDFName.of("CreationDate"));
  info.delete(PDFName.of("ModDate"));
  return pdf.save();
}

/** Loaded here, because little else in the lab needs it and an installed library comes without. */
function loadPdfLib(): typeof import("pdf-lib") {
  return fromPackage("pdf-lib", () => require("pdf-lib"));
}

/** The figure as a PNG of 600 dots to the inch. */
export async function renderPng(figure: Figure): Promise<Uint8Array> {
  const png = await drawWithKaleido(figure, "png", PNG_DPI / 96);
  return addPngMetadata(png, PNG_DPI, {
    Title: figure.title,
    Description: describe(figure),
    Software: describeSoftware(figure),
    Comment: JSON.stringify(figure.provenance),
  });
}

function describeSoftware({ provenance }: Figure): string {
  return `${provenance.software} ${provenance.version}`;
}

function describe(figure: Figure): string {
  const { seed, scenario, scenarioHash } = figure.provenance;
  return `Made by ${describeSoftware(figure)}, scenario ${scenario} (${scenarioHash}), seed ${seed}.`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
