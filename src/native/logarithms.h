/**
 * Logarithms of positive normal numbers, four at a time, with the bits of JavaScript's Math.log, log2 and log10 in V8, whose source
 * (src/base/ieee754.cc) is that of FreeBSD's msun: e_log.c, e_log2.c, k_log.h (Sun Microsystems, 1993) and, for log10, fdlibm's own. What there are
 * branches is chosen here from what each would give.
 */
#pragma once
#include "vectors.h"

typedef double Doubles __attribute__((vector_size(32), aligned(8), may_alias));
typedef int64_t Longs __attribute__((vector_size(32), aligned(8), may_alias));
typedef uint64_t Bits __attribute__((vector_size(32), aligned(8), may_alias));

INLINE Doubles everywhere(double value) { return (Doubles){value, value, value, value}; }

INLINE Doubles chooseDoubles(Longs where, Doubles there, Doubles else_) {
  return (Doubles)((where & (Longs)there) | (~where & (Longs)else_));
}

INLINE Doubles larger(Doubles a, Doubles b) {
#ifdef __AVX2__
  return (Doubles)_mm256_max_pd((__m256d)a, (__m256d)b);
#else
  return chooseDoubles(a > b, a, b);
#endif
}

INLINE Doubles smaller(Doubles a, Doubles b) {
#ifdef __AVX2__
  return (Doubles)_mm256_min_pd((__m256d)a, (__m256d)b);
#else
  return chooseDoubles(a < b, a, b);
#endif
}

/** Whole numbers of less than 52 bits as doubles. */
INLINE Doubles doublesOf(Longs values) {
  const Doubles shift = everywhere(0x1.8p52);
  return (Doubles)(values + (Longs)shift) - shift;
}

/** x = 2^exponent (1 + fraction), with 1 + fraction from about sqrt(1/2) to sqrt(2); `mantissa` is the 20 highest bits of that of x. */
typedef struct {
  Doubles exponent, fraction;
  Longs mantissa;
} Parts;

INLINE Parts partsOf(Doubles x) {
  const Bits bits = (Bits)x;
  const Longs mantissa = (Longs)(bits >> 32 & 0xfffff);
  const Longs carry = (mantissa + 0x95f64) & 0x100000;
  const Longs normal = (Longs)(bits & 0xfffffffffffff) | (carry ^ 0x3ff00000) << 32;
  return (Parts){doublesOf((Longs)((bits >> 52) + ((Bits)carry >> 20)) - 1023), (Doubles)normal - 1.0, mantissa};
}

/** Of s = f / (2 + f): log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R), where R is what is returned. */
INLINE Doubles series(Doubles s) {
  const Doubles z = s * s, w = z * z;
  const Doubles t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const Doubles t2 =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  return t2 + t1;
}

INLINE Doubles logs(Doubles x) {
  const Parts parts = partsOf(x);
  const Doubles f = parts.fraction, k = parts.exponent;
  const Doubles high = k * 6.93147180369123816490e-01, low = k * 1.90821492927058770002e-10;
  const Doubles s = f / (2.0 + f), r = series(s), half = 0.5 * f * f;
  const Doubles far = high - ((half - (s * (half + r) + low)) - f);
  const Doubles near = high - ((s * (f - r) - low) - f);
  const Doubles cube = f * f * (0.5 - 0.33333333333333333 * f);
  const Doubles nearest = high - ((cube - low) - f);
  const Longs isFar = ((parts.mantissa - 0x6147a) | (0x6b851 - parts.mantissa)) > 0;
  const Longs isNearest = ((parts.mantissa + 2) & 0xfffff) < 3;
  return chooseDoubles(isNearest, nearest, chooseDoubles(isFar, far, near));
}

INLINE Doubles binaryLogs(Doubles x) {
  const Doubles inverseHigh = everywhere(1.44269504072144627571e+00), inverseLow = everywhere(1.67517131648865118353e-10);
  const Parts parts = partsOf(x);
  const Doubles f = parts.fraction, k = parts.exponent;
  const Doubles half = 0.5 * f * f, s = f / (2.0 + f), r = s * (half + series(s));
  const Doubles high = (Doubles)((Longs)(f - half) & ~0xffffffffL), low = (f - high) - half + r;
  const Doubles product = high * inverseHigh, rest = (low + high) * inverseLow + low * inverseHigh;
  const Doubles sum = k + product;
  return (rest + ((k - sum) + product)) + sum;
}

/** Of numbers from 1 on. */
INLINE Doubles decimalLogs(Doubles x) {
  const Bits bits = (Bits)x;
  const Doubles k = doublesOf((Longs)(bits >> 52) - 1023);
  const Doubles normal = (Doubles)((bits & 0xfffffffffffff) | (Bits)everywhere(1));
  return (k * 3.69423907715893078616e-13 + 4.34294481903251816668e-01 * logs(normal)) + k * 3.01029995663611771306e-01;
}

#ifdef __AVX2__
/** At the middle of each 256th of [1, 2) the inverse, and the decimal logarithm of what it is the inverse of. */
extern double points[256][2];

/** Decimal logarithms within 2^-39, by these points and a series. */
INLINE Doubles nearDecimalLogs(Doubles x) {
  const Bits bits = (Bits)x;
  // Four loads and what puts them in order are quicker than two gathers.
  const Bits point = bits >> 44 & 0xff;
  const __m256d even = _mm256_set_m128d(_mm_loadu_pd(points[point[2]]), _mm_loadu_pd(points[point[0]]));
  const __m256d odd = _mm256_set_m128d(_mm_loadu_pd(points[point[3]]), _mm_loadu_pd(points[point[1]]));
  const Doubles inverse = (Doubles)_mm256_unpacklo_pd(even, odd), log = (Doubles)_mm256_unpackhi_pd(even, odd);
  const Doubles r = (Doubles)((bits & 0xfffffffffffff) | (Bits)everywhere(1)) * inverse - 1;
  const double e = 4.34294481903251816668e-01;
  const Doubles exponent = (Doubles)(bits >> 52 | (Bits)everywhere(0x1p52)) - (0x1p52 + 1023);
  return exponent * 3.01029995663981195214e-01 + (log + r * (e + r * (-e / 2 + r * (e / 3))));
}

/** Writes the floats nearest to values that are within `bound`; false where the bound leaves more than one. */
INLINE bool putNearest(Doubles values, double bound, float *to) {
  const __m128 lower = _mm256_cvtpd_ps((__m256d)(values - bound)), upper = _mm256_cvtpd_ps((__m256d)(values + bound));
  _mm_storeu_ps(to, lower);
  return _mm_movemask_ps(_mm_cmpneq_ps(lower, upper)) == 0;
}
#endif

/** The 32-bit floats nearest to decimalLogs, as in src/demonstrations/log10.ts; where the float hangs on more than what is near, decimalLogs decides. */
INLINE void decimalLogFloats(Doubles x, float *to) {
#ifdef __AVX2__
  if (putNearest(nearDecimalLogs(x), 0x1p-38, to)) return;
#endif
  const Doubles exact = decimalLogs(x);
  for (int i = 0; i < 4; i++) to[i] = exact[i];
}

/** The 32-bit floats nearest to the natural logarithms. */
INLINE void logFloats(Doubles x, float *to) {
#ifdef __AVX2__
  if (putNearest(nearDecimalLogs(x) * 2.30258509299404568402, 0x1p-37, to)) return;
#endif
  const Doubles exact = logs(x);
  for (int i = 0; i < 4; i++) to[i] = exact[i];
}
