/* Four lanes on x86: see lanes.h. */

#pragma once

#include <immintrin.h>

typedef __m128 Quad;
typedef __m128i QuadInts;

INLINE Quad q_all(float x) { return _mm_set1_ps(x); }
INLINE Quad q_load(const float *x) { return _mm_loadu_ps(x); }
INLINE void q_store(float *x, Quad v) { _mm_storeu_ps(x, v); }
INLINE Quad q_add(Quad a, Quad b) { return _mm_add_ps(a, b); }
INLINE Quad q_mul(Quad a, Quad b) { return _mm_mul_ps(a, b); }
INLINE Quad q_fnma(Quad a, Quad b, Quad c) { return _mm_fnmadd_ps(a, b, c); } /* c − a · b */
INLINE Quad q_from_ints(QuadInts v) { return _mm_cvtepi32_ps(v); }
INLINE QuadInts q_load_ints(const int32_t *x) { return _mm_loadu_si128((const void *)x); }
INLINE QuadInts q_sub_ints(QuadInts a, QuadInts b) { return _mm_sub_epi32(a, b); }
INLINE QuadInts q_add_ints(QuadInts a, QuadInts b) { return _mm_add_epi32(a, b); }
INLINE QuadInts q_left_ints(QuadInts v, int n) { return _mm_slli_epi32(v, n); }
INLINE QuadInts q_all_ints(int32_t x) { return _mm_set1_epi32(x); }

INLINE float q_sum(Quad v) {
    v = _mm_add_ps(v, _mm_movehl_ps(v, v));
    return _mm_cvtss_f32(_mm_add_ss(v, _mm_shuffle_ps(v, v, 1)));
}

INLINE float q_most(Quad v) {
    v = _mm_max_ps(v, _mm_movehl_ps(v, v));
    return _mm_cvtss_f32(_mm_max_ss(v, _mm_shuffle_ps(v, v, 1)));
}

INLINE int32_t q_sum_ints(QuadInts v) {
    v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(v, _mm_shuffle_epi32(v, 0xB1)));
}

/* The sums of four quads. */
INLINE Quad q_sums(Quad a, Quad b, Quad c, Quad d) {
    return _mm_hadd_ps(_mm_hadd_ps(a, b), _mm_hadd_ps(c, d));
}

INLINE QuadInts q_sums_ints(QuadInts a, QuadInts b, QuadInts c, QuadInts d) {
    return _mm_hadd_epi32(_mm_hadd_epi32(a, b), _mm_hadd_epi32(c, d));
}
