/* Lanes in AVX-512 with VNNI, and with BF16 where it is there: see lanes.h. */

#pragma once

#include "quads_x86.h"

typedef __m512 Floats;
typedef __m512i Ints;
typedef __m512i Count;
typedef __m256i Halves;

enum { BLOCK = 4, VECTORS = 4, OFFSET = 128 };

INLINE __mmask16 tail(int64_t left) {
    return left >= 16 ? 0xFFFF : left > 0 ? (__mmask16)((1u << left) - 1) : 0;
}

/* ── Floats ───────────────────────────────────────────────────────────────────────────────── */

INLINE Floats f_all(float x) { return _mm512_set1_ps(x); }
INLINE Floats f_load(const float *x) { return _mm512_loadu_ps(x); }
INLINE void f_store(float *x, Floats v) { _mm512_storeu_ps(x, v); }
INLINE Floats f_first(Floats v, int64_t left) { return _mm512_maskz_mov_ps(tail(left), v); }
INLINE Floats f_add(Floats a, Floats b) { return _mm512_add_ps(a, b); }
INLINE Floats f_sub(Floats a, Floats b) { return _mm512_sub_ps(a, b); }
INLINE Floats f_mul(Floats a, Floats b) { return _mm512_mul_ps(a, b); }
INLINE Floats f_div(Floats a, Floats b) { return _mm512_div_ps(a, b); }
INLINE Floats f_min(Floats a, Floats b) { return _mm512_min_ps(a, b); }
INLINE Floats f_max(Floats a, Floats b) { return _mm512_max_ps(a, b); }
INLINE Floats f_abs(Floats v) { return _mm512_abs_ps(v); }
INLINE Floats f_fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
INLINE Floats f_fnma(Floats a, Floats b, Floats c) { return _mm512_fnmadd_ps(a, b, c); }
INLINE Floats f_round(Floats v) { return _mm512_roundscale_ps(v, 0); }
INLINE Floats f_scale(Floats v, Floats n) { return _mm512_scalef_ps(v, n); }
INLINE Floats f_from_ints(Ints v) { return _mm512_cvtepi32_ps(v); }
INLINE Floats f_bits(Ints v) { return _mm512_castsi512_ps(v); }

INLINE Floats f_load_first(const float *x, int64_t left) {
    return _mm512_maskz_loadu_ps(tail(left), x);
}

/* The other lanes are those of `rest`. */
INLINE Floats f_load_over(Floats rest, const float *x, int64_t left) {
    return _mm512_mask_loadu_ps(rest, tail(left), x);
}

INLINE void f_store_first(float *x, int64_t left, Floats v) {
    _mm512_mask_storeu_ps(x, tail(left), v);
}

INLINE Floats f_where_negative(Floats x, Floats negative, Floats other) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ), other,
                                negative);
}

INLINE Quad f_quarters(Floats v) { /* their sum */
    __m256 half = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

INLINE float f_most(Floats v) {
    __m256 half = _mm256_max_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    return q_most(_mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1)));
}

INLINE Floats f_repeat(Quad v) { return _mm512_broadcast_f32x4(v); }

INLINE Floats f_spread(Quad v) { /* each of the four in a quarter */
    const __m512i quarters = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    return _mm512_permutexvar_ps(quarters, _mm512_castps128_ps512(v));
}

INLINE void f_split(Floats v, Quad quarters[4]) {
    quarters[0] = _mm512_castps512_ps128(v);
    quarters[1] = _mm512_extractf32x4_ps(v, 1);
    quarters[2] = _mm512_extractf32x4_ps(v, 2);
    quarters[3] = _mm512_extractf32x4_ps(v, 3);
}

/* ── Ints ─────────────────────────────────────────────────────────────────────────────────── */

INLINE Ints i_all(int32_t x) { return _mm512_set1_epi32(x); }
INLINE Ints i_repeat(QuadInts v) { return _mm512_broadcast_i32x4(v); }
INLINE Ints i_load(const void *at) { return _mm512_loadu_si512(at); }
INLINE Ints i_add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
INLINE Ints i_sub(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
INLINE Ints i_or(Ints a, Ints b) { return _mm512_or_si512(a, b); }
INLINE Ints i_left(Ints v, int n) { return _mm512_slli_epi32(v, n); }
INLINE Ints i_right(Ints v, int n) { return _mm512_srai_epi32(v, n); }
INLINE Ints i_from_halves(Halves v) { return _mm512_cvtepu16_epi32(v); }

INLINE Ints i_load_first(const int32_t *x, int64_t left) {
    return _mm512_maskz_loadu_epi32(tail(left), x);
}

INLINE void i_store_first(int32_t *x, int64_t left, Ints v) {
    _mm512_mask_storeu_epi32(x, tail(left), v);
}

/* Rounded to even; nan as 0. */
INLINE Ints i_from_floats(Floats v) {
    return _mm512_maskz_cvtps_epi32(_mm512_cmp_ps_mask(v, v, _CMP_ORD_Q), v);
}

INLINE int32_t i_sum(Ints v) { return _mm512_reduce_add_epi32(v); }

/* The lowest byte of each lane: side by side, or one in each four bytes. */
INLINE void i_store_bytes(void *at, Ints v) { _mm_storeu_si128(at, _mm512_cvtepi32_epi8(v)); }

INLINE void i_store_fourths(void *at, Ints v, int place) {
    v = _mm512_sllv_epi32(v, _mm512_set1_epi32(8 * place));
    _mm512_mask_storeu_epi8(at, 0x1111111111111111ull << place, v);
}

/* ── Halves ───────────────────────────────────────────────────────────────────────────────── */

INLINE Floats widen(Halves v) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(v), 16));
}

/* Round to nearest even, as torch does. */
INLINE Halves narrow(Floats x) {
    __m512i bits = _mm512_castps_si512(x);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    bits = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
    bits = _mm512_mask_mov_epi32(bits, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q),
                                 _mm512_set1_epi32(0x7FC00000));
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(bits, 16));
}

INLINE void h_store(void *at, Halves v) { _mm256_storeu_si256(at, v); }

INLINE Halves h_load_first(const uint16_t *x, int64_t left) {
    return _mm256_maskz_loadu_epi16(tail(left), x);
}

INLINE void h_store_first(uint16_t *x, int64_t left, Halves v) {
    _mm256_mask_storeu_epi16(x, tail(left), v);
}

/* ── products ─────────────────────────────────────────────────────────────────────────────── */

/* Add 64 products of bytes: x from whole_bytes, w within ±127. */
INLINE Count count(Count sum, Ints x, Ints w) { return _mm512_dpbusd_epi32(sum, x, w); }

INLINE Count no_count(void) { return _mm512_setzero_si512(); }

/* high · 2^n + low. */
INLINE Count count_digits(Count high, Count low, int n) {
    return _mm512_add_epi32(_mm512_slli_epi32(high, n), low);
}

/* To each lane its four products: x from 0 to 255, w within ±127. */
INLINE Ints i_dot(Ints sum, Ints x, Ints w) { return _mm512_dpbusd_epi32(sum, x, w); }

/* To each lane its two products of bfloat16, first of the upper halves, then of the lower ones. */
INLINE Floats f_dot_halves(Floats sum, Ints w, Ints x) {
#ifdef __AVX512BF16__
    return _mm512_dpbf16_ps(sum, (__m512bh)w, (__m512bh)x);
#else
    __m512i upper = _mm512_set1_epi32((int)0xFFFF0000u);
    sum = f_fma(f_bits(_mm512_and_si512(w, upper)), f_bits(_mm512_and_si512(x, upper)), sum);
    return f_fma(f_bits(_mm512_slli_epi32(w, 16)), f_bits(_mm512_slli_epi32(x, 16)), sum);
#endif
}

INLINE QuadInts count_quarters(Count v) {
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti32x8_epi32(v, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/* The 16 sums of four outputs of four rows, each row in a quarter: [row][output]. */
INLINE Ints count_16(Count counts[4][4]) {
    __m512i rows[4];
    for (int r = 0; r < 4; r++) {
        __m512i a = _mm512_add_epi32(_mm512_unpacklo_epi32(counts[0][r], counts[1][r]),
                                     _mm512_unpackhi_epi32(counts[0][r], counts[1][r]));
        __m512i b = _mm512_add_epi32(_mm512_unpacklo_epi32(counts[2][r], counts[3][r]),
                                     _mm512_unpackhi_epi32(counts[2][r], counts[3][r]));
        rows[r] = _mm512_add_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    }
#define FOLD(a, b, low, high) \
    _mm512_add_epi32(_mm512_shuffle_i32x4(a, b, low), _mm512_shuffle_i32x4(a, b, high))
    return FOLD(FOLD(rows[0], rows[1], 0x44, 0xEE), FOLD(rows[2], rows[3], 0x44, 0xEE), 0x88, 0xDD);
#undef FOLD
}
