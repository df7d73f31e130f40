import type { Scenario } from "./scenario";

/** The mean signal-to-noise ratio on a subcarrier in dB: radio.meanSnrDb, or what the link budget gives. */
export function meanSnrDbOf({ meanSnrDb, linkBudget, bandwidthHz }: Scenario["radio"]): number {
  if (!linkBudget) return meanSnrDb;
  const { transmitPowerDbm, distanceM, pathLossAt1KmDb, pathLossExponent, noiseDbmPerHz, noiseFigureDb } = linkBudget;
  const pathLossDb = pathLossAt1KmDb + 10 * pathLossExponent * Math.log10(distanceM / 1000);
  const noiseDbm = noiseDbmPerHz + noiseFigureDb + 10 * Math.log10(bandwidthHz);
  return transmitPowerDbm - pathLossDb - noiseDbm;
}
