/** Forward and backward passes and Adam: what ../learning/assembly/training.ts does, function by function. */
#include "kernels.h"
#include "product.h"

/** Most rows of a block. */
enum { BLOCK = 128 };

/** Bytes of a panel of a block's rows. */
enum { PANEL = BLOCK * ROW };

/** Bytes of a matrix of a block's rows. */
static size_t blockBytes(int columns) { return (size_t)columns * 4 * BLOCK; }

/** From the inputs of a block to its last sums. */
static void forwardBlock(char *memory, const Learner *learner, int block, int rows, char *lists) {
  char *input = memory + learner->activations + (size_t)block * learner->activationsBytes;
  for (uint32_t l = 0; l < learner->layers; l++) {
    const int inputs = learner->layer[l].inputs, panels = learner->layer[l].outputs / WIDTH;
    const char *parameters = memory + learner->shift;
    char *output = input + blockBytes(inputs);
    listRows(input, PANEL, inputs, rows, lists);
    product(lists, inputs, rows, parameters + learner->layer[l].kernel, (size_t)inputs * ROW, panels,
            parameters + learner->layer[l].bias, output, PANEL, l < learner->layers - 1);
    input = output;
  }
}

/** sums[columns] over the rows of a block. */
static void sumRows(const char *matrix, int rows, int columns, char *sums) {
  for (int c = 0; c < columns; c += 8) {
    const char *from = matrix + c / WIDTH * PANEL + c % WIDTH * 4;
    Floats sum = {0};
    for (int r = 0; r < rows; r++) sum += load(from + r * ROW);
    store(sums + 4 * c, sum);
  }
}

/** Sets delta to zero where the activation is. */
static void mask(char *delta, const char *activation, int columns, int rows) {
  for (int c = 0; c < columns; c += WIDTH) {
    for (int at = 0; at < rows * ROW; at += 32) {
      store(delta + at, (Floats)((Ints)load(delta + at) & (load(activation + at) > 0)));
    }
    delta += PANEL;
    activation += PANEL;
  }
}

/** The gradient of a block, from the error in the place of its last sums. */
static void backwardBlock(char *memory, const Learner *learner, int block, int rows, char *scratch) {
  char *gradients = memory + learner->gradients + (size_t)block * learner->parametersBytes;
  char *lists = scratch + learner->lists;
  char *delta = memory + learner->activations + (size_t)block * learner->activationsBytes;
  for (uint32_t l = 0; l < learner->layers; l++) delta += blockBytes(learner->layer[l].inputs);
  char *input = delta, *next = scratch, *other = scratch + learner->lists / 2;
  for (int l = learner->layers - 1; l >= 0; l--) {
    const int inputs = learner->layer[l].inputs, outputs = learner->layer[l].outputs;
    input -= blockBytes(inputs);
    // gradient of the kernel = input^T delta
    listColumns(input, PANEL, inputs, rows, lists);
    product(lists, rows, inputs, delta, PANEL, outputs / WIDTH, 0,
            gradients + (learner->layer[l].kernel - learner->parameters), (size_t)inputs * ROW, false);
    sumRows(delta, rows, outputs, gradients + (learner->layer[l].bias - learner->parameters));
    if (l == 0) return;
    // delta of the layer before = delta kernel^T, where its output is not zero: the derivative of ReLU
    listRows(delta, PANEL, outputs, rows, lists);
    product(lists, outputs, rows, memory + learner->layer[l].transposed, (size_t)outputs * ROW, inputs / WIDTH, 0, next,
            PANEL, false);
    mask(next, input, inputs, rows);
    delta = next;
    next = other;
    other = delta;
  }
}

/** Adam on `count` parameters from `at` on (Kingma and Ba, 2015); their gradients are the sums over the blocks. */
static void adam(char *memory, const Learner *learner, uint32_t at, int count) {
  const size_t bytes = learner->parametersBytes;
  const int blocks = (learner->rows + BLOCK - 1) / BLOCK;
  const float rate = learner->rate, correction = learner->correction;
  for (const uint32_t end = at + 4 * count; at < end; at += 32) {
    char *parameters = memory + at, *firsts = parameters + bytes, *seconds = parameters + 2 * bytes;
    const char *gradients = memory + learner->gradients + (at - learner->parameters);
    Floats gradient = load(gradients);
    for (int b = 1; b < blocks; b++) gradient += load(gradients + b * bytes);
    const Floats first = load(firsts) * 0.9f + gradient * (1 - 0.9f);
    const Floats second = load(seconds) * 0.999f + gradient * gradient * (1 - 0.999f);
    store(firsts, first);
    store(seconds, second);
    const Floats before = load(parameters);
    const Floats after = before - first * rate / (squareRoots(second * correction) + 1e-8f);
    const Ints frozen = learner->frozen ? (Ints)load(parameters + learner->frozen) : (Ints){0};
    store(parameters, (Floats)(((Ints)before & frozen) | ((Ints)after & ~frozen)));
  }
}

/** The panel of the kernel that begins at column j, as rows j to j + 23 of the transposed kernel [inputs / 24][outputs][24]. */
static void copyTransposed(const float *kernel, float *transposed, int inputs, int outputs, int j) {
  const float *from = kernel + j * inputs;
  for (int i = 0; i < inputs; i++) {
    float *to = transposed + (i / WIDTH * outputs + j) * WIDTH + i % WIDTH;
    for (int c = 0; c < WIDTH; c++) to[c * WIDTH] = *from++;
  }
}

/** Updates a panel of parameters, counted over all layers, and its copy in the transposed kernel. */
static void update(char *memory, const Learner *learner, int panel) {
  uint32_t l = 0;
  for (; panel >= (int)learner->layer[l].outputs / WIDTH; l++) panel -= learner->layer[l].outputs / WIDTH;
  const int inputs = learner->layer[l].inputs, outputs = learner->layer[l].outputs, j = panel * WIDTH;
  const uint32_t kernel = learner->layer[l].kernel, transposed = learner->layer[l].transposed;
  adam(memory, learner, learner->layer[l].bias + 4 * j, WIDTH);
  adam(memory, learner, kernel + 4 * j * inputs, inputs * WIDTH);
  if (transposed) copyTransposed((float *)(memory + kernel), (float *)(memory + transposed), inputs, outputs, j);
}

void doPart(char *memory, const Learner *learner, int job, int part, int thread) {
  if (job == UPDATE) {
    update(memory, learner, part);
    return;
  }
  char *scratch = memory + learner->scratch + (size_t)thread * learner->scratchBytes;
  const int left = learner->rows - part * BLOCK, rows = left < BLOCK ? left : BLOCK;
  if (job == FORWARD) forwardBlock(memory, learner, part, rows, scratch + learner->lists);
  else backwardBlock(memory, learner, part, rows, scratch);
}

void transpose(char *memory, const Learner *learner) {
  for (uint32_t l = 1; l < learner->layers; l++) {
    const int inputs = learner->layer[l].inputs, outputs = learner->layer[l].outputs;
    for (int j = 0; j < outputs; j += WIDTH) {
      copyTransposed((float *)(memory + learner->layer[l].kernel), (float *)(memory + learner->layer[l].transposed),
                     inputs, outputs, j);
    }
  }
}
