/* See panels.h. */

#include "panels.h"

/* Sixteen rows of sixteen values, each way. */
INLINE void turn(const float *from, int64_t from_stride, int64_t rows, float *to, int64_t to_stride) {
#if defined(__AVX512VNNI__)
    __m512 r[16], t[16], u[16];
    for (int i = 0; i < 16; i++) r[i] = i < rows ? f_load(from + i * from_stride) : f_all(0.0f);
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
    }
#define PAIRS(part, a, b) \
    _mm512_castpd_ps(_mm512_unpack##part##_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)))
    for (int i = 0; i < 16; i += 4)
        for (int j = 0; j < 2; j++) {
            u[i + 2 * j] = PAIRS(lo, t[i + j], t[i + 2 + j]);
            u[i + 2 * j + 1] = PAIRS(hi, t[i + j], t[i + 2 + j]);
        }
#undef PAIRS
    for (int i = 0; i < 4; i++) {
        __m512 a = _mm512_shuffle_f32x4(u[i], u[4 + i], 0x88);
        __m512 b = _mm512_shuffle_f32x4(u[i], u[4 + i], 0xDD);
        __m512 c = _mm512_shuffle_f32x4(u[8 + i], u[12 + i], 0x88);
        __m512 d = _mm512_shuffle_f32x4(u[8 + i], u[12 + i], 0xDD);
        f_store(to + i * to_stride, _mm512_shuffle_f32x4(a, c, 0x88));
        f_store(to + (8 + i) * to_stride, _mm512_shuffle_f32x4(a, c, 0xDD));
        f_store(to + (4 + i) * to_stride, _mm512_shuffle_f32x4(b, d, 0x88));
        f_store(to + (12 + i) * to_stride, _mm512_shuffle_f32x4(b, d, 0xDD));
    }
#else
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++)
            to[j * to_stride + i] = i < rows ? from[i * from_stride + j] : 0.0f;
#endif
}

void load_panel(float *panel, const float *x, int64_t stride, int64_t rows, int64_t count) {
    int64_t k = 0;
    for (; k + 16 <= count; k += 16)
        for (int64_t r = 0; r < PANEL; r += 16)
            turn(x + r * stride + k, stride, rows - r, panel + k * PANEL + r, PANEL);
    for (; k < count; k++)
        for (int64_t r = 0; r < PANEL; r++) panel[k * PANEL + r] = r < rows ? x[r * stride + k] : 0.0f;
}

void unload_panel(const float *panel, int64_t rows, int64_t count, float *y, int64_t stride) {
    for (int64_t r = 0; r < rows; r += 16) {
        int64_t k = 0;
        for (; k + 16 <= count && r + 16 <= rows; k += 16)
            turn(panel + k * PANEL + r, PANEL, 16, y + r * stride + k, stride);
        for (; k < count; k++)
            for (int64_t i = r; i < r + 16 && i < rows; i++) y[i * stride + k] = panel[k * PANEL + i];
    }
}

void product_panels(const Matrix *m, const float *panels, int64_t rows, int64_t from, int64_t to,
                    float *sums) {
    const float *weight = (const float *)m->weight + from * m->padded;
    int64_t outputs = to - from, count = panels_of(rows);
    for (int64_t i = 0; i < count; i++)
        for (int64_t o = 0; o < outputs; o++)
            for (int64_t r = 0; r < PANEL; r += 16)
                f_store(sums + (i * outputs + o) * PANEL + r, f_all(m->bias ? m->bias[from + o] : 0.0f));
    for (int64_t k = 0; k < m->inputs; k += DEEP) {
        int64_t depth = m->inputs - k < DEEP ? m->inputs - k : DEEP;
        for (int64_t i = 0; i < count; i++)
            tiles(weight + k, m->padded, 1, panels + (i * m->inputs + k) * PANEL, depth, outputs,
                  vectors_of(rows - i * PANEL), 1, sums + i * outputs * PANEL);
    }
}
