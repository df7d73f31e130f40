/** What the add-on calls. Places are bytes from `memory` on; what the numbers of a table mean is said where it is made, in TypeScript. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/** The table of ../learning/vector-learner.ts. */
typedef struct {
  uint32_t callers[6], layers, rows;
  uint32_t activations, activationsBytes, parameters, parametersBytes, gradients, scratch, scratchBytes, lists;
  float rate, correction;
  uint32_t shift, frozen;
  struct {
    uint32_t inputs, outputs, kernel, bias, transposed;
  } layer[];
} Learner;

/** The jobs. A part is a block of rows, or in the last a panel of parameters. */
enum { FORWARD, BACKWARD, UPDATE };

/** Does a part of a job. */
void doPart(char *memory, const Learner *learner, int job, int part, int thread);

/** Makes the transposed kernels of the parameters as they are. */
void transpose(char *memory, const Learner *learner);

/** The table of ../learning/inference.ts and ../learning/quantised.ts. */
typedef struct {
  /** Of a row of features, and of the last layer. */
  uint32_t inputs, units;
  /** A thread's work space: two areas for activations of `areaBytes`, and lists. */
  uint32_t scratch, scratchBytes, areaBytes, threads;
  /** Of a quantised network. */
  float inputFactor;
  uint32_t layers;
  struct {
    /** The last only of a quantised network. */
    uint32_t inputs, outputs, kernel, bias, scales;
  } layer[];
} Inference;

/** From features [rows x inputs] to the last layer's sums [rows x units]. */
void forward(char *memory, const Inference *network, const float *features, float *sums, size_t rows);

/** The same with a quantised network. */
void quantisedForward(char *memory, const Inference *network, const float *features, float *sums, size_t rows);
