/* Lanes in NEON with its dot product: see lanes.h. */

#pragma once

#include <arm_neon.h>

typedef float32x4_t Quad;
typedef int32x4_t QuadInts;
typedef struct { float32x4_t v[4]; } Floats;
typedef struct { int32x4_t v[4]; } Ints;
typedef struct { uint16x8_t v[2]; } Halves;
typedef int32x4_t Count;

enum { BLOCK = 4, VECTORS = 1, OFFSET = 0 };

/* ── Quad ─────────────────────────────────────────────────────────────────────────────────── */

INLINE Quad q_all(float x) { return vdupq_n_f32(x); }
INLINE Quad q_load(const float *x) { return vld1q_f32(x); }
INLINE void q_store(float *x, Quad v) { vst1q_f32(x, v); }
INLINE Quad q_add(Quad a, Quad b) { return vaddq_f32(a, b); }
INLINE Quad q_mul(Quad a, Quad b) { return vmulq_f32(a, b); }
INLINE Quad q_fnma(Quad a, Quad b, Quad c) { return vfmsq_f32(c, a, b); } /* c − a · b */
INLINE Quad q_from_ints(QuadInts v) { return vcvtq_f32_s32(v); }
INLINE QuadInts q_load_ints(const int32_t *x) { return vld1q_s32(x); }
INLINE QuadInts q_sub_ints(QuadInts a, QuadInts b) { return vsubq_s32(a, b); }
INLINE QuadInts q_add_ints(QuadInts a, QuadInts b) { return vaddq_s32(a, b); }
INLINE QuadInts q_left_ints(QuadInts v, int n) { return vshlq_s32(v, vdupq_n_s32(n)); }
INLINE QuadInts q_all_ints(int32_t x) { return vdupq_n_s32(x); }
INLINE int32_t q_sum_ints(QuadInts v) { return vaddvq_s32(v); }

INLINE float q_sum(Quad v) {
    float32x2_t half = vadd_f32(vget_low_f32(v), vget_high_f32(v));
    return vget_lane_f32(half, 0) + vget_lane_f32(half, 1);
}

/* The sums of four quads. */
INLINE Quad q_sums(Quad a, Quad b, Quad c, Quad d) {
    return vpaddq_f32(vpaddq_f32(a, b), vpaddq_f32(c, d));
}

INLINE QuadInts q_sums_ints(QuadInts a, QuadInts b, QuadInts c, QuadInts d) {
    return vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d));
}

/* ── Floats ───────────────────────────────────────────────────────────────────────────────── */

/* An expression of the quarter j, for all four. */
#define EACH(type, expression)                  \
    type all;                                   \
    { enum { j = 0 }; all.v[j] = expression; }  \
    { enum { j = 1 }; all.v[j] = expression; }  \
    { enum { j = 2 }; all.v[j] = expression; }  \
    { enum { j = 3 }; all.v[j] = expression; }  \
    return all

INLINE Floats f_all(float x) { EACH(Floats, vdupq_n_f32(x)); }
INLINE Floats f_load(const float *x) { EACH(Floats, vld1q_f32(x + 4 * j)); }
INLINE Floats f_add(Floats a, Floats b) { EACH(Floats, vaddq_f32(a.v[j], b.v[j])); }
INLINE Floats f_sub(Floats a, Floats b) { EACH(Floats, vsubq_f32(a.v[j], b.v[j])); }
INLINE Floats f_mul(Floats a, Floats b) { EACH(Floats, vmulq_f32(a.v[j], b.v[j])); }
INLINE Floats f_div(Floats a, Floats b) { EACH(Floats, vdivq_f32(a.v[j], b.v[j])); }
INLINE Floats f_min(Floats a, Floats b) { EACH(Floats, vminq_f32(a.v[j], b.v[j])); }
INLINE Floats f_max(Floats a, Floats b) { EACH(Floats, vmaxq_f32(a.v[j], b.v[j])); }
INLINE Floats f_abs(Floats v) { EACH(Floats, vabsq_f32(v.v[j])); }
INLINE Floats f_fma(Floats a, Floats b, Floats c) { EACH(Floats, vfmaq_f32(c.v[j], a.v[j], b.v[j])); }
INLINE Floats f_fnma(Floats a, Floats b, Floats c) { EACH(Floats, vfmsq_f32(c.v[j], a.v[j], b.v[j])); }
INLINE Floats f_round(Floats v) { EACH(Floats, vrndnq_f32(v.v[j])); }
INLINE Floats f_from_ints(Ints v) { EACH(Floats, vcvtq_f32_s32(v.v[j])); }
INLINE Floats f_bits(Ints v) { EACH(Floats, vreinterpretq_f32_s32(v.v[j])); }

/* v · 2^n, n whole, from −126 to 127. */
INLINE float32x4_t scale_4(float32x4_t v, float32x4_t n) {
    int32x4_t exponent = vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127));
    return vmulq_f32(v, vreinterpretq_f32_s32(vshlq_n_s32(exponent, 23)));
}

INLINE Floats f_scale(Floats v, Floats n) { EACH(Floats, scale_4(v.v[j], n.v[j])); }

INLINE size_t first_of_16(int64_t left) {
    return left <= 0 ? 0 : left < 16 ? (size_t)left : 16;
}

/* The other lanes are those of `rest`. */
INLINE Floats f_load_over(Floats rest, const float *x, int64_t left) {
    if (left >= 16) return f_load(x);
    memcpy(&rest, x, first_of_16(left) * 4);
    return rest;
}

INLINE Floats f_load_first(const float *x, int64_t left) { return f_load_over(f_all(0.0f), x, left); }

INLINE Floats f_first(Floats v, int64_t left) {
    Floats first = f_all(0.0f);
    if (left >= 16) return v;
    memcpy(&first, &v, first_of_16(left) * 4);
    return first;
}

INLINE void f_store(float *x, Floats v) {
    for (int j = 0; j < 4; j++) vst1q_f32(x + 4 * j, v.v[j]);
}

INLINE void f_store_first(float *x, int64_t left, Floats v) {
    if (left >= 16) f_store(x, v);
    else memcpy(x, &v, first_of_16(left) * 4);
}

INLINE Floats f_where_negative(Floats x, Floats negative, Floats other) {
    EACH(Floats, vbslq_f32(vcltzq_f32(x.v[j]), negative.v[j], other.v[j]));
}

INLINE Quad f_quarters(Floats v) { /* their sum: halves first */
    return vaddq_f32(vaddq_f32(v.v[0], v.v[2]), vaddq_f32(v.v[1], v.v[3]));
}

INLINE float f_most(Floats v) {
    return vmaxvq_f32(vmaxq_f32(vmaxq_f32(v.v[0], v.v[2]), vmaxq_f32(v.v[1], v.v[3])));
}

INLINE Floats f_repeat(Quad v) { EACH(Floats, v); }
INLINE Floats f_spread(Quad v) { EACH(Floats, vdupq_laneq_f32(v, j)); } /* each in a quarter */

INLINE void f_split(Floats v, Quad quarters[4]) {
    for (int j = 0; j < 4; j++) quarters[j] = v.v[j];
}

/* ── Ints ─────────────────────────────────────────────────────────────────────────────────── */

INLINE Ints i_all(int32_t x) { EACH(Ints, vdupq_n_s32(x)); }
INLINE Ints i_repeat(QuadInts v) { EACH(Ints, v); }
INLINE Ints i_load(const void *at) { EACH(Ints, vld1q_s32((const int32_t *)at + 4 * j)); }
INLINE Ints i_add(Ints a, Ints b) { EACH(Ints, vaddq_s32(a.v[j], b.v[j])); }
INLINE Ints i_sub(Ints a, Ints b) { EACH(Ints, vsubq_s32(a.v[j], b.v[j])); }
INLINE Ints i_or(Ints a, Ints b) { EACH(Ints, vorrq_s32(a.v[j], b.v[j])); }
INLINE Ints i_left(Ints v, int n) { EACH(Ints, vshlq_s32(v.v[j], vdupq_n_s32(n))); }
INLINE Ints i_right(Ints v, int n) { EACH(Ints, vshlq_s32(v.v[j], vdupq_n_s32(-n))); }
INLINE Ints i_from_floats(Floats v) { EACH(Ints, vcvtnq_s32_f32(v.v[j])); } /* even; nan as 0 */

INLINE Ints i_from_halves(Halves v) {
    return (Ints){{vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(v.v[0]))),
                   vreinterpretq_s32_u32(vmovl_high_u16(v.v[0])),
                   vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(v.v[1]))),
                   vreinterpretq_s32_u32(vmovl_high_u16(v.v[1]))}};
}

INLINE Ints i_load_first(const int32_t *x, int64_t left) {
    Ints v = i_all(0);
    if (left >= 16) return i_load(x);
    memcpy(&v, x, first_of_16(left) * 4);
    return v;
}

INLINE void i_store_first(int32_t *x, int64_t left, Ints v) { memcpy(x, &v, first_of_16(left) * 4); }

INLINE int32_t i_sum(Ints v) {
    return vaddvq_s32(vaddq_s32(vaddq_s32(v.v[0], v.v[1]), vaddq_s32(v.v[2], v.v[3])));
}

/* The lowest byte of each lane: side by side, or one in each four bytes. */
INLINE uint8x16_t low_bytes(Ints v) {
    uint16x8_t a = vuzp1q_u16(vreinterpretq_u16_s32(v.v[0]), vreinterpretq_u16_s32(v.v[1]));
    uint16x8_t b = vuzp1q_u16(vreinterpretq_u16_s32(v.v[2]), vreinterpretq_u16_s32(v.v[3]));
    return vuzp1q_u8(vreinterpretq_u8_u16(a), vreinterpretq_u8_u16(b));
}

INLINE void i_store_bytes(void *at, Ints v) { vst1q_u8(at, low_bytes(v)); }

INLINE void i_store_fourths(void *at, Ints v, int place) {
    uint8_t bytes[16];
    vst1q_u8(bytes, low_bytes(v));
    for (int i = 0; i < 16; i++) ((uint8_t *)at)[4 * i + place] = bytes[i];
}

/* ── Halves ───────────────────────────────────────────────────────────────────────────────── */

INLINE Floats widen(Halves v) { return f_bits(i_left(i_from_halves(v), 16)); }

INLINE uint16x4_t narrow_4(float32x4_t x) {
    uint32x4_t bits = vreinterpretq_u32_f32(x);
    uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    bits = vaddq_u32(bits, vaddq_u32(odd, vdupq_n_u32(0x7FFF)));
    return vshrn_n_u32(vbslq_u32(vceqq_f32(x, x), bits, vdupq_n_u32(0x7FC00000)), 16);
}

/* Round to nearest even, as torch does. */
INLINE Halves narrow(Floats x) {
    return (Halves){{vcombine_u16(narrow_4(x.v[0]), narrow_4(x.v[1])),
                     vcombine_u16(narrow_4(x.v[2]), narrow_4(x.v[3]))}};
}

INLINE void h_store(void *at, Halves v) { memcpy(at, &v, 32); }

INLINE Halves h_load_first(const uint16_t *x, int64_t left) {
    Halves v = {{vdupq_n_u16(0), vdupq_n_u16(0)}};
    if (left >= 16) return (Halves){{vld1q_u16(x), vld1q_u16(x + 8)}};
    memcpy(&v, x, first_of_16(left) * 2);
    return v;
}

INLINE void h_store_first(uint16_t *x, int64_t left, Halves v) { memcpy(x, &v, first_of_16(left) * 2); }

/* ── products ─────────────────────────────────────────────────────────────────────────────── */

INLINE int32x4_t dot_4(int32x4_t sum, int32x4_t x, int32x4_t w) {
    return vdotq_s32(sum, vreinterpretq_s8_s32(x), vreinterpretq_s8_s32(w));
}

/* Add 64 products of bytes: x from whole_bytes, w within ±127. */
INLINE Count count(Count sum, Ints x, Ints w) {
    int32x4_t none = vdupq_n_s32(0);
    int32x4_t a = dot_4(dot_4(none, x.v[0], w.v[0]), x.v[1], w.v[1]);
    int32x4_t b = dot_4(dot_4(none, x.v[2], w.v[2]), x.v[3], w.v[3]);
    return vaddq_s32(sum, vaddq_s32(a, b));
}

INLINE Count no_count(void) { return vdupq_n_s32(0); }

/* high · 2^n + low. */
INLINE Count count_digits(Count high, Count low, int n) {
    return vaddq_s32(vshlq_s32(high, vdupq_n_s32(n)), low);
}

/* To each lane its four products: x from 0 to 255, w within ±127. It multiplies x − 128, and adds
   128 · w as 64 · w twice. */
INLINE Ints i_dot(Ints sum, Ints x, Ints w) {
    int32x4_t sign = vdupq_n_s32((int)0x80808080u), half = vdupq_n_s32(0x40404040);
    EACH(Ints, dot_4(dot_4(dot_4(sum.v[j], veorq_s32(x.v[j], sign), w.v[j]), half, w.v[j]), half,
                     w.v[j]));
}

/* To each lane its two products of bfloat16, first of the upper halves, then of the lower ones. */
INLINE float32x4_t dot_halves_4(float32x4_t sum, int32x4_t w, int32x4_t x) {
    int32x4_t upper = vdupq_n_s32((int)0xFFFF0000u);
    sum = vfmaq_f32(sum, vreinterpretq_f32_s32(vandq_s32(w, upper)),
                    vreinterpretq_f32_s32(vandq_s32(x, upper)));
    return vfmaq_f32(sum, vreinterpretq_f32_s32(vshlq_n_s32(w, 16)),
                     vreinterpretq_f32_s32(vshlq_n_s32(x, 16)));
}

INLINE Floats f_dot_halves(Floats sum, Ints w, Ints x) {
    EACH(Floats, dot_halves_4(sum.v[j], w.v[j], x.v[j]));
}

INLINE QuadInts count_quarters(Count v) { return v; }

/* The 16 sums of four outputs of four rows, each row in a quarter: [row][output]. */
INLINE Ints count_16(Count counts[4][4]) {
    EACH(Ints, q_sums_ints(counts[0][j], counts[1][j], counts[2][j], counts[3][j]));
}
