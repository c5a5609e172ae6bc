/* See blocks.h. */

#include "blocks.h"

/* The six-bit scales and minima of a Q4_K or Q5_K block: twelve bytes → eight of each. */
static void load_k(const uint8_t *at, float *scales, float *minima) {
    const uint8_t *bits = at + 4;
    uint8_t parts[16];
    for (int u = 0; u < 4; u++) {
        parts[u] = bits[u] & 63;
        parts[8 + u] = bits[u + 4] & 63;
        parts[4 + u] = (uint8_t)((bits[u + 8] & 15) | (bits[u] >> 6 << 4));
        parts[12 + u] = (uint8_t)((bits[u + 8] >> 4) | (bits[u + 4] >> 6 << 4));
    }
    __m128i both = _mm_loadu_si128((const void *)parts);
    __m256 a = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(both));
    __m256 b = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_srli_si128(both, 8)));
    _mm256_storeu_ps(scales, _mm256_mul_ps(a, _mm256_set1_ps(half(at))));
    _mm256_storeu_ps(minima, _mm256_mul_ps(b, _mm256_set1_ps(-half(at + 2))));
}

void load_scales(const Blocks *m, int64_t row, float *scales, float *minima) {
    const uint8_t *at = m->data + row * m->row_bytes;
    int64_t type = m->type, units = units_of(m), bytes = block_bytes(type);
    int64_t room = up_to(units, 8);
    if (type == Q4_K || type == Q5_K) {
        for (int64_t u = 0; u < units; u += 8, at += bytes) load_k(at, scales + u, minima + u);
    } else if (type == Q6_K) {
        for (int64_t u = 0; u < units; u += 16, at += bytes)
            for (int64_t i = 0; i < 16; i += 8) {
                __m128i parts = _mm_loadl_epi64((const void *)(at + 192 + i));
                __m256 eight = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(parts));
                _mm256_storeu_ps(scales + u + i, _mm256_mul_ps(eight, _mm256_set1_ps(half(at + 208))));
            }
    } else {
        for (int64_t first = 0; first < units; first += 8) {
            uint16_t a[8] = {0}, b[8] = {0};
            int64_t count = units - first < 8 ? units - first : 8;
            for (int64_t i = 0; i < count; i++, at += bytes) {
                memcpy(a + i, at, 2);
                if (type == Q4_1 || type == Q5_1) memcpy(b + i, at + 2, 2);
            }
            _mm256_storeu_ps(scales + first, _mm256_cvtph_ps(_mm_loadu_si128((const void *)a)));
            if (type == Q4_1 || type == Q5_1)
                _mm256_storeu_ps(minima + first, _mm256_cvtph_ps(_mm_loadu_si128((const void *)b)));
        }
        return;
    }
    for (int64_t u = units; u < room; u++) scales[u] = minima[u] = 0;
}

void text_row(const Blocks *m, int64_t row, float *y) {
    enum { MOST = 1 << 13 }; /* units of the longest row, see library.py's LONGEST */
    int64_t unit = unit_of(m->type);
    float scales[MOST], minima[MOST];
    load_scales(m, row, scales, minima);
    uint8_t q[32];
    for (int64_t i = 0; i < m->inputs; i++) {
        if (i % 32 == 0)
            _mm256_storeu_si256((void *)q, load_32(m->type, m->data + row * m->row_bytes, i / 32));
        int value = m->type == Q8_0 && !VNNI ? (int8_t)q[i % 32] : q[i % 32] - zero_of(m->type);
        float low = has_minimum(m->type) ? minima[i / unit] : 0;
        y[i] = fmaf(scales[i / unit], (float)value, low);
    }
}
