/* Sixteen float32 numbers at a time. What is no number stays none: nan and infinity have to come out
   of a damaged model at its end, where they are looked for. */

#pragma once

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { FLOAT32 = 0, BFLOAT16 = 1, INT8 = 2 };

#define INLINE static inline __attribute__((always_inline))

INLINE __mmask16 tail(int64_t left) {
    return left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
}

INLINE int64_t round_up(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

INLINE __m512 widen(__m256i bf16) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bf16), 16));
}

/* Round to nearest even, as torch does. */
INLINE __m256i narrow(__m512 x) {
    __m512i bits = _mm512_castps_si512(x);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    bits = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
    bits = _mm512_mask_mov_epi32(bits, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q),
                                 _mm512_set1_epi32(0x7FC00000));
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(bits, 16));
}

/* exp(x) to 2 units in the last place: 2^n · p(r), r within ± ln 2 / 2 (Cephes). The bounds stand on
   the left: of two operands the processor gives the right one where either is nan. */
INLINE __m512 exp_16(__m512 x) {
    x = _mm512_max_ps(_mm512_set1_ps(-87.3f), _mm512_min_ps(_mm512_set1_ps(88.0f), x));
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 0);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    __m512 p = _mm512_set1_ps(1.9875691500e-4f);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.3981999507e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(8.3334519073e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(4.1665795894e-2f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.6666665459e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.0000001201e-1f));
    p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, _mm512_set1_ps(1.0f)));
    return _mm512_scalef_ps(p, n);
}

/* x · Φ(x), the exact GELU; erf after Abramowitz and Stegun 7.1.26, within 1.5e-7. */
INLINE __m512 gelu_16(__m512 x) {
    __m512 z = _mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(0.70710678f));
    __m512 t = _mm512_div_ps(_mm512_set1_ps(1.0f),
                             _mm512_fmadd_ps(z, _mm512_set1_ps(0.3275911f), _mm512_set1_ps(1.0f)));
    __m512 p = _mm512_set1_ps(1.061405429f);
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-1.453152027f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(1.421413741f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-0.284496736f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.254829592f));
    __m512 tail_area = _mm512_mul_ps(_mm512_mul_ps(p, t), /* 1 − erf(z) */
                                     exp_16(_mm512_sub_ps(_mm512_setzero_ps(), _mm512_mul_ps(z, z))));
    __m512 lower = _mm512_mul_ps(tail_area, _mm512_set1_ps(0.5f));
    __m512 upper = _mm512_sub_ps(_mm512_set1_ps(1.0f), lower);
    __mmask16 negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
    return _mm512_mul_ps(x, _mm512_mask_blend_ps(negative, upper, lower));
}

INLINE void gelu_row(float *x, int64_t count) {
    for (int64_t i = 0; i < count; i += 16) {
        __mmask16 m = tail(count - i);
        _mm512_mask_storeu_ps(x + i, m, gelu_16(_mm512_maskz_loadu_ps(m, x + i)));
    }
}

/* In place: scores[t] → e^(score − the largest score) for t < length, and 0 from there to the next
   multiple of 16. Returns their sum; nan where a score is none. */
INLINE float exponentials(float *scores, int64_t length) {
    __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
    for (int64_t t = 0; t < length; t += 16) {
        __mmask16 m = tail(length - t);
        most = _mm512_mask_max_ps(most, m, most, _mm512_maskz_loadu_ps(m, scores + t));
    }
    most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (int64_t t = 0; t < length; t += 16) {
        __mmask16 m = tail(length - t);
        __m512 e = exp_16(_mm512_sub_ps(_mm512_maskz_loadu_ps(m, scores + t), most));
        e = _mm512_maskz_mov_ps(m, e);
        _mm512_storeu_ps(scores + t, e);
        sum = _mm512_add_ps(sum, e);
    }
    return _mm512_reduce_add_ps(sum);
}

/* ── whole numbers ────────────────────────────────────────────────────────────────────────── */

/* The largest magnitude, at least 1e-12; nan where any of them is nan or infinite, so that the scale
   made of it, and all that is multiplied by it, is nan as well. */
INLINE float largest(const float *x, int64_t count) {
    __m512 most = _mm512_setzero_ps(), lost = _mm512_setzero_ps();
    for (int64_t i = 0; i < count; i += 16) {
        __m512 v = _mm512_maskz_loadu_ps(tail(count - i), x + i);
        most = _mm512_max_ps(most, _mm512_abs_ps(v));
        lost = _mm512_fmadd_ps(v, _mm512_setzero_ps(), lost); /* 0, or nan for ever */
    }
    return fmaxf(_mm512_reduce_max_ps(most), 1e-12f) + _mm512_reduce_add_ps(lost);
}

/* Values times a rate, as whole numbers; nan as 0, since its scale is nan. The only place where a
   value becomes a whole number. */
INLINE __m512i whole(__m512 values, __m512 rate) {
    __m512 v = _mm512_mul_ps(values, rate);
    return _mm512_maskz_cvtps_epi32(_mm512_cmp_ps_mask(v, v, _CMP_ORD_Q), v);
}

/* The same in bytes that the product takes as unsigned: 0 is 128. */
INLINE __m128i whole_bytes(__m512 values, __m512 rate) {
    return _mm512_cvtepi32_epi8(_mm512_add_epi32(whole(values, rate), _mm512_set1_epi32(128)));
}

/* ── sums ─────────────────────────────────────────────────────────────────────────────────── */

/* The sums of four vectors, each in the same order whatever stands beside it. */
INLINE __m128 sum_4(__m512 a, __m512 b, __m512 c, __m512 d) {
#define HALVE(v) _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1))
#define QUARTER(v) _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1))
    __m256 a2 = HALVE(a), b2 = HALVE(b), c2 = HALVE(c), d2 = HALVE(d);
    return _mm_hadd_ps(_mm_hadd_ps(QUARTER(a2), QUARTER(b2)), _mm_hadd_ps(QUARTER(c2), QUARTER(d2)));
#undef HALVE
#undef QUARTER
}

INLINE __m128i sum_4_int(__m512i a, __m512i b, __m512i c, __m512i d) {
#define HALVE(v) _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti32x8_epi32(v, 1))
#define QUARTER(v) _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1))
    __m256i a2 = HALVE(a), b2 = HALVE(b), c2 = HALVE(c), d2 = HALVE(d);
    return _mm_hadd_epi32(_mm_hadd_epi32(QUARTER(a2), QUARTER(b2)),
                          _mm_hadd_epi32(QUARTER(c2), QUARTER(d2)));
#undef HALVE
#undef QUARTER
}

/* A vector of weights times one of inputs, to the sum of its type: 64 bytes of each. */
INLINE void add_up(__m512 *sum, __m512i *count, __m512i w, __m512i x, int64_t type) {
    if (type == INT8) {
        *count = _mm512_dpbusd_epi32(*count, x, w);
    } else if (type == FLOAT32) {
        *sum = _mm512_fmadd_ps(_mm512_castsi512_ps(w), _mm512_castsi512_ps(x), *sum);
    } else {
#ifdef __AVX512BF16__
        *sum = _mm512_dpbf16_ps(*sum, (__m512bh)w, (__m512bh)x);
#else /* the odd and the even values of each pair, as the instruction does */
        __m512i odd = _mm512_set1_epi32((int)0xFFFF0000u);
        *sum = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_and_si512(w, odd)),
                               _mm512_castsi512_ps(_mm512_and_si512(x, odd)), *sum);
        *sum = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_slli_epi32(w, 16)),
                               _mm512_castsi512_ps(_mm512_slli_epi32(x, 16)), *sum);
#endif
    }
}
