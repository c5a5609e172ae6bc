/* What is computed of sixteen numbers at a time, and of rows of them. What is no number stays none:
   nan and infinity have to come out of a damaged model at its end, where they are looked for. */

#pragma once

#include "lanes.h"

enum { FLOAT32 = 0, BFLOAT16 = 1, INT8 = 2 };

INLINE int64_t round_up(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

/* exp(x) to 2 units in the last place: 2^n · p(r), r within ± ln 2 / 2 (Cephes). The bounds stand on
   the left, so that nan stays. */
INLINE Floats exp_16(Floats x) {
    x = f_max(f_all(-87.3f), f_min(f_all(88.0f), x));
    Floats n = f_round(f_mul(x, f_all(1.44269504f)));
    Floats r = f_fnma(n, f_all(0.693359375f), x);
    r = f_fnma(n, f_all(-2.12194440e-4f), r);
    Floats p = f_all(1.9875691500e-4f);
    p = f_fma(p, r, f_all(1.3981999507e-3f));
    p = f_fma(p, r, f_all(8.3334519073e-3f));
    p = f_fma(p, r, f_all(4.1665795894e-2f));
    p = f_fma(p, r, f_all(1.6666665459e-1f));
    p = f_fma(p, r, f_all(5.0000001201e-1f));
    p = f_fma(p, f_mul(r, r), f_add(r, f_all(1.0f)));
    return f_scale(p, n);
}

/* x · Φ(x), the exact GELU; erf after Abramowitz and Stegun 7.1.26, within 1.5e-7. */
INLINE Floats gelu_16(Floats x) {
    Floats z = f_mul(f_abs(x), f_all(0.70710678f));
    Floats t = f_div(f_all(1.0f), f_fma(z, f_all(0.3275911f), f_all(1.0f)));
    Floats p = f_all(1.061405429f);
    p = f_fma(p, t, f_all(-1.453152027f));
    p = f_fma(p, t, f_all(1.421413741f));
    p = f_fma(p, t, f_all(-0.284496736f));
    p = f_fma(p, t, f_all(0.254829592f));
    Floats tail_area = f_mul(f_mul(p, t), exp_16(f_sub(f_all(0.0f), f_mul(z, z)))); /* 1 − erf(z) */
    Floats lower = f_mul(tail_area, f_all(0.5f));
    return f_mul(x, f_where_negative(x, lower, f_sub(f_all(1.0f), lower)));
}

INLINE void gelu_row(float *x, int64_t count) {
    for (int64_t i = 0; i < count; i += 16)
        f_store_first(x + i, count - i, gelu_16(f_load_first(x + i, count - i)));
}

/* ── sums ─────────────────────────────────────────────────────────────────────────────────── */

INLINE float f_sum(Floats v) { return q_sum(f_quarters(v)); }

/* The sums of four vectors, each in the same order whatever stands beside it. */
INLINE Quad f_sums(Floats a, Floats b, Floats c, Floats d) {
    return q_sums(f_quarters(a), f_quarters(b), f_quarters(c), f_quarters(d));
}

INLINE QuadInts count_sums(Count a, Count b, Count c, Count d) {
    return q_sums_ints(count_quarters(a), count_quarters(b), count_quarters(c), count_quarters(d));
}

/* In place: scores[t] → e^(score − the largest score) for t < length, and 0 from there to the next
   multiple of 16. Returns their sum; nan where a score is none. */
INLINE float exponentials(float *scores, int64_t length) {
    Floats most = f_all(-INFINITY), sum = f_all(0.0f);
    for (int64_t t = 0; t < length; t += 16)
        most = f_max(most, f_load_over(f_all(-INFINITY), scores + t, length - t));
    most = f_all(f_most(most));
    for (int64_t t = 0; t < length; t += 16) {
        Floats e = exp_16(f_sub(f_load_first(scores + t, length - t), most));
        e = f_first(e, length - t);
        f_store(scores + t, e);
        sum = f_add(sum, e);
    }
    return f_sum(sum);
}

/* ── whole numbers ────────────────────────────────────────────────────────────────────────── */

/* The largest magnitude, at least 1e-12; nan where any of them is nan or infinite, so that the scale
   made of it, and all that is multiplied by it, is nan as well. */
INLINE float largest(const float *x, int64_t count) {
    Floats most = f_all(0.0f), lost = f_all(0.0f);
    for (int64_t i = 0; i < count; i += 16) {
        Floats v = f_load_first(x + i, count - i);
        most = f_max(most, f_abs(v));
        lost = f_fma(v, f_all(0.0f), lost); /* 0, or nan for ever */
    }
    float found = f_most(most);
    return (found > 1e-12f ? found : 1e-12f) + f_sum(lost);
}

/* Values times a rate, as whole numbers; nan as 0, since its scale is nan. The only place where a
   value becomes a whole number. */
INLINE Ints whole(Floats values, Floats rate) { return i_from_floats(f_mul(values, rate)); }

/* The same as bytes of `count`, to be stored. */
INLINE Ints whole_bytes(Floats values, Floats rate) {
    return i_add(whole(values, rate), i_all(OFFSET));
}
