/**
 * Vectors of 32 bytes: one register of AVX2, two of NEON. GCC's and Clang's vector extensions, and the few operations that these lack. None
 * multiplies and adds with one rounding, so that results have the bits of the WebAssembly and of plain loops.
 */
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

typedef float Floats __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t Ints __attribute__((vector_size(32), aligned(4), may_alias));
typedef int16_t Shorts __attribute__((vector_size(32), aligned(2), may_alias));
typedef int8_t Bytes __attribute__((vector_size(16), aligned(1), may_alias));

INLINE Floats load(const char *from) { return *(const Floats *)from; }

INLINE void store(char *to, Floats values) { *(Floats *)to = values; }

/** As WebAssembly's maximum with 0: of a NaN itself, of -0 0. */
INLINE Floats rectified(Floats values) { return (Floats)((Ints)values & ~(values <= 0)); }

INLINE Floats squareRoots(Floats values) {
#ifdef __AVX2__
  return (Floats)_mm256_sqrt_ps((__m256)values);
#else
  for (int i = 0; i < 8; i++) values[i] = sqrtf(values[i]);
  return values;
#endif
}

INLINE Floats choose(Ints where, Floats there, Floats else_) { return (Floats)((where & (Ints)there) | (~where & (Ints)else_)); }

INLINE Floats all(float value) { return (Floats){value, value, value, value, value, value, value, value}; }

/** Eight 16-bit whole numbers as floats. */
INLINE Floats floatsOf(const int16_t *from) {
#ifdef __AVX2__
  return (Floats)_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)from)));
#else
  return (Floats){from[0], from[1], from[2], from[3], from[4], from[5], from[6], from[7]};
#endif
}

/** Sixteen 8-bit values. */
INLINE Shorts loadNarrow(const char *from) {
#ifdef __AVX2__
  return (Shorts)_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)from));
#else
  return __builtin_convertvector(*(const Bytes *)from, Shorts);
#endif
}

/** Sums that stay at the ends of 16 bits. */
INLINE Shorts addSaturating(Shorts a, Shorts b) {
#ifdef __AVX2__
  return (Shorts)_mm256_adds_epi16((__m256i)a, (__m256i)b);
#else
  for (int i = 0; i < 16; i++) {
    const int sum = a[i] + b[i];
    a[i] = sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum;
  }
  return a;
#endif
}

#ifdef __AVX2__
/** For each set of eight lanes the order that brings its lanes to the front. */
extern uint8_t orders[256][8];

/** Brings those of eight 32-bit values that are not zero to the front of `values`, and their places to that of `places`; returns how many. */
INLINE int keepNonZero(__m256i value, __m256i place, uint32_t *values, uint32_t *places) {
  const int zeros = _mm256_movemask_ps((__m256)_mm256_cmpeq_epi32(value, _mm256_setzero_si256()));
  const __m256i order = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)orders[~zeros & 255]));
  _mm256_storeu_si256((__m256i *)values, _mm256_permutevar8x32_epi32(value, order));
  _mm256_storeu_si256((__m256i *)places, _mm256_permutevar8x32_epi32(place, order));
  return 8 - __builtin_popcount(zeros);
}

/** Eight rows of eight become eight columns. */
INLINE void transpose8(__m256 rows[8]) {
  __m256 pairs[8], fours[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    fours[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    fours[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
    fours[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    fours[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
  }
  for (int i = 0; i < 4; i++) {
    rows[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
    rows[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
  }
}
#endif
