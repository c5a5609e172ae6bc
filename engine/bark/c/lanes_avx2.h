/* Lanes in AVX2 with FMA, and with AVX-VNNI where it is there: see lanes.h. */

#pragma once

#include "quads_x86.h"

typedef struct { __m256 low, high; } Floats;
typedef struct { __m256i low, high; } Ints;
typedef __m256i Count;
typedef __m256i Halves;

#ifdef __AVXVNNI__
enum { BLOCK = 2, VECTORS = 1, OFFSET = 128 };
#else
enum { BLOCK = 2, VECTORS = 1, OFFSET = 0 };
#endif

INLINE __m256i tail(int64_t left) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)left),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* ── Floats ───────────────────────────────────────────────────────────────────────────────── */

#define BOTH(type, f, ...) (type) { f(low, __VA_ARGS__), f(high, __VA_ARGS__) }
#define ONE(half, f, a) f(a.half)
#define TWO(half, f, a, b) f(a.half, b.half)
#define THREE(half, f, a, b, c) f(a.half, b.half, c.half)

INLINE Floats f_all(float x) { return (Floats){_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
INLINE Floats f_load(const float *x) { return (Floats){_mm256_loadu_ps(x), _mm256_loadu_ps(x + 8)}; }
INLINE Floats f_add(Floats a, Floats b) { return BOTH(Floats, TWO, _mm256_add_ps, a, b); }
INLINE Floats f_sub(Floats a, Floats b) { return BOTH(Floats, TWO, _mm256_sub_ps, a, b); }
INLINE Floats f_mul(Floats a, Floats b) { return BOTH(Floats, TWO, _mm256_mul_ps, a, b); }
INLINE Floats f_div(Floats a, Floats b) { return BOTH(Floats, TWO, _mm256_div_ps, a, b); }
INLINE Floats f_min(Floats a, Floats b) { return BOTH(Floats, TWO, _mm256_min_ps, a, b); }
INLINE Floats f_max(Floats a, Floats b) { return BOTH(Floats, TWO, _mm256_max_ps, a, b); }
INLINE Floats f_from_ints(Ints v) { return BOTH(Floats, ONE, _mm256_cvtepi32_ps, v); }
INLINE Floats f_bits(Ints v) { return BOTH(Floats, ONE, _mm256_castsi256_ps, v); }

INLINE Floats f_fma(Floats a, Floats b, Floats c) {
    return BOTH(Floats, THREE, _mm256_fmadd_ps, a, b, c);
}

INLINE Floats f_fnma(Floats a, Floats b, Floats c) {
    return BOTH(Floats, THREE, _mm256_fnmadd_ps, a, b, c);
}

INLINE Floats f_abs(Floats v) {
    __m256 sign = _mm256_set1_ps(-0.0f);
    return (Floats){_mm256_andnot_ps(sign, v.low), _mm256_andnot_ps(sign, v.high)};
}

INLINE Floats f_round(Floats v) {
    return (Floats){_mm256_round_ps(v.low, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
                    _mm256_round_ps(v.high, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}

/* v · 2^n, n whole, from −126 to 127. */
INLINE __m256 scale_8(__m256 v, __m256 n) {
    __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_mul_ps(v, _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
}

INLINE Floats f_scale(Floats v, Floats n) {
    return (Floats){scale_8(v.low, n.low), scale_8(v.high, n.high)};
}

INLINE Floats f_first(Floats v, int64_t left) {
    return (Floats){_mm256_and_ps(v.low, _mm256_castsi256_ps(tail(left))),
                    _mm256_and_ps(v.high, _mm256_castsi256_ps(tail(left - 8)))};
}

INLINE Floats f_load_first(const float *x, int64_t left) {
    if (left >= 16) return f_load(x);
    return (Floats){_mm256_maskload_ps(x, tail(left)), _mm256_maskload_ps(x + 8, tail(left - 8))};
}

/* The other lanes are those of `rest`. */
INLINE Floats f_load_over(Floats rest, const float *x, int64_t left) {
    Floats v = f_load_first(x, left);
    if (left >= 16) return v;
    return (Floats){_mm256_blendv_ps(rest.low, v.low, _mm256_castsi256_ps(tail(left))),
                    _mm256_blendv_ps(rest.high, v.high, _mm256_castsi256_ps(tail(left - 8)))};
}

INLINE void f_store(float *x, Floats v) {
    _mm256_storeu_ps(x, v.low);
    _mm256_storeu_ps(x + 8, v.high);
}

INLINE void f_store_first(float *x, int64_t left, Floats v) {
    if (left >= 16) {
        f_store(x, v);
        return;
    }
    _mm256_maskstore_ps(x, tail(left), v.low);
    _mm256_maskstore_ps(x + 8, tail(left - 8), v.high);
}

INLINE Floats f_where_negative(Floats x, Floats negative, Floats other) {
    __m256 zero = _mm256_setzero_ps();
    return (Floats){
        _mm256_blendv_ps(other.low, negative.low, _mm256_cmp_ps(x.low, zero, _CMP_LT_OQ)),
        _mm256_blendv_ps(other.high, negative.high, _mm256_cmp_ps(x.high, zero, _CMP_LT_OQ))};
}

INLINE Quad f_quarters(Floats v) { /* their sum */
    __m256 half = _mm256_add_ps(v.low, v.high);
    return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

INLINE float f_most(Floats v) {
    __m256 half = _mm256_max_ps(v.low, v.high);
    return q_most(_mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1)));
}

INLINE Floats f_repeat(Quad v) {
    return (Floats){_mm256_set_m128(v, v), _mm256_set_m128(v, v)};
}

INLINE Floats f_spread(Quad v) { /* each of the four in a quarter */
    return (Floats){_mm256_set_m128(_mm_shuffle_ps(v, v, 0x55), _mm_shuffle_ps(v, v, 0x00)),
                    _mm256_set_m128(_mm_shuffle_ps(v, v, 0xFF), _mm_shuffle_ps(v, v, 0xAA))};
}

INLINE void f_split(Floats v, Quad quarters[4]) {
    quarters[0] = _mm256_castps256_ps128(v.low);
    quarters[1] = _mm256_extractf128_ps(v.low, 1);
    quarters[2] = _mm256_castps256_ps128(v.high);
    quarters[3] = _mm256_extractf128_ps(v.high, 1);
}

/* ── Ints ─────────────────────────────────────────────────────────────────────────────────── */

INLINE Ints i_all(int32_t x) { return (Ints){_mm256_set1_epi32(x), _mm256_set1_epi32(x)}; }

INLINE Ints i_repeat(QuadInts v) {
    return (Ints){_mm256_set_m128i(v, v), _mm256_set_m128i(v, v)};
}

INLINE Ints i_add(Ints a, Ints b) { return BOTH(Ints, TWO, _mm256_add_epi32, a, b); }
INLINE Ints i_sub(Ints a, Ints b) { return BOTH(Ints, TWO, _mm256_sub_epi32, a, b); }
INLINE Ints i_or(Ints a, Ints b) { return BOTH(Ints, TWO, _mm256_or_si256, a, b); }

INLINE Ints i_load(const void *at) {
    return (Ints){_mm256_loadu_si256(at), _mm256_loadu_si256((const __m256i *)at + 1)};
}

INLINE Ints i_left(Ints v, int n) {
    return (Ints){_mm256_slli_epi32(v.low, n), _mm256_slli_epi32(v.high, n)};
}

INLINE Ints i_right(Ints v, int n) {
    return (Ints){_mm256_srai_epi32(v.low, n), _mm256_srai_epi32(v.high, n)};
}

INLINE Ints i_from_halves(Halves v) {
    return (Ints){_mm256_cvtepu16_epi32(_mm256_castsi256_si128(v)),
                  _mm256_cvtepu16_epi32(_mm256_extracti128_si256(v, 1))};
}

INLINE Ints i_load_first(const int32_t *x, int64_t left) {
    if (left >= 16) return i_load(x);
    return (Ints){_mm256_maskload_epi32(x, tail(left)), _mm256_maskload_epi32(x + 8, tail(left - 8))};
}

INLINE void i_store_first(int32_t *x, int64_t left, Ints v) {
    _mm256_maskstore_epi32(x, tail(left), v.low);
    _mm256_maskstore_epi32(x + 8, tail(left - 8), v.high);
}

INLINE __m256i whole_8(__m256 v) {
    __m256i number = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_ORD_Q));
    return _mm256_and_si256(_mm256_cvtps_epi32(v), number);
}

/* Rounded to even; nan as 0. */
INLINE Ints i_from_floats(Floats v) { return (Ints){whole_8(v.low), whole_8(v.high)}; }

INLINE QuadInts count_quarters(Count v) {
    return _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
}

INLINE int32_t i_sum(Ints v) {
    return q_sum_ints(count_quarters(_mm256_add_epi32(v.low, v.high)));
}

/* The lowest byte of each lane: side by side, or one in each four bytes. */
INLINE void i_store_bytes(void *at, Ints v) {
    __m256i byte = _mm256_set1_epi32(0xFF);
    __m256i pairs = _mm256_packus_epi32(_mm256_and_si256(v.low, byte), _mm256_and_si256(v.high, byte));
    pairs = _mm256_permute4x64_epi64(pairs, 0xD8);
    _mm_storeu_si128(at, _mm_packus_epi16(_mm256_castsi256_si128(pairs),
                                          _mm256_extracti128_si256(pairs, 1)));
}

INLINE void i_store_fourths(void *at, Ints v, int place) {
    __m128i bits = _mm_cvtsi32_si128(8 * place);
    __m256i one = _mm256_sll_epi32(_mm256_set1_epi32(0xFF), bits);
    Ints old = i_load(at);
    v.low = _mm256_blendv_epi8(old.low, _mm256_sll_epi32(v.low, bits), one);
    v.high = _mm256_blendv_epi8(old.high, _mm256_sll_epi32(v.high, bits), one);
    _mm256_storeu_si256(at, v.low);
    _mm256_storeu_si256((__m256i *)at + 1, v.high);
}

/* ── Halves ───────────────────────────────────────────────────────────────────────────────── */

INLINE Floats widen(Halves v) { return f_bits(i_left(i_from_halves(v), 16)); }

INLINE __m256i narrow_8(__m256 x) { /* in the lower half of each lane */
    __m256i bits = _mm256_castps_si256(x);
    __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    bits = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF)));
    __m256i lost = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    bits = _mm256_blendv_epi8(bits, _mm256_set1_epi32(0x7FC00000), lost);
    return _mm256_srli_epi32(bits, 16);
}

/* Round to nearest even, as torch does. */
INLINE Halves narrow(Floats x) {
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(narrow_8(x.low), narrow_8(x.high)), 0xD8);
}

INLINE void h_store(void *at, Halves v) { _mm256_storeu_si256(at, v); }

INLINE Halves h_load_first(const uint16_t *x, int64_t left) {
    __m256i v = _mm256_setzero_si256();
    if (left >= 16) return _mm256_loadu_si256((const void *)x);
    if (left > 0) memcpy(&v, x, (size_t)left * 2);
    return v;
}

INLINE void h_store_first(uint16_t *x, int64_t left, Halves v) {
    if (left >= 16) h_store(x, v);
    else if (left > 0) memcpy(x, &v, (size_t)left * 2);
}

/* ── products ─────────────────────────────────────────────────────────────────────────────── */

/* Sums of four products of bytes; without VNNI those of two neighbours have to fit into 16 bits. */
#ifdef __AVXVNNI__
INLINE __m256i dot_8(__m256i x, __m256i w) {
    return _mm256_dpbusd_avx_epi32(_mm256_setzero_si256(), x, w);
}

INLINE __m256i dot_unsigned_8(__m256i x, __m256i w) { return dot_8(x, w); }
#else
INLINE __m256i fours(__m256i pairs) { return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)); }

INLINE __m256i dot_8(__m256i x, __m256i w) { /* |x| · (w with the sign of x): at most 2 · 127² */
    return fours(_mm256_maddubs_epi16(_mm256_abs_epi8(x), _mm256_sign_epi8(w, x)));
}

INLINE __m256i dot_unsigned_8(__m256i x, __m256i w) { /* at most 255 · 127: one of two at a time */
    __m256i even = _mm256_and_si256(x, _mm256_set1_epi16(0xFF));
    __m256i odd = _mm256_andnot_si256(_mm256_set1_epi16(0xFF), x);
    return _mm256_add_epi32(fours(_mm256_maddubs_epi16(even, w)),
                            fours(_mm256_maddubs_epi16(odd, w)));
}
#endif

/* Add 64 products of bytes: x from whole_bytes, w within ±127. */
INLINE Count count(Count sum, Ints x, Ints w) {
    return _mm256_add_epi32(sum, _mm256_add_epi32(dot_8(x.low, w.low), dot_8(x.high, w.high)));
}

INLINE Count no_count(void) { return _mm256_setzero_si256(); }

/* high · 2^n + low. */
INLINE Count count_digits(Count high, Count low, int n) {
    return _mm256_add_epi32(_mm256_slli_epi32(high, n), low);
}

/* To each lane its four products: x from 0 to 255, w within ±127. */
INLINE Ints i_dot(Ints sum, Ints x, Ints w) {
    return i_add(sum, (Ints){dot_unsigned_8(x.low, w.low), dot_unsigned_8(x.high, w.high)});
}

/* To each lane its two products of bfloat16, first of the upper halves, then of the lower ones. */
INLINE __m256 dot_halves_8(__m256 sum, __m256i w, __m256i x) {
    __m256i upper = _mm256_set1_epi32((int)0xFFFF0000u);
    sum = _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_and_si256(w, upper)),
                          _mm256_castsi256_ps(_mm256_and_si256(x, upper)), sum);
    return _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_slli_epi32(w, 16)),
                           _mm256_castsi256_ps(_mm256_slli_epi32(x, 16)), sum);
}

INLINE Floats f_dot_halves(Floats sum, Ints w, Ints x) {
    return (Floats){dot_halves_8(sum.low, w.low, x.low), dot_halves_8(sum.high, w.high, x.high)};
}

/* The 16 sums of four outputs of four rows, each row in a quarter: [row][output]. */
INLINE Ints count_16(Count counts[4][4]) {
    __m128i rows[4];
    for (int r = 0; r < 4; r++)
        rows[r] = q_sums_ints(count_quarters(counts[0][r]), count_quarters(counts[1][r]),
                              count_quarters(counts[2][r]), count_quarters(counts[3][r]));
    return (Ints){_mm256_set_m128i(rows[1], rows[0]), _mm256_set_m128i(rows[3], rows[2])};
}
