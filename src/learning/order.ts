import seedrandom from "seedrandom";

/** 0, ..., count - 1 in random order (Fisher and Yates). */
export function shuffled(count: number, seed: string): Uint32Array {
  const random = seedrandom.alea(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swapped = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swapped;
  }
  return order;
}
