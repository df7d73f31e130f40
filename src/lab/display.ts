/** One output in several formats, by MIME type; a front end shows the richest that it knows. */
export type Bundle = Record<string, unknown>;

export interface DisplayOptions {
  /** Metadata of the output, by MIME type. */
  metadata?: Record<string, unknown>;
  /** Names the output, so that it can be replaced later. */
  id?: string;
  /** Replaces the output named `id` in place of adding one. */
  update?: boolean;
}

/** Whether this runs in a notebook's kernel. */
export function inNotebook(): boolean {
  return "__tslab__" in globalThis;
}

/**
 * Shows `bundle` below the cell as one output. Give `text/plain` for those who see nothing else: outside a notebook it is
 * what gets printed.
 */
export function display(bundle: Bundle, { metadata = {}, id, update = false }: DisplayOptions = {}): void {
  // Loaded here, because it brings a TypeScript compiler that no command line needs.
  const write = inNotebook() ? require("tslab/dist/jupyter").lastWriteDisplayData : null;
  if (write) write({ data: bundle, metadata, transient: id === undefined ? {} : { display_id: id } }, update);
  else if (bundle["text/plain"] !== undefined) process.stdout.write(`${bundle["text/plain"]}\n`);
}

/** Shows HTML below the cell, `text` where there is no HTML. */
export function displayHtml(html: string, text: string): void {
  display({ "text/html": html, "text/plain": text });
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
