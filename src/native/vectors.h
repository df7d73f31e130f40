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

/** The numbers of the lanes. */
static const Ints COUNTING = {0, 1, 2, 3, 4, 5, 6, 7};

INLINE Floats load(const char *from) { return *(const Floats *)from; }

/** The first eight of so many values, or those that there are with zeros behind. */
INLINE Floats loadFirst(const float *from, int count) {
#ifdef __AVX2__
  return (Floats)_mm256_maskload_ps(from, (__m256i)(COUNTING < count));
#else
  Floats values = {0};
  for (int i = 0; i < 8 && i < count; i++) values[i] = from[i];
  return values;
#endif
}

INLINE Ints loadInts(const char *from) { return *(const Ints *)from; }

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

/** Values rounded (half to even), within these ends. */
INLINE Ints whole(Floats values, float least, float most) {
#ifdef __AVX2__
  return (Ints)_mm256_cvtps_epi32(_mm256_max_ps(_mm256_set1_ps(least), _mm256_min_ps(_mm256_set1_ps(most), (__m256)values)));
#else
  const Ints above = values > most, below = values < least;
  const Ints ends = (above & (Ints)((Floats){0} + most)) | (below & (Ints)((Floats){0} + least));
  const Floats kept = (Floats)(ends | (~(above | below) & (Ints)values));
  // Floats of this size have no room for a fraction.
  return __builtin_convertvector((kept + 0x1.8p23f) - 0x1.8p23f, Ints);
#endif
}

/** Eight 16-bit whole numbers as floats. */
INLINE Floats floatsOf(const int16_t *from) {
#ifdef __AVX2__
  return (Floats)_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)from)));
#else
  return (Floats){from[0], from[1], from[2], from[3], from[4], from[5], from[6], from[7]};
#endif
}

/**
 * Two 8-bit values beside each other, and what `addPair` makes of them with rows a and b of 32 8-bit weights: to 32 16-bit sums it adds the two products
 * together. Two products of values from -127 to 127 fit into 16 bits, and sums stay at their ends.
 */
#ifdef __AVX2__
typedef struct {
  __m256i values, magnitudes;
} Pair;

/** Of eight whole numbers each two as bytes in turn, which is what `pairAt` reads. */
INLINE void inTurn(uint32_t *values) {
  const __m256i turn = _mm256_broadcastsi128_si256(_mm_set_epi32(0x0c080c08, 0x0c080c08, 0x04000400, 0x04000400));
  _mm256_storeu_si256((__m256i *)values, _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)values), turn));
}

INLINE Pair pairAt(const uint32_t *values, bool negative) {
  uint64_t both;
  memcpy(&both, values, 8);
  const __m256i pair = _mm256_set1_epi64x(both);
  return (Pair){pair, negative ? _mm256_abs_epi8(pair) : pair};
}

INLINE Shorts addProducts(Shorts sums, Pair pair, __m256i weights, bool negative) {
  if (negative) weights = _mm256_sign_epi8(weights, pair.values);
  return (Shorts)_mm256_adds_epi16((__m256i)sums, _mm256_maddubs_epi16(pair.magnitudes, weights));
}

INLINE void addPair(Shorts *sums, Pair pair, const char *a, const char *b, bool negative) {
  const __m256i rowA = _mm256_loadu_si256((const __m256i *)a), rowB = _mm256_loadu_si256((const __m256i *)b);
  sums[0] = addProducts(sums[0], pair, _mm256_unpacklo_epi8(rowA, rowB), negative);
  sums[1] = addProducts(sums[1], pair, _mm256_unpackhi_epi8(rowA, rowB), negative);
}

/** The 32 sums in the order of their columns. */
INLINE void storePairs(int16_t *to, const Shorts *sums) {
  const __m256i low = (__m256i)sums[0], high = (__m256i)sums[1];
  _mm256_storeu_si256((__m256i *)to, _mm256_permute2x128_si256(low, high, 0x20));
  _mm256_storeu_si256((__m256i *)(to + 16), _mm256_permute2x128_si256(low, high, 0x31));
}
#else
typedef struct {
  int16_t a, b;
} Pair;

INLINE void inTurn(uint32_t *values) {}

INLINE Pair pairAt(const uint32_t *values, bool negative) { return (Pair){(int16_t)values[0], (int16_t)values[1]}; }

INLINE void addPair(Shorts *sums, Pair pair, const char *a, const char *b, bool negative) {
  for (int k = 0; k < 2; k++) {
    const Shorts products = pair.a * __builtin_convertvector(((const Bytes *)a)[k], Shorts) +
                            pair.b * __builtin_convertvector(((const Bytes *)b)[k], Shorts);
    for (int i = 0; i < 16; i++) {
      const int sum = sums[k][i] + products[i];
      sums[k][i] = sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum;
    }
  }
}

INLINE void storePairs(int16_t *to, const Shorts *sums) { memcpy(to, sums, 64); }
#endif

#ifdef __AVX2__
/** For each set of eight lanes the order that brings its lanes to the front. */
extern uint8_t orders[256][8];
#endif

/** Brings those of eight values that are not zero to the front of `kept`, and their places to that of `keptPlaces`; returns how many. */
INLINE int keepNonZero(Ints values, Ints places, uint32_t *kept, uint32_t *keptPlaces) {
#ifdef __AVX2__
  const uint32_t set = _mm256_movemask_ps((__m256)(values == 0)) ^ 255;
  const __m256i order = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)orders[set]));
  _mm256_storeu_si256((__m256i *)kept, _mm256_permutevar8x32_epi32((__m256i)values, order));
  _mm256_storeu_si256((__m256i *)keptPlaces, _mm256_permutevar8x32_epi32((__m256i)places, order));
  return __builtin_popcount(set);
#else
  int count = 0;
  for (int i = 0; i < 8; i++) {
    kept[count] = values[i];
    keptPlaces[count] = places[i];
    count += values[i] != 0;
  }
  return count;
#endif
}

#ifdef __AVX2__
/** Stores the first eight of so many values, or as many as there are. */
INLINE void storeFirst(float *to, __m256 values, size_t count) {
  if (count >= 8) {
    _mm256_storeu_ps(to, values);
    return;
  }
  __m128 left = _mm256_castps256_ps128(values);
  if (count & 4) {
    _mm_storeu_ps(to, left);
    left = _mm256_extractf128_ps(values, 1);
    to += 4;
  }
  if (count & 2) {
    _mm_storel_pi((__m64 *)to, left);
    left = _mm_movehl_ps(left, left);
    to += 2;
  }
  if (count & 1) _mm_store_ss(to, left);
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
