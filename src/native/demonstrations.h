/**
 * What makes demonstrations, array by array: each function does what the TypeScript that it names does, with the same bits. It returns false, and does
 * nothing, where arrays have not the lengths that belong together.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** The elements of a typed array. */
typedef struct {
  void *data;
  size_t length;
} Array;

/**
 * aleaStreams of src/mec/alea.ts. Given: the prefix, 16-bit characters; the hashes of one, two and three blanks, and what the third becomes after the
 * prefix; the first index and how many; the draws.
 */
bool drawStreams(const Array *given);

/** Math.log, log2 and log10 of positive numbers, the last of numbers from 1 on. Given: the numbers; their logarithms, [3 x count]. */
bool logsOf(const Array *given);

/** encode of src/demonstrations/features.ts. Given: dataBytes; cyclesPerByte; rates; subcarriers; cores; wiredDelayS; the features. */
bool encode(const Array *given);

/**
 * sampleStates of src/mec/states.ts, but for the gains of a trace. Given: the draws of some states; least and span of subcarriers, of cores and of the wired
 * delay; least and span of the bytes of each dependency; of the cycles per byte of each sub-task; dataBytes; cyclesPerByte; subcarriers; cores; gains, none
 * with a trace; wiredDelayS.
 */
bool convertDraws(const Array *given);

/** flatRates of src/mec/states.ts. Given: snr, spacingHz and the least efficiency; subcarriers; gains; rates. */
bool flatRates(const Array *given);

/**
 * costTables of src/mec/tables.ts. Given: clocks of device, core and cloud, the rate of the wire, cores and subcarriers in all, what a second costs (in
 * any case, on the device, in the cloud, on the wire), prices of band and cores by grant and by second; consumers; grantees; dataBytes; cyclesPerByte; subcarriers; cores; wiredDelayS; rates; execution; radio; wired.
 */
bool costTables(const Array *given);

/**
 * eliminator of src/optimal/elimination.ts, of leaves and roots. Given: for each step its sub-task, and of a leaf its neighbour and the dependency with it,
 * else -1; for each dependency from or to the device its sub-task, else -1; execution; radio; wired; decisions; totals.
 */
bool eliminate(const Array *given);

/**
 * demonstrate of src/demonstrations/demonstrate.ts, in flat fading and for applications that eliminate takes: all of the above at once, without the arrays
 * between them. Given: what drawStreams is, but for the draws; what convertDraws is given of ranges; of flatRates, constants; of costTables, constants and
 * dependencies; of eliminate, steps and dependencies; dataBytes; cyclesPerByte; subcarriers; cores; gains; wiredDelayS; features; decisions; totals.
 */
bool demonstrate(const Array *given);
