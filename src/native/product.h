/** Products of matrices of which the left one is sparse: what ../learning/assembly/product.ts does, in the same order and so with the same bits. */
#pragma once
#include "vectors.h"

/** Columns of a panel, and bytes of its rows. */
enum { WIDTH = 24, ROW = 96 };

/**
 * A row's values that are not zero: `values[i]` weighs the row of the right matrix's panels that is `places[i]` bytes from their beginning. Behind
 * the last place stands END. A list of `count` values at most has room for eight more, since eight are written at a time.
 */
typedef struct {
  uint32_t *places;
  uint32_t *values;
} List;

static const uint32_t END = UINT32_MAX;

INLINE size_t listBytes(int count) { return 64 + 8 * (size_t)(count + 8); }

/** The `index`th of lists of `count` values; the first bytes of a list hold how far `product` has come in it. */
INLINE List listAt(char *lists, int count, int index) {
  char *list = lists + index * listBytes(count);
  return (List){.places = (uint32_t *)(list + 64), .values = (uint32_t *)(list + 64) + count + 8};
}

INLINE uint32_t *reached(List list) { return list.places - 16; }

/** Appends those of `count` 32-bit values, a multiple of 8, that are not zero to a list of `length`; places begin at `place`. Returns the new length. */
INLINE int gather(List list, int length, const char *from, int count, uint32_t step, uint32_t place) {
  Ints places = COUNTING * (int32_t)step + (int32_t)place;
  for (int i = 0; i < count; i += 8) {
    length += keepNonZero(loadInts(from + 4 * i), places, list.values + length, list.places + length);
    places += 8 * (int32_t)step;
  }
  return length;
}

/** A matrix's first rows as lists; its panels are `panel` bytes apart. */
static void listRows(const char *matrix, size_t panel, int columns, int rows, char *lists) {
  for (int r = 0; r < rows; r++) {
    const List list = listAt(lists, columns, r);
    int length = 0;
    for (int c = 0; c < columns; c += WIDTH) {
      length = gather(list, length, matrix + c / WIDTH * panel + r * ROW, WIDTH, ROW, c * ROW);
    }
    list.places[length] = END;
  }
}

/** A matrix's columns as lists: of its transpose the rows. What lies behind the last row, up to a multiple of 8, is read and left out. */
static void listColumns(const char *matrix, size_t panel, int columns, int rows, char *lists) {
  for (int c = 0; c < columns; c += 8) {
    const char *from = matrix + c / WIDTH * panel + c % WIDTH * 4;
    List list[8];
    int length[8] = {0};
    for (int i = 0; i < 8; i++) list[i] = listAt(lists, rows, c + i);
#ifdef __AVX2__
    for (int r = 0; r < rows; r += 8) {
      __m256 values[8];
      for (int i = 0; i < 8; i++) values[i] = _mm256_loadu_ps((const float *)(from + (r + i) * ROW));
      transpose8(values);
      const Ints there = COUNTING < rows - r;
      for (int i = 0; i < 8; i++) {
        length[i] += keepNonZero((Ints)values[i] & there, (COUNTING + r) * ROW, list[i].values + length[i], list[i].places + length[i]);
      }
    }
#else
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < 8; i++) {
        memcpy(list[i].values + length[i], from + r * ROW + 4 * i, 4);
        list[i].places[length[i]] = r * ROW;
        length[i] += list[i].values[length[i]] != 0;
      }
    }
#endif
    for (int i = 0; i < 8; i++) list[i].places[length[i]] = END;
  }
}

/**
 * In `panels` panels, a constant, to = from + the sum of the listed rows of b, from entry `at` on and below the place `limit`, each times
 * its value; the place of `from`, a row, is 0 for none. Returns the first entry that was left. Twelve sums hide how long an addition takes, and
 * just fit into sixteen registers.
 */
INLINE uint32_t sum(List list, uint32_t at, uint32_t limit, const char *b, size_t bPanel, int panels, const char *from,
                    size_t fromPanel, char *to, size_t toPanel, bool relu) {
  Floats sums[12];
#pragma GCC unroll 12
  for (int k = 0; k < 3 * panels; k++) sums[k] = from ? load(from + k / 3 * fromPanel + k % 3 * 32) : (Floats){0};
  uint32_t place;
  for (; (place = list.places[at]) < limit; at++) {
    const char *row = b + place;
    const float value = ((const float *)list.values)[at];
#pragma GCC unroll 4
    for (int p = 0; p < panels; p++) {
      // Else GCC computes a pointer for each of the sums, and has not enough registers for them.
      __asm__("" : "+r"(row));
#pragma GCC unroll 3
      for (int k = 0; k < 3; k++) sums[3 * p + k] += value * load(row + 32 * k);
      row += bPanel;
    }
  }
#pragma GCC unroll 12
  for (int k = 0; k < 3 * panels; k++) store(to + k / 3 * toPanel + k % 3 * 32, relu ? rectified(sums[k]) : sums[k]);
  return at;
}

/** Rows of a panel that stay in a first-level cache of 32 KB. */
enum { CACHED = 288 };

/** `product` for a few panels, a constant: over some rows of b for all rows of a before it goes to the next rows of b. */
INLINE void productOfPanels(char *lists, int columns, int rows, const char *b, size_t bPanel, int panels,
                            const char *start, char *c, size_t cPanel, bool relu) {
  const int passes = rows == 1 ? 1 : (columns * panels + CACHED - 1) / CACHED;
  const int most = (columns + passes - 1) / passes;
  for (int pass = 0; pass < passes; pass++) {
    const bool first = pass == 0, last = pass == passes - 1;
    const uint32_t limit = last ? END : (uint32_t)((pass + 1) * most * ROW);
    for (int r = 0; r < rows; r++) {
      const List list = listAt(lists, columns, r);
      char *to = c + r * ROW;
      *reached(list) = sum(list, first ? 0 : *reached(list), limit, b, bPanel, panels, first ? start : to,
                           first ? ROW : cPanel, to, cPanel, relu && last);
    }
  }
}

/**
 * c = start + a b, or what ReLU makes of it: a [rows x columns] as lists, b and c in so many panels that are `bPanel` and `cPanel` bytes
 * apart; start, a row, is 0 for none.
 */
static void product(char *lists, int columns, int rows, const char *b, size_t bPanel, int panels, const char *start,
                    char *c, size_t cPanel, bool relu) {
  for (int groups = (panels + 3) / 4; groups > 0; groups--) {
    const int some = (panels + groups - 1) / groups;
    if (some == 4) productOfPanels(lists, columns, rows, b, bPanel, 4, start, c, cPanel, relu);
    else if (some == 3) productOfPanels(lists, columns, rows, b, bPanel, 3, start, c, cPanel, relu);
    else if (some == 2) productOfPanels(lists, columns, rows, b, bPanel, 2, start, c, cPanel, relu);
    else productOfPanels(lists, columns, rows, b, bPanel, 1, start, c, cPanel, relu);
    b += some * bPanel;
    c += some * cPanel;
    if (start) start += some * ROW;
    panels -= some;
  }
}
