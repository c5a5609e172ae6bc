/* Attention of one new position to those in the cache. */

#include "attention.h"

/* ── float32 and bfloat16 ─────────────────────────────────────────────────────────────────── */

INLINE __m512 load_value(const void *values, int64_t at, __mmask16 m, int64_t cached) {
    return cached == FLOAT32 ? _mm512_maskz_loadu_ps(m, (const float *)values + at)
                             : widen(_mm256_maskz_loadu_epi16(m, (const uint16_t *)values + at));
}

void keep_float(void *keys, void *values, int64_t position, int64_t width, int64_t cached,
                const float *k, const float *v) {
    int64_t at = position * width;
    for (int64_t i = 0; i < width; i += 16) {
        __mmask16 m = tail(width - i);
        __m512 a = _mm512_maskz_loadu_ps(m, k + i), b = _mm512_maskz_loadu_ps(m, v + i);
        if (cached == FLOAT32) {
            _mm512_mask_storeu_ps((float *)keys + at + i, m, a);
            _mm512_mask_storeu_ps((float *)values + at + i, m, b);
        } else {
            _mm256_mask_storeu_epi16((uint16_t *)keys + at + i, m, narrow(a));
            _mm256_mask_storeu_epi16((uint16_t *)values + at + i, m, narrow(b));
        }
    }
}

void attend(const float *q, const float *k, const float *v, const void *keys, const void *values,
            int64_t position, int64_t width, int64_t cached, float *scores, void *own, float *y) {
    int64_t length = position + 1;
    float scale = 1.0f / sqrtf((float)width);
    uint8_t *own_value = (uint8_t *)own + width * (cached == FLOAT32 ? 4 : 2);
    keep_float(own, own_value, 0, width, cached, k, v);
    for (int64_t t = 0; t < length; t++) {
        const void *from = t < position ? keys : own;
        int64_t at = t < position ? t * width : 0;
        __m512 sum = _mm512_setzero_ps();
        for (int64_t i = 0; i < width; i += 16) {
            __mmask16 m = tail(width - i);
            sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(m, q + i),
                                  load_value(from, at + i, m, cached), sum);
        }
        scores[t] = _mm512_reduce_add_ps(sum) * scale;
    }
    __m512 share = _mm512_set1_ps(1.0f / exponentials(scores, length));
    for (int64_t i = 0; i < width; i += 64) {
        __m512 acc[4];
        int parts = width - i >= 64 ? 4 : (int)((width - i + 15) / 16);
        for (int j = 0; j < parts; j++) acc[j] = _mm512_setzero_ps();
        for (int64_t t = 0; t < length; t++) {
            const void *from = t < position ? values : own_value;
            int64_t at = t < position ? t * width : 0;
            __m512 weight = _mm512_set1_ps(scores[t]);
            for (int j = 0; j < parts; j++) {
                int64_t d = i + 16 * j;
                acc[j] = _mm512_fmadd_ps(weight, load_value(from, at + d, tail(width - d), cached),
                                         acc[j]);
            }
        }
        for (int j = 0; j < parts; j++)
            _mm512_mask_storeu_ps(y + i + 16 * j, tail(width - i - 16 * j),
                                  _mm512_mul_ps(acc[j], share));
    }
}

/* ── 8 bits ───────────────────────────────────────────────────────────────────────────────── */

/* Scores of four keys for a query of two digits: high · 128 + low. */
INLINE __m128i score_4(const uint8_t *keys, int64_t bytes, const int8_t *high, const int8_t *low) {
    __m512i sums[4];
    for (int j = 0; j < 4; j++) {
        __m512i a = _mm512_setzero_si512(), b = _mm512_setzero_si512();
        for (int64_t i = 0; i < bytes; i += 64) {
            __m512i x = _mm512_loadu_si512(keys + j * bytes + i);
            a = _mm512_dpbusd_epi32(a, x, _mm512_load_si512(high + i));
            b = _mm512_dpbusd_epi32(b, x, _mm512_load_si512(low + i));
        }
        sums[j] = _mm512_add_epi32(_mm512_slli_epi32(a, 7), b);
    }
    return sum_4_int(sums[0], sums[1], sums[2], sums[3]);
}

/* scores[t] of the positions of a head. A constant `bytes` keeps the query in registers. */
INLINE void score_int8(Head head, int64_t length, int64_t bytes, const int8_t *high,
                       const int8_t *low, __m128i shift, __m128 scale, float *scores) {
    for (int64_t t = 0; t < length; t += 4) {
        __m128i four = _mm_sub_epi32(score_4(head.keys + t * bytes, bytes, high, low), shift);
        _mm_storeu_ps(scores + t, _mm_mul_ps(_mm_mul_ps(_mm_cvtepi32_ps(four), scale),
                                             _mm_loadu_ps(head.scales + t)));
    }
}

/* y = share · the values, weighted: upper · 256 + lower. The last four positions are those of `last`.
   parts: of 16 channels, constant. */
INLINE void weigh_int8(const int8_t *values, const int8_t *last, int64_t length, int64_t room,
                       int parts, const uint8_t *upper, const uint8_t *lower, __m512 share,
                       int64_t width, float *y) {
    __m512i a[4], b[4];
    for (int j = 0; j < parts; j++) a[j] = b[j] = _mm512_setzero_si512();
    for (int64_t t = 0; t < length; t += 4) {
        const int8_t *from = t + 4 < length ? values + t * room : last;
        int32_t x, z;
        memcpy(&x, upper + t, 4);
        memcpy(&z, lower + t, 4);
        for (int j = 0; j < parts; j++) {
            __m512i four = _mm512_loadu_si512(from + 64 * j);
            a[j] = _mm512_dpbusd_epi32(a[j], _mm512_set1_epi32(x), four);
            b[j] = _mm512_dpbusd_epi32(b[j], _mm512_set1_epi32(z), four);
        }
    }
    for (int j = 0; j < parts; j++) {
        __m512 sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(a[j]), _mm512_set1_ps(256.0f),
                                     _mm512_cvtepi32_ps(b[j]));
        _mm512_mask_storeu_ps(y + 16 * j, tail(width - 16 * j), _mm512_mul_ps(sum, share));
    }
}

/* Query and weights are whole numbers of two digits, the higher of 8 bits and the lower of 7 or 8, so
   that what is rounded is the cache alone. */
void attend_int8(const float *q, const float *k, const float *v, Head head, int64_t position,
                 int64_t width, float *scores, uint8_t *own, float *y) {
    int64_t length = position + 1, bytes = key_bytes(width), room = value_room(width);
    int64_t capacity = round_up(length, 16), before = position / 4 * 4;
    int8_t high[WIDEST] __attribute__((aligned(64))), low[WIDEST] __attribute__((aligned(64)));

    /* The four positions among which the new one stands. */
    Head last = head_in(own, 4, width);
    memcpy(last.keys, head.keys + before * bytes, 4 * bytes);
    memcpy(last.values, head.values + before * room, 4 * room);
    memcpy(last.scales, head.scales + before, 16);
    memcpy(last.scales + 4, head.scales + head.capacity + before, 16);
    keep(last, position % 4, k, v, width);

    float query_scale = largest(q, width) / 16256.0f; /* 127 · 128 */
    __m512 rate = _mm512_set1_ps(1.0f / query_scale);
    __m512i sum = _mm512_setzero_si512();
    for (int64_t i = 0; i < bytes; i += 16) {
        __m512 x = i < width ? _mm512_maskz_loadu_ps(tail(width - i), q + i) : _mm512_setzero_ps();
        __m512i digits = whole(x, rate);
        __m512i upper = _mm512_srai_epi32(_mm512_add_epi32(digits, _mm512_set1_epi32(64)), 7);
        sum = _mm512_add_epi32(sum, digits);
        _mm_store_si128((void *)(high + i), _mm512_cvtepi32_epi8(upper));
        _mm_store_si128((void *)(low + i), _mm512_cvtepi32_epi8(_mm512_sub_epi32(
                                               digits, _mm512_slli_epi32(upper, 7))));
    }
    __m128i shift = _mm_set1_epi32(128 * _mm512_reduce_add_epi32(sum));
    __m128 scale = _mm_set1_ps(query_scale / sqrtf((float)width));
    if (bytes == 64) score_int8(head, before, 64, high, low, shift, scale, scores);
    else score_int8(head, before, bytes, high, low, shift, scale, scores);
    score_int8(last, 4, bytes, high, low, shift, scale, scores + before);

    float total = exponentials(scores, length);
    for (int64_t t = 0; t < before; t += 16) { /* share · scale of the value */
        __mmask16 m = tail(before - t);
        __m512 w = _mm512_mul_ps(_mm512_maskz_loadu_ps(m, scores + t),
                                 _mm512_maskz_loadu_ps(m, head.scales + head.capacity + t));
        _mm512_mask_storeu_ps(scores + t, m, w);
    }
    for (int64_t t = before; t < length; t++) scores[t] *= last.scales[4 + t - before];
    float weight_scale = largest(scores, length) / 65535.0f;
    uint8_t *upper = (uint8_t *)(scores + capacity), *lower = upper + capacity;
    rate = _mm512_set1_ps(1.0f / weight_scale);
    for (int64_t t = 0; t < length; t += 16) {
        __m512i w = whole(_mm512_loadu_ps(scores + t), rate);
        _mm_storeu_si128((void *)(upper + t), _mm512_cvtepi32_epi8(_mm512_srli_epi32(w, 8)));
        _mm_storeu_si128((void *)(lower + t), _mm512_cvtepi32_epi8(w));
    }
    __m512 share = _mm512_set1_ps(weight_scale / total);
    for (int64_t i = 0; i < room; i += 64) {
        const int8_t *values = head.values + i * 4, *end = last.values + i * 4;
#define WEIGH(parts) \
    weigh_int8(values, end, length, room, parts, upper, lower, share, width - i, y + i)
        switch (room - i) {
            case 16: WEIGH(1); break;
            case 32: WEIGH(2); break;
            case 48: WEIGH(3); break;
            default: WEIGH(4);
        }
    }
}
