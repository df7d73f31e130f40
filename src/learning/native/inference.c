/** Rows through the layers of a network: what ../assembly/inference.ts does to a layer, and the loops of ../inference.ts and ../quantised.ts around it. */
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

/** Columns of a panel of a quantised kernel, [columns / 32][inputs][32]. */
enum { NARROW = 32 };

/** Values rounded (half to even), at most 127, at least -127, in both halves of 32 bits. */
INLINE Ints twice(Floats values) {
  const Floats below = choose(values > 127, all(127), values);
  const Floats kept = choose(below < -127, all(-127), below);
  // Floats of this size have no room for a fraction.
  const Ints whole = __builtin_convertvector((kept + 0x1.8p23f) - 0x1.8p23f, Ints);
  return (whole & 0xffff) | (whole << 16);
}

/** 16-bit sums of the listed rows of so many panels, a constant, each times its value; they stay at the ends of their range. */
INLINE void narrowSums(List list, const char *kernel, size_t panelBytes, int panels, int16_t *sums) {
  Shorts s[8] = {0};
  uint32_t place;
  for (int i = 0; (place = list.places[i]) != END; i++) {
    const char *row = kernel + place;
    const int16_t value = (int16_t)list.values[i];
#pragma GCC unroll 4
    for (int p = 0; p < panels; p++) {
      __asm__("" : "+r"(row));
#pragma GCC unroll 2
      for (int k = 0; k < 2; k++) {
        s[2 * p + k] = addSaturating(s[2 * p + k], value * loadNarrow(row + 16 * k));
      }
      row += panelBytes;
    }
  }
#pragma GCC unroll 8
  for (int k = 0; k < 2 * panels; k++) *(Shorts *)(sums + 16 * k) = s[k];
}

/** One row through a quantised layer; see ../assembly/inference.ts. */
static void quantisedLayer(const char *input, int inputs, const char *kernel, const float *scales, const float *biases,
                           int outputs, char *output, bool last, char *lists) {
  const List list = listAt(lists, inputs, 0);
  list.places[gather(list, 0, input, inputs, NARROW, 0)] = END;
  const size_t panelBytes = (size_t)inputs * NARROW;
  for (int j = 0; j < outputs; j += 4 * NARROW) {
    const int columns = outputs - j < 4 * NARROW ? outputs - j : 4 * NARROW;
    int16_t sums[4 * NARROW];
    const char *panels = kernel + (size_t)j * inputs;
    if (columns == 4 * NARROW) narrowSums(list, panels, panelBytes, 4, sums);
    else for (int k = 0; k < columns; k += NARROW) narrowSums(list, panels + (size_t)k * inputs, panelBytes, 1, sums + k);
    for (int k = 0; k < columns; k += 8) {
      const Floats values = floatsOf(sums + k) * load((char *)(scales + j + k)) + load((char *)(biases + j + k));
      store(output + 4 * (j + k), last ? values : (Floats)twice(rectified(values)));
    }
  }
}

static void quantisedRows(char *memory, const Inference *network, char *scratch, const float *features, float *sums, int rows) {
  for (int r = 0; r < rows; r++) {
    char *from = scratch, *to = scratch + network->areaBytes;
    const float *row = features + r * network->inputs;
    const uint32_t padded = network->layer[0].inputs;
    memcpy(from, row, 4 * network->inputs);
    memset(from + 4 * network->inputs, 0, 4 * (padded - network->inputs));
    for (uint32_t i = 0; i < padded; i += 8) store(from + 4 * i, (Floats)twice(load(from + 4 * i) * network->inputFactor));
    for (uint32_t l = 0; l < network->layers; l++) {
      quantisedLayer(from, network->layer[l].inputs, memory + network->layer[l].kernel,
                     (float *)(memory + network->layer[l].scales), (float *)(memory + network->layer[l].bias),
                     network->layer[l].outputs, to, l == network->layers - 1, scratch + 2 * network->areaBytes);
      char *other = from;
      from = to;
      to = other;
    }
    memcpy(sums + r * network->units, from, 4 * network->units);
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
