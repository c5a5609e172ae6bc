/* What a layer does to single rows. */

#pragma once

#include "step.h"

/* y = x (width), normed. bias NULL: by the root of the mean square. */
INLINE void norm_text(float *y, const float *x, const float *weight, const float *bias, int64_t width,
                      double epsilon) {
    __m256 sum = _mm256_setzero_ps(), mean = _mm256_setzero_ps();
    if (bias) {
        for (int64_t i = 0; i < width; i += 8) sum = _mm256_add_ps(sum, _mm256_loadu_ps(x + i));
        mean = _mm256_set1_ps(sum_8(sum) / (float)width);
        sum = _mm256_setzero_ps();
    }
    for (int64_t i = 0; i < width; i += 8) {
        __m256 v = _mm256_sub_ps(_mm256_loadu_ps(x + i), mean);
        sum = _mm256_fmadd_ps(v, v, sum);
    }
    __m256 rate = _mm256_set1_ps((float)(1.0 / sqrt((double)sum_8(sum) / (double)width + epsilon)));
    for (int64_t i = 0; i < width; i += 8) {
        __m256 v = _mm256_mul_ps(_mm256_sub_ps(_mm256_loadu_ps(x + i), mean), rate);
        v = _mm256_mul_ps(v, _mm256_loadu_ps(weight + i));
        _mm256_storeu_ps(y + i, bias ? _mm256_add_ps(v, _mm256_loadu_ps(bias + i)) : v);
    }
}

/* Turn the pairs of x (width) by the angles of its position. */
INLINE void turn(float *x, const float *angles, int64_t width, int neighbours) {
    int64_t half = width / 2, apart = neighbours ? 1 : half;
    for (int64_t i = 0; i < half; i++) {
        float *at = x + (neighbours ? 2 * i : i), c = angles[i], s = angles[half + i];
        float first = at[0], second = at[apart];
        at[0] = first * c - second * s;
        at[apart] = second * c + first * s;
    }
}

/* up = silu(gate) · up, or gelu(up) without a gate. count: any. */
INLINE void activate(float *up, const float *gate, int64_t count) {
    for (int64_t i = 0; i < count; i += 8) {
        float g[8] = {0}, u[8] = {0};
        size_t bytes = (size_t)(count - i < 8 ? count - i : 8) * 4;
        memcpy(u, up + i, bytes);
        if (gate) memcpy(g, gate + i, bytes);
        __m256 v = _mm256_loadu_ps(u);
        v = gate ? _mm256_mul_ps(silu_8(_mm256_loadu_ps(g)), v) : gelu_8(v);
        _mm256_storeu_ps(u, v);
        memcpy(up + i, u, bytes);
    }
}
