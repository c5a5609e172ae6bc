/* See attend.h. */

#include "attend.h"

static int64_t cell_of(int64_t type) { return type == FLOAT32 ? 4 : type == FLOAT16 ? 2 : 1; }

/* Which head of all heads of all slots and layers. */
static int64_t place_of(const KeyValues *c, int64_t layer, int64_t slot, int64_t head) {
    return (layer * c->slots + slot) * c->heads + head;
}

static float *scales_of(const KeyValues *c, int64_t place, int value) {
    return c->scales + (value * c->layers * c->slots * c->heads + place) * c->capacity;
}

void keep(const KeyValues *c, int64_t layer, int64_t slot, int64_t head, int64_t position, int value,
          const float *x) {
    int64_t place = place_of(c, layer, slot, head);
    uint8_t *to = (value ? c->values : c->keys) +
                  (place * c->capacity + position) * c->width * cell_of(c->type);
    if (c->type == FLOAT32) {
        memcpy(to, x, (size_t)c->width * 4);
        return;
    }
    __m256 rate = _mm256_setzero_ps();
    if (c->type == INT8) {
        __m256 most = _mm256_setzero_ps(), lost = _mm256_setzero_ps();
        for (int64_t i = 0; i < c->width; i += 8) {
            __m256 v = _mm256_loadu_ps(x + i);
            most = _mm256_max_ps(most, magnitude(v));
            lost = _mm256_fmadd_ps(v, _mm256_setzero_ps(), lost);
        }
        float largest = most_8(most);
        rate = _mm256_set1_ps(largest > 0 ? 127.0f / largest : 0);
        scales_of(c, place, value)[position] = largest / 127.0f + sum_8(lost);
    }
    for (int64_t i = 0; i < c->width; i += 8) {
        __m256 v = _mm256_loadu_ps(x + i);
        if (c->type == FLOAT16) {
            _mm_storeu_si128((void *)(to + 2 * i), _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
            continue;
        }
        __m256i q = _mm256_cvtps_epi32(_mm256_mul_ps(v, rate));
        __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
        _mm_storel_epi64((void *)(to + i), _mm_packs_epi16(words, words));
    }
}

INLINE __m256 load_8(const uint8_t *from, int64_t at, int64_t type) {
    if (type == FLOAT32) return _mm256_loadu_ps((const float *)from + at);
    if (type == FLOAT16) return _mm256_cvtph_ps(_mm_loadu_si128((const void *)(from + 2 * at)));
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)(from + at))));
}

/* scores[t] → e^(score − the largest), 0 up to the next multiple of 8. Returns their sum. */
static float exponentials(float *scores, int64_t length) {
    for (int64_t t = length; t < up_to(length, 8); t++) scores[t] = -INFINITY;
    __m256 most = _mm256_set1_ps(-INFINITY), sum = _mm256_setzero_ps();
    for (int64_t t = 0; t < length; t += 8) most = _mm256_max_ps(most, _mm256_loadu_ps(scores + t));
    most = _mm256_set1_ps(most_8(most));
    for (int64_t t = 0; t < length; t += 8) {
        __m256 x = _mm256_loadu_ps(scores + t);
        __m256 there = _mm256_cmp_ps(x, _mm256_set1_ps(-INFINITY), _CMP_NEQ_UQ);
        __m256 e = _mm256_and_ps(exp_8(_mm256_sub_ps(x, most)), there);
        _mm256_storeu_ps(scores + t, e);
        sum = _mm256_add_ps(sum, e);
    }
    return sum_8(sum);
}

INLINE void attend_in(const KeyValues *c, int64_t type, int64_t place, int64_t length,
                      const float *query, float *scores, float *y) {
    int64_t width = c->width, start = place * c->capacity * width * cell_of(type);
    const uint8_t *keys = c->keys + start, *values = c->values + start;
    float scale = 1.0f / sqrtf((float)width);
    for (int64_t t = 0; t < length; t++) {
        __m256 sum = _mm256_setzero_ps(), other = _mm256_setzero_ps();
        int64_t i = 0;
        for (; i + 16 <= width; i += 16) {
            sum = _mm256_fmadd_ps(_mm256_loadu_ps(query + i), load_8(keys, t * width + i, type), sum);
            other = _mm256_fmadd_ps(_mm256_loadu_ps(query + i + 8),
                                    load_8(keys, t * width + i + 8, type), other);
        }
        if (i < width)
            sum = _mm256_fmadd_ps(_mm256_loadu_ps(query + i), load_8(keys, t * width + i, type), sum);
        scores[t] = sum_8(_mm256_add_ps(sum, other)) * scale;
    }
    if (type == INT8)
        for (int64_t t = 0; t < length; t++) scores[t] *= scales_of(c, place, 0)[t];
    float share = 1.0f / exponentials(scores, length);
    if (type == INT8)
        for (int64_t t = 0; t < length; t++) scores[t] *= scales_of(c, place, 1)[t];
    for (int64_t first = 0; first < width; first += 64) {
        int parts = width - first >= 64 ? 8 : (int)((width - first) / 8);
        __m256 sums[8];
        for (int j = 0; j < 8; j++) sums[j] = _mm256_setzero_ps();
#define WEIGH(parts)                                                                              \
    for (int64_t t = 0; t < length; t++) {                                                        \
        __m256 weight = _mm256_set1_ps(scores[t]);                                                \
        for (int j = 0; j < parts; j++)                                                           \
            sums[j] = _mm256_fmadd_ps(weight, load_8(values, t * width + first + 8 * j, type), sums[j]); \
    }
        if (parts == 8) {
            WEIGH(8)
        } else {
            WEIGH(parts)
        }
#undef WEIGH
        for (int j = 0; j < parts; j++)
            _mm256_storeu_ps(y + first + 8 * j, _mm256_mul_ps(sums[j], _mm256_set1_ps(share)));
    }
}

void attend(const KeyValues *c, int64_t layer, int64_t slot, int64_t head, int64_t length,
            const float *query, float *scores, float *y) {
    int64_t place = place_of(c, layer, slot, head);
    if (c->type == FLOAT32) attend_in(c, FLOAT32, place, length, query, scores, y);
    else if (c->type == FLOAT16) attend_in(c, FLOAT16, place, length, query, scores, y);
    else attend_in(c, INT8, place, length, query, scores, y);
}
