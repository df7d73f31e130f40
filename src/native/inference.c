/** Rows through the layers of a network: what ../learning/assembly/inference.ts does to a layer, and the loops of ../learning/inference.ts and ../learning/quantised.ts around it. */
#include "kernels.h"
#include "product.h"
#include <pthread.h>

/** Most rows of a block. */
enum { ROWS = 64 };

enum { MOST_THREADS = 64 };

/** Puts rows [rows x width] into panels, with zeros in the rest of the last one. */
static void putRows(const float *values, int rows, int width, char *panels) {
  for (int start = 0; start < width; start += WIDTH) {
    const int used = width - start < WIDTH ? width - start : WIDTH;
    for (int r = 0; r < rows; r++) {
      float *to = (float *)(panels + start * 4 * ROWS + r * ROW);
      memcpy(to, values + r * width + start, 4 * used);
      memset(to + used, 0, 4 * (WIDTH - used));
    }
  }
}

/** The reverse of putRows. */
static void takeRows(const char *panels, float *values, int rows, int width) {
  for (int start = 0; start < width; start += WIDTH) {
    const int used = width - start < WIDTH ? width - start : WIDTH;
    for (int r = 0; r < rows; r++) memcpy(values + r * width + start, panels + start * 4 * ROWS + r * ROW, 4 * used);
  }
}

static void forwardBlock(char *memory, const Inference *network, char *scratch, const float *features, float *sums, int rows) {
  const size_t panel = ROWS * ROW;
  char *from = scratch, *to = scratch + network->areaBytes, *lists = scratch + 2 * network->areaBytes;
  putRows(features, rows, network->inputs, from);
  for (uint32_t l = 0; l < network->layers; l++) {
    const int inputs = network->layer[l].inputs, panels = network->layer[l].outputs / WIDTH;
    listRows(from, panel, inputs, rows, lists);
    product(lists, inputs, rows, memory + network->layer[l].kernel, (size_t)inputs * ROW, panels,
            memory + network->layer[l].bias, to, panel, l < network->layers - 1);
    char *other = from;
    from = to;
    to = other;
  }
  takeRows(from, sums, rows, network->units);
}

/** A quantised kernel lies in panels [inputs][columns] of WIDE columns, and what is left over in panels of NARROW ones. */
enum { NARROW = 32, WIDE = 128 };

/** The largest quantised value. */
enum { LARGEST = 127 };

/** A row's values that are not zero, each with the place of the row of a quantised kernel that it weighs; see `List`. */
typedef struct {
  List list;
  int length;
  /** Of the next eight values. */
  Ints places;
} Signal;

INLINE Signal emptySignal(List list) { return (Signal){list, 0, COUNTING * NARROW}; }

/** Appends eight whole numbers. */
INLINE void append(Signal *signal, Ints values) {
  const List list = signal->list;
  signal->length += keepNonZero(values, signal->places, list.values + signal->length, list.places + signal->length);
  signal->places += 8 * NARROW;
}

/** Two by two as `addPair` wants them; one that is left over has a zero beside it. */
INLINE void pairUp(Signal *signal) {
  const List list = signal->list;
  list.places[signal->length] = list.values[signal->length] = 0;
  signal->length += signal->length & 1;
  for (int i = 0; i < signal->length; i += 8) inTurn(list.values + i);
}

/**
 * 16-bit sums of the rows of a panel, each times its value, in so many times NARROW columns, a constant; two products are added, then to the sum, which stays
 * at the ends of its range.
 */
INLINE void narrowSums(Signal signal, const char *panel, int parts, bool negative, int16_t *sums) {
  const List list = signal.list;
  Shorts s[8] = {0};
  for (int i = 0; i < signal.length; i += 2) {
    const char *a = panel + parts * (size_t)list.places[i], *b = panel + parts * (size_t)list.places[i + 1];
    const Pair pair = pairAt(list.values + i, negative);
#pragma GCC unroll 4
    for (int p = 0; p < parts; p++) addPair(s + 2 * p, pair, a + NARROW * p, b + NARROW * p, negative);
  }
#pragma GCC unroll 4
  for (int p = 0; p < parts; p++) storePairs(sums + NARROW * p, s + 2 * p);
}

/**
 * One row through a quantised layer, see ../learning/quantised.ts. The signal, whose values may be negative where it is the first, becomes the next
 * layer's; that of the last one are floats.
 */
INLINE void quantisedLayer(const Signal from, int inputs, const char *kernel, const float *scales, const float *biases,
                           int outputs, bool first, Signal *to, float *last) {
  for (int j = 0, columns; j < outputs; j += columns) {
    int16_t sums[WIDE];
    const char *panel = kernel + (size_t)j * inputs;
    columns = outputs - j < WIDE ? NARROW : WIDE;
    if (columns == WIDE) narrowSums(from, panel, WIDE / NARROW, first, sums);
    else narrowSums(from, panel, 1, first, sums);
    for (int k = 0; k < columns; k += 8) {
      const Floats values = floatsOf(sums + k) * load((char *)(scales + j + k)) + load((char *)(biases + j + k));
      if (last) store((char *)(last + j + k), values);
      else append(to, whole(values, 0, LARGEST));
    }
  }
}

static void quantisedRows(char *memory, const Inference *network, char *scratch, const float *features, float *sums, int rows) {
  const uint32_t columns = network->inputs, widest = network->areaBytes / 4;
  float *last = (float *)scratch;
  char *lists = scratch + network->areaBytes;
  for (int r = 0; r < rows; r++) {
    const float *row = features + r * columns;
    const List list[] = {listAt(lists, widest, 0), listAt(lists, widest, 1)};
    Signal signal = emptySignal(list[0]);
    for (uint32_t i = 0; i < columns; i += 8) {
      append(&signal, whole(loadFirst(row + i, columns - i) * network->inputFactor, -LARGEST, LARGEST));
    }
    for (uint32_t l = 0; l < network->layers; l++) {
      pairUp(&signal);
      const char *kernel = memory + network->layer[l].kernel;
      const float *scales = (float *)(memory + network->layer[l].scales), *biases = (float *)(memory + network->layer[l].bias);
      const int inputs = network->layer[l].inputs, outputs = network->layer[l].outputs;
      float *ends = l == network->layers - 1 ? last : NULL;
      Signal next = emptySignal(list[(l + 1) % 2]);
      if (l == 0) quantisedLayer(signal, inputs, kernel, scales, biases, outputs, true, &next, ends);
      else quantisedLayer(signal, inputs, kernel, scales, biases, outputs, false, &next, ends);
      signal = next;
    }
    for (uint32_t j = 0; j < network->units; j++) sums[r * network->units + j] = last[j];
  }
}

typedef void Block(char *memory, const Inference *network, char *scratch, const float *features, float *sums, int rows);

typedef struct {
  Block *block;
  char *memory, *scratch;
  const Inference *network;
  const float *features;
  float *sums;
  size_t rows;
} Part;

static void *work(void *given) {
  const Part *part = given;
  for (size_t start = 0; start < part->rows; start += ROWS) {
    const int rows = part->rows - start < ROWS ? (int)(part->rows - start) : ROWS;
    part->block(part->memory, part->network, part->scratch, part->features + start * part->network->inputs,
                part->sums + start * part->network->units, rows);
  }
  return NULL;
}

/** Rows in blocks; many rows on several threads, each with as many blocks as the others. */
static void inBlocks(Block *block, char *memory, const Inference *network, const float *features, float *sums, size_t rows) {
  // A thread is worth its start from some hundred rows on.
  size_t parts = rows / (8 * ROWS);
  if (parts > network->threads) parts = network->threads;
  if (parts > MOST_THREADS) parts = MOST_THREADS;
  if (parts < 1) parts = 1;
  const size_t each = (rows + parts - 1) / parts;
  Part part[MOST_THREADS];
  pthread_t thread[MOST_THREADS];
  bool started[MOST_THREADS];
  for (size_t p = 0; p < parts; p++) {
    const size_t start = p * each;
    part[p] = (Part){block, memory, memory + network->scratch + p * network->scratchBytes, network,
                     features + start * network->inputs, sums + start * network->units, rows - start < each ? rows - start : each};
    started[p] = p > 0 && pthread_create(&thread[p], NULL, work, &part[p]) == 0;
  }
  for (size_t p = 0; p < parts; p++) if (!started[p]) work(&part[p]);
  for (size_t p = 0; p < parts; p++) if (started[p]) pthread_join(thread[p], NULL);
}

void forward(char *memory, const Inference *network, const float *features, float *sums, size_t rows) {
  inBlocks(forwardBlock, memory, network, features, sums, rows);
}

void quantisedForward(char *memory, const Inference *network, const float *features, float *sums, size_t rows) {
  inBlocks(quantisedRows, memory, network, features, sums, rows);
}
