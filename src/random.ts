/** Standard normal, by Box and Muller, from a generator that is uniform on [0, 1). */
export function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
