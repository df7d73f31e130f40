const CHARACTERS_MOST = 14;

/** Room for a name that is turned upright, or between two lines. */
export const LINE_PX = 11;

/** About the width of a character of a figure's text. */
const CHARACTER_PX = 5;

/** A sub-task's name, where it has one, else its number; cut where it is long. */
export function shortName(names: readonly string[] | undefined, subTask: number): string {
  const name = names?.[subTask] ?? String(subTask);
  return name.length > CHARACTERS_MOST ? `${name.slice(0, CHARACTERS_MOST - 1)}…` : name;
}

/** What the longest of these takes. */
export function widthOf(names: readonly string[]): number {
  return CHARACTER_PX * Math.max(...names.map(({ length }) => length));
}
