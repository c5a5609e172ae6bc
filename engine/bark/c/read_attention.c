/* Attention of many positions of one row: bfloat16 products, float32 softmax. */

#include "attention.h"

/* Two float32 vectors as pairs of bfloat16: a in the lower halves, b in the upper ones. */
INLINE __m512i pairs(__m512 a, __m512 b) {
    return _mm512_or_si512(_mm512_cvtepu16_epi32(narrow(a)),
                           _mm512_slli_epi32(_mm512_cvtepu16_epi32(narrow(b)), 16));
}

void pack_head(const float *qkv, int64_t stride, int64_t width, int64_t head_width,
               int64_t positions, int64_t room, int32_t *keys, int32_t *values) {
    int64_t pairs_of_head = channel_pairs(head_width);
    memset(keys, 0, pairs_of_head * room * 4);
    for (int64_t t = 0; t < positions; t++) {
        const float *k = qkv + t * stride + width;
        for (int64_t d = 0; d < head_width; d += 16) {
            __m256i narrow_k = narrow(_mm512_maskz_loadu_ps(tail(head_width - d), k + d));
            int32_t pair[8];
            _mm256_storeu_si256((void *)pair, narrow_k);
            for (int64_t i = 0; i < 8 && d + 2 * i < head_width; i++)
                keys[(t / KEYS * pairs_of_head + d / 2 + i) * KEYS + t % KEYS] = pair[i];
        }
    }
    for (int64_t t = 0; t < room; t += 2) {
        const float *v = qkv + t * stride + 2 * width;
        for (int64_t d = 0; d < head_width; d += 16) {
            __mmask16 m = tail(head_width - d);
            __m512 even = t < positions ? _mm512_maskz_loadu_ps(m, v + d) : _mm512_setzero_ps();
            __m512 odd = t + 1 < positions ? _mm512_maskz_loadu_ps(m, v + stride + d)
                                           : _mm512_setzero_ps();
            _mm512_mask_storeu_epi32(values + t / 2 * head_width + d, m, pairs(even, odd));
        }
    }
}

void read_queries(const float *qkv, int64_t stride, int64_t head_width, int64_t query, int n,
                  int causal, int64_t positions, int64_t room, const int32_t *keys,
                  const int32_t *values, float *scores, int32_t *shares, float *y,
                  int64_t y_stride) {
    int64_t seen = causal ? query + n : positions;
    int64_t looked = (seen + KEYS - 1) / KEYS * KEYS;
    int64_t pairs_of_head = channel_pairs(head_width);
    int32_t q[QUERIES][WIDEST / 2];
    float total[QUERIES];
    __m512 scale = _mm512_set1_ps(1.0f / sqrtf((float)head_width));
    for (int r = 0; r < QUERIES; r++) memset(q[r], 0, pairs_of_head * 4);
    for (int r = 0; r < n; r++)
        for (int64_t d = 0; d < head_width; d += 16) {
            __mmask16 m = tail(head_width - d);
            __m512 v = _mm512_maskz_loadu_ps(m, qkv + (query + r) * stride + d);
            _mm256_storeu_si256((void *)(q[r] + d / 2), narrow(_mm512_mul_ps(v, scale)));
        }
    for (int64_t t = 0; t < looked; t += KEYS) {
        __m512 sums[QUERIES][4];
        for (int r = 0; r < QUERIES; r++)
            for (int j = 0; j < 4; j++) sums[r][j] = _mm512_setzero_ps();
        for (int64_t d = 0; d < pairs_of_head; d++) {
            __m512i k[4];
            const int32_t *at = keys + (t / KEYS * pairs_of_head + d) * KEYS;
            for (int j = 0; j < 4; j++) k[j] = _mm512_loadu_si512(at + 16 * j);
            for (int r = 0; r < QUERIES; r++) {
                __m512i own = _mm512_set1_epi32(q[r][d]);
                for (int j = 0; j < 4; j++) add_up(&sums[r][j], NULL, k[j], own, BFLOAT16);
            }
        }
        for (int r = 0; r < QUERIES; r++)
            for (int j = 0; j < 4; j++)
                _mm512_storeu_ps(scores + r * room + t + 16 * j, sums[r][j]);
    }
    for (int r = 0; r < n; r++) {
        float *row = scores + r * room;
        int64_t end = causal ? query + r + 1 : positions;
        total[r] = exponentials(row, end);
        for (int64_t t = 0; t < looked; t += 16) {
            __m512 e = t < end ? _mm512_loadu_ps(row + t) : _mm512_setzero_ps();
            _mm256_storeu_si256((void *)((uint16_t *)(shares + r * room) + t), narrow(e));
        }
    }
    for (int64_t d = 0; d < head_width; d += 64) {
        __m512 sums[QUERIES][4];
        __mmask16 masks[4];
        for (int j = 0; j < 4; j++) {
            int64_t left = head_width - d - 16 * j;
            masks[j] = left > 0 ? tail(left) : 0;
        }
        for (int r = 0; r < QUERIES; r++)
            for (int j = 0; j < 4; j++) sums[r][j] = _mm512_setzero_ps();
        for (int64_t t = 0; t < looked / 2; t++) {
            __m512i v[4];
            for (int j = 0; j < 4; j++)
                v[j] = _mm512_maskz_loadu_epi32(masks[j], values + t * head_width + d + 16 * j);
            for (int r = 0; r < QUERIES; r++) {
                __m512i share = _mm512_set1_epi32(shares[r * room + t]);
                for (int j = 0; j < 4; j++) add_up(&sums[r][j], NULL, v[j], share, BFLOAT16);
            }
        }
        for (int r = 0; r < QUERIES; r++) { /* a constant count, so that the sums are registers */
            if (r >= n) continue;
            __m512 rate = _mm512_set1_ps(1.0f / total[r]);
            for (int j = 0; j < 4; j++)
                _mm512_mask_storeu_ps(y + (query + r) * y_stride + d + 16 * j, masks[j],
                                      _mm512_mul_ps(sums[r][j], rate));
        }
    }
}
