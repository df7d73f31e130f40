import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import zlib from "node:zlib";
import { PDFDict, PDFDocument, PDFName, PDFStream } from "pdf-lib";
import { closeExporter, exportFigure, renderSvg } from "../../src/figures/export";
import type { Figure } from "../../src/figures/figure";
import { schemeBars } from "../../src/figures/scheme-bars";

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "dios figures-"));
after(async () => {
  await closeExporter();
  fs.rmSync(scratch, { recursive: true });
});

const PROVENANCE = {
  software: "dios-lab",
  version: "1.2.3",
  seed: 7,
  scenario: "paper",
  scenarioHash: "3f9a12c0",
} as const;

const figure = schemeBars({
  id: "figure-4",
  title: "Cost & <gap>",
  yTitle: "Cost relative to OOS",
  schemes: ["DIOS", "DROS", "GOS"],
  values: [1 / 3, null, 1.215],
  low: [0.3, null, 1.2],
  high: [0.35, null, 1.23],
  marks: [1, 1.0116, 1.223],
  reference: { value: 1, name: "OOS" },
  provenance: PROVENANCE,
});

let exported: Promise<string> | undefined;
/** The folder with the figure's files, written once for all tests. */
function folder(): Promise<string> {
  exported ??= exportFigure(figure, path.join(scratch, "new", "figures")).then(([file]) =>
    path.dirname(file as string),
  );
  return exported;
}

async function read(extension: string): Promise<Buffer> {
  return fs.readFileSync(path.join(await folder(), `figure-4.${extension}`));
}

test("exportFigure makes the folder, names the files it wrote and leaves no others", async () => {
  assert.deepEqual(fs.readdirSync(await folder()).sort(), [
    "figure-4.csv",
    "figure-4.pdf",
    "figure-4.png",
    "figure-4.svg",
  ]);
});

test("the PDF is one page of 3.5 in by 2.25 in that says where its numbers come from", async () => {
  const pdf = await PDFDocument.load(await read("pdf"), { updateMetadata: false });
  assert.equal(pdf.getPageCount(), 1);
  assert.deepEqual(pdf.getPage(0).getSize(), { width: 3.5 * 72, height: 2.25 * 72 });
  assert.equal(pdf.getTitle(), "Cost & <gap>");
  assert.equal(pdf.getSubject(), "Made by dios-lab 1.2.3, scenario paper (3f9a12c0), seed 7.");
  assert.deepEqual(JSON.parse(pdf.getKeywords() ?? ""), PROVENANCE);
  assert.equal(pdf.getCreator(), "dios-lab 1.2.3");
  assert.equal(pdf.getCreationDate(), undefined);
});

test("the PDF embeds Tinos as an outline font with a text layer, and holds no bitmap and no transparency mask", async () => {
  const pdf = await PDFDocument.load(await read("pdf"), { updateMetadata: false });
  const objects = pdf.context.enumerateIndirectObjects().map(([, object]) => object);
  const dictionaries = objects.flatMap((o) => (o instanceof PDFStream ? [o.dict] : o instanceof PDFDict ? [o] : []));
  const ofType = (type: string) => dictionaries.filter((d) => d.get(PDFName.of("Type")) === PDFName.of(type));
  const descriptors = ofType("FontDescriptor");
  assert.ok(descriptors.length > 0);
  for (const descriptor of descriptors) {
    assert.match(String(descriptor.get(PDFName.of("FontName"))), /Tinos/);
    assert.ok(descriptor.has(PDFName.of("FontFile2")), "a TrueType file is embedded");
  }
  const fonts = ofType("Font").map((font) => String(font.get(PDFName.of("Subtype"))));
  assert.deepEqual([...new Set(fonts)].sort(), ["/CIDFontType2", "/Type0"]);
  assert.ok(dictionaries.some((d) => d.has(PDFName.of("ToUnicode"))));
  assert.ok(!dictionaries.some((d) => d.get(PDFName.of("Subtype")) === PDFName.of("Image")));
  assert.ok(!dictionaries.some((d) => d.get(PDFName.of("SMask")) instanceof PDFDict));
});

test("the SVG is well-formed, 336 px wide, below 60 KB, with its font and provenance and nothing from outside", async () => {
  const svg = (await read("svg")).toString("utf8");
  assertWellFormed(svg);
  assert.ok(svg.length < 60_000, `${svg.length} bytes`);
  assert.match(svg, /^<svg [^>]*width="336" height="216"/);
  assert.match(svg, /<title>Cost &amp; &lt;gap&gt;<\/title><desc>Made by dios-lab 1\.2\.3/);
  const metadata = /<metadata>(.*?)<\/metadata>/.exec(svg)?.[1] ?? "";
  assert.deepEqual(JSON.parse(metadata), PROVENANCE);
  const fonts = [...svg.matchAll(/@font-face\{font-family:Tinos;[^}]*url\(data:font\/woff;base64,([^)]*)\)/g)];
  assert.equal(fonts.length, 1);
  assert.equal(Buffer.from(fonts[0]?.[1] ?? "", "base64").toString("latin1", 0, 4), "wOFF");
  assert.doesNotMatch(svg, /<image|<script|(href|src)="(?!#)/);
  assert.doesNotMatch(svg, /url\((?!["']?(#|data:font\/woff;)|&quot;#)/);
});

test("an SVG embeds the italic, bold and Greek faces only when its text needs them", async () => {
  const faces = async (text: string) => {
    const layout = { ...figure.layout, annotations: [{ text, x: 0, y: 1, showarrow: false }] };
    const svg = await renderSvg({ ...figure, layout });
    return [...svg.matchAll(/@font-face\{[^}]*?font-style:(\w+);font-weight:(\d+);(unicode-range)?/g)].map((face) =>
      face.slice(1).filter(Boolean).join(" "),
    );
  };
  assert.deepEqual(await faces("T"), ["normal 400"]);
  assert.deepEqual(await faces("<i>T</i>"), ["normal 400", "italic 400"]);
  assert.deepEqual(await faces("<b>T</b>"), ["normal 400", "normal 700"]);
  assert.deepEqual(await faces("\u03c1"), ["normal 400", "normal 400 unicode-range"]);
});

test("the PNG has 600 dots to the inch and says where its numbers come from", async () => {
  const chunks = pngChunks(await read("png"));
  const of = (type: string) => chunks.filter((chunk) => chunk.type === type).map((chunk) => chunk.data);
  const header = of("IHDR")[0] as Buffer;
  assert.deepEqual([header.readUInt32BE(0), header.readUInt32BE(4)], [3.5 * 600, 2.25 * 600]);
  const resolution = of("pHYs")[0] as Buffer;
  assert.deepEqual([resolution.readUInt32BE(0), resolution.readUInt32BE(4), resolution[8]], [23622, 23622, 1]);
  const texts = Object.fromEntries(of("tEXt").map((data) => data.toString("latin1").split("\0")));
  assert.equal(texts.Title, "Cost & <gap>");
  assert.equal(texts.Software, "dios-lab 1.2.3");
  assert.deepEqual(JSON.parse(texts.Comment ?? ""), PROVENANCE);
});

test("a PNG keeps a title that is not Latin-1 as iTXt", async () => {
  const [file] = await exportFigure({ ...figure, id: "greek", title: "Energy \u03ba" }, scratch, ["png"]);
  const chunks = pngChunks(fs.readFileSync(file as string));
  assert.equal(chunks.find((chunk) => chunk.type === "iTXt")?.data.toString("utf8"), "Title\0\0\0\0\0Energy \u03ba");
});

test("the CSV has provenance, a header and the numbers in full", async () => {
  const lines = (await read("csv")).toString("utf8").split("\n");
  assert.deepEqual(lines.slice(0, 6), [
    "# title: Cost & <gap>",
    "# software: dios-lab",
    "# version: 1.2.3",
    "# seed: 7",
    "# scenario: paper",
    "# scenarioHash: 3f9a12c0",
  ]);
  assert.equal(lines[6], "scheme,value,low,high,published");
  assert.equal(Number(lines[7]?.split(",")[1]), 1 / 3);
  assert.equal(lines[8], "DROS,,,,1.0116");
  assert.equal(lines[10], "");
});

test("the CSV quotes a field with a comma, a quote or a line feed", async () => {
  const table = { columns: ["name", "a,b"], rows: [['say "x"', "two\nlines"]] };
  const [file] = await exportFigure({ ...figure, id: "quoted", title: "two\nlines", table }, scratch, []);
  const text = fs.readFileSync(file as string, "utf8");
  assert.match(text, /^# title: two lines\n# software/);
  assert.ok(text.endsWith('name,"a,b"\n"say ""x""","two\nlines"\n'));
});

test("the same figure gives the same bytes, also from another browser process", async () => {
  const first = await folder();
  for (const again of ["again", "from another process"]) {
    const other = path.join(scratch, again);
    await exportFigure(figure, other);
    for (const name of fs.readdirSync(first)) {
      assert.ok(fs.readFileSync(path.join(first, name)).equals(fs.readFileSync(path.join(other, name))), name);
    }
    await closeExporter();
  }
});

test("two figures have different ids, so that both can stand in one web page", async () => {
  const ids = (svg: string) => new Set([...svg.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]));
  const one = ids(await renderSvg(figure));
  const other = ids(await renderSvg({ ...figure, layout: { ...figure.layout, height: 200 } }));
  assert.ok(one.size > 0);
  for (const id of one) assert.ok(!other.has(id), id);
});

test("figures asked for at once are drawn one after another, each its own", async () => {
  const widths = [200, 210, 220, 230];
  const svgs = await Promise.all(widths.map((width) => renderSvg({ ...figure, layout: { ...figure.layout, width } })));
  assert.deepEqual(
    svgs.map((svg) => Number(/ width="(\d+)"/.exec(svg)?.[1])),
    widths,
  );
});

test("a folder that cannot be made is named", async () => {
  const file = path.join(scratch, "a file");
  fs.writeFileSync(file, "");
  await assert.rejects(exportFigure(figure, path.join(file, "figures"), []), {
    name: "InputError",
    message: `cannot write ${path.join(file, "figures", "figure-4.csv")}: a part of the path is a file, not a folder.`,
  });
});

test("a file that cannot be replaced is named, and the one before it is kept", async (t) => {
  const kept = path.join(scratch, "kept");
  const file = path.join(kept, "figure-4.csv");
  fs.mkdirSync(kept);
  fs.writeFileSync(file, "old");
  // Stands in for a folder without permission, which would not stop root.
  t.mock.method(fs, "renameSync", () => {
    throw Object.assign(new Error("EACCES: permission denied, rename"), { code: "EACCES" });
  });
  await assert.rejects(exportFigure(figure, kept, []), {
    name: "InputError",
    message: `cannot write ${file}: permission is denied.`,
  });
  assert.deepEqual(fs.readdirSync(kept), ["figure-4.csv"]);
  assert.equal(fs.readFileSync(file, "utf8"), "old");
});

test("nothing is written when one of the formats cannot be drawn", async () => {
  const empty = path.join(scratch, "empty");
  const undrawable = { ...figure, layout: { ...figure.layout, annotations: [{ text: { toString: 1 } }] } };
  const broken = { ...undrawable, data: "no list" } as unknown as Figure;
  await assert.rejects(exportFigure(broken, empty), /^Error: Plotly cannot draw figure-4: /);
  assert.equal(fs.existsSync(empty), false);
  assert.match(await renderSvg(figure), /^<svg/, "and the next figure is drawn");
});

test("an id that is no file name is refused", async () => {
  await assert.rejects(exportFigure({ ...figure, id: "../x" }, scratch), /figure\.id is \.\.\/x; allowed: lower-case/);
});

test("without kaleido one sentence says what to do", async () => {
  await withKaleido(path.join(scratch, "nowhere"), async () => {
    await assert.rejects(renderSvg(figure), {
      name: "InputError",
      message: `the figure renderer kaleido is not in ${path.join(scratch, "nowhere")}; run npm run doctor.`,
    });
  });
  assert.match(await renderSvg(figure), /^<svg/, "and it is found again later");
});

test("a kaleido that stops is reported with its last words", {
  skip: process.platform === "win32" ? "needs a shell script as a program" : false,
}, async () => {
  const fake = path.join(scratch, "fake");
  fs.mkdirSync(path.join(fake, "bin"), { recursive: true });
  fs.writeFileSync(path.join(fake, "bin", "kaleido"), "#!/bin/sh\necho libnss3.so is missing >&2\nexit 1\n", {
    mode: 0o755,
  });
  await withKaleido(fake, async () => {
    await assert.rejects(renderSvg(figure), {
      name: "InputError",
      message: "the figure renderer kaleido has stopped (libnss3.so is missing); run npm run doctor.",
    });
  });
});

test("a script that exports a figure ends by itself", async () => {
  const module = JSON.stringify(require.resolve("../../src/figures/export"));
  const script = `require(${module}).renderSvg(${JSON.stringify(figure)}).then((svg) => console.log(svg.length > 9999))`;
  const printed = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ["-e", script], { timeout: 30_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  assert.equal(printed, "true\n");
});

/** Runs `action` with another folder for kaleido. */
async function withKaleido(folder: string, action: () => Promise<void>): Promise<void> {
  const before = process.env.DIOS_KALEIDO;
  await closeExporter();
  process.env.DIOS_KALEIDO = folder;
  try {
    await action();
  } finally {
    if (before === undefined) delete process.env.DIOS_KALEIDO;
    else process.env.DIOS_KALEIDO = before;
  }
}

/** Every tag closed in order, every attribute quoted, no stray `<` or `&`. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const tag = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/y;
  const text = /(?:[^<&]|&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)+/iy;
  let at = 0;
  while (at < xml.length) {
    tag.lastIndex = text.lastIndex = at;
    const match = tag.exec(xml);
    if (match) {
      const [, closes, name, attributes, empty] = match as unknown as [string, string, string, string, string];
      assert.doesNotMatch(attributes, /&(?!(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i);
      if (closes) assert.equal(open.pop(), name);
      else if (!empty) open.push(name);
      at = tag.lastIndex;
    } else {
      assert.ok(text.test(xml), `not well-formed: ${xml.slice(at, at + 80)}`);
      at = text.lastIndex;
    }
  }
  assert.deepEqual(open, []);
}

function pngChunks(png: Buffer): { type: string; data: Buffer }[] {
  assert.deepEqual([...png.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), zlib.crc32(body));
    chunks.push({ type: body.toString("latin1", 0, 4), data: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}
