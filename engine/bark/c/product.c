/* The input of a product, and the product. */

#include "product.h"

enum { TILE = 64 }; /* rows of input that a product works on together */
enum { AHEAD = 16384 }; /* bytes between a weight in use and the one that is fetched meanwhile */

INLINE int64_t value_bytes(int64_t type) { return type == FLOAT32 ? 4 : type == BFLOAT16 ? 2 : 1; }

void load_row(Input to, int64_t row, const float *x, int64_t count, int64_t padded, int64_t type) {
    uint8_t *at = to.values + row * padded * value_bytes(type);
    if (type == FLOAT32) {
        memcpy(at, x, count * 4);
        memset(at + count * 4, 0, (padded - count) * 4);
        return;
    }
    __m512 rate = _mm512_setzero_ps();
    if (type == INT8) {
        float scale = largest(x, count) / 127.0f;
        rate = _mm512_set1_ps(1.0f / scale);
        to.scales[row] = scale;
    }
    for (int64_t i = 0; i < padded; i += 16) {
        __m512 v = i < count ? _mm512_maskz_loadu_ps(tail(count - i), x + i) : _mm512_setzero_ps();
        if (type == INT8) _mm_storeu_si128((void *)(at + i), whole_bytes(v, rate));
        else _mm256_storeu_si256((void *)(at + 2 * i), narrow(v));
    }
}

void norm_row(float *y, const float *x, const float *weight, const float *bias, int64_t width) {
    __m512 sum = _mm512_setzero_ps();
    for (int64_t i = 0; i < width; i += 16)
        sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(tail(width - i), x + i));
    __m512 mean = _mm512_set1_ps(_mm512_reduce_add_ps(sum) / width);
    __m512 square = _mm512_setzero_ps();
    for (int64_t i = 0; i < width; i += 16) {
        __mmask16 m = tail(width - i);
        __m512 d = _mm512_maskz_sub_ps(m, _mm512_maskz_loadu_ps(m, x + i), mean);
        square = _mm512_fmadd_ps(d, d, square);
    }
    __m512 rate = _mm512_set1_ps(1.0f / sqrtf(_mm512_reduce_add_ps(square) / width + 1e-5f));
    for (int64_t i = 0; i < width; i += 16) {
        __mmask16 m = tail(width - i);
        __m512 v = _mm512_sub_ps(_mm512_maskz_loadu_ps(m, x + i), mean);
        v = _mm512_mul_ps(_mm512_mul_ps(v, rate), _mm512_maskz_loadu_ps(m, weight + i));
        if (bias) v = _mm512_add_ps(v, _mm512_maskz_loadu_ps(m, bias + i));
        _mm512_mask_storeu_ps(y + i, m, v);
    }
}

/* ── the product ──────────────────────────────────────────────────────────────────────────── */

/* Four outputs of n ≤ 4 rows: weights w, w + step, …; the sums are [output][row], still vectors. A
   constant n keeps all sums in registers. few: the weights come from memory once and are read
   straight on, which is what the processor's own prefetcher likes; else they are fetched ahead of
   time and shared by the four. Either way each sum has the same order. */
INLINE void add_up_4(const uint8_t *w, int64_t step,
                                                        const uint8_t *x, int64_t row_bytes,
                                                        int64_t type, int few, int n,
                                                        __m512 sums[4][4], __m512i counts[4][4]) {
    for (int o = 0; o < 4; o++)
        for (int r = 0; r < n; r++) {
            sums[o][r] = _mm512_setzero_ps();
            counts[o][r] = _mm512_setzero_si512();
        }
    if (few) {
        for (int o = 0; o < 4; o++)
            for (int64_t i = 0; i < row_bytes; i += 64) {
                __m512i weight = _mm512_loadu_si512(w + o * step + i);
                for (int r = 0; r < n; r++)
                    add_up(&sums[o][r], &counts[o][r], weight,
                           _mm512_loadu_si512(x + r * row_bytes + i), type);
            }
    } else {
        for (int64_t i = 0; i < row_bytes; i += 64) {
            __m512i weights[4];
            for (int o = 0; o < 4; o++) {
                weights[o] = _mm512_loadu_si512(w + o * step + i);
                _mm_prefetch((const char *)w + o * step + i + AHEAD, _MM_HINT_T1);
            }
            for (int r = 0; r < n; r++) {
                __m512i values = _mm512_loadu_si512(x + r * row_bytes + i);
                for (int o = 0; o < 4; o++)
                    add_up(&sums[o][r], &counts[o][r], weights[o], values, type);
            }
        }
    }
}

/* The 16 sums of four rows, each row in a quarter: [row][output]. */
static inline __m512i sum_16(__m512i counts[4][4]) {
    __m512i rows[4];
    for (int r = 0; r < 4; r++) {
        __m512i a = _mm512_add_epi32(_mm512_unpacklo_epi32(counts[0][r], counts[1][r]),
                                     _mm512_unpackhi_epi32(counts[0][r], counts[1][r]));
        __m512i b = _mm512_add_epi32(_mm512_unpacklo_epi32(counts[2][r], counts[3][r]),
                                     _mm512_unpackhi_epi32(counts[2][r], counts[3][r]));
        rows[r] = _mm512_add_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    }
#define FOLD(a, b, low, high) \
    _mm512_add_epi32(_mm512_shuffle_i32x4(a, b, low), _mm512_shuffle_i32x4(a, b, high))
    return FOLD(FOLD(rows[0], rows[1], 0x44, 0xEE), FOLD(rows[2], rows[3], 0x44, 0xEE), 0x88, 0xDD);
}

/* Four outputs of some rows. keep: how many of the four. */
INLINE void outputs_4(const Matrix *m, Input in, int64_t type,
                                                            int few, int64_t output, int keep,
                                                            int64_t first, int n, float *results,
                                                            int64_t stride, int add, int64_t from) {
    int64_t row_bytes = m->padded * value_bytes(type);
    /* The last outputs of a matrix are read four at a time as well, the missing ones twice. */
    int64_t start = output + 4 <= m->outputs || m->outputs < 4 ? output : m->outputs - 4;
    int64_t step = m->outputs >= 4 ? row_bytes : 0;
    __m512 floats[4][4];
    __m512i counts[4][4];
    add_up_4((const uint8_t *)m->weight + start * row_bytes, step, in.values + first * row_bytes,
             row_bytes, type, few, n, floats, counts);
    if (type == INT8 && n == 4 && keep == 4 && start == output) {
        const __m512i quarters = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
        __m512 own = _mm512_permutexvar_ps(
            quarters, _mm512_castps128_ps512(_mm_loadu_ps(in.scales + first)));
        __m512 total = _mm512_broadcast_f32x4(
            _mm_cvtepi32_ps(_mm_loadu_si128((void *)(m->total + output))));
        __m512 scale = _mm512_mul_ps(_mm512_broadcast_f32x4(_mm_loadu_ps(m->scale + output)), own);
        __m512 y = _mm512_cvtepi32_ps(sum_16(counts));
        y = _mm512_mul_ps(_mm512_fnmadd_ps(_mm512_set1_ps(128.0f), total, y), scale);
        if (m->bias)
            y = _mm512_add_ps(y, _mm512_broadcast_f32x4(_mm_loadu_ps(m->bias + output)));
#define STORE_ROW(r)                                                                     \
    do {                                                                                 \
        float *at = results + (first + r) * stride + output - from;                             \
        __m128 four = _mm512_extractf32x4_ps(y, r);                                      \
        _mm_storeu_ps(at, add ? _mm_add_ps(_mm_loadu_ps(at), four) : four);              \
    } while (0)
        STORE_ROW(0);
        STORE_ROW(1);
        STORE_ROW(2);
        STORE_ROW(3);
        return;
    }
    __m128 sums[4];
    for (int r = 0; r < n; r++)
        sums[r] = type == INT8 ? _mm_cvtepi32_ps(sum_4_int(counts[0][r], counts[1][r],
                                                           counts[2][r], counts[3][r]))
                               : sum_4(floats[0][r], floats[1][r], floats[2][r], floats[3][r]);
    for (int r = 0; r < n; r++) {
        float *at = results + (first + r) * stride + output - from;
        if (keep == 4 && start == output) {
            __m128 y = sums[r];
            if (type == INT8) {
                __m128 total = _mm_cvtepi32_ps(_mm_loadu_si128((void *)(m->total + output)));
                __m128 scale = _mm_mul_ps(_mm_loadu_ps(m->scale + output),
                                          _mm_set1_ps(in.scales[first + r]));
                y = _mm_mul_ps(_mm_fnmadd_ps(_mm_set1_ps(128.0f), total, y), scale);
            }
            if (m->bias) y = _mm_add_ps(y, _mm_loadu_ps(m->bias + output));
            _mm_storeu_ps(at, add ? _mm_add_ps(_mm_loadu_ps(at), y) : y);
            continue;
        }
        float four[4];
        _mm_storeu_ps(four, sums[r]);
        for (int o = 0; o < keep; o++) {
            int64_t out = output + o;
            float y = four[m->outputs >= 4 ? out - start : 0];
            if (type == INT8)
                y = fmaf(-128.0f, (float)m->total[out], y) * (m->scale[out] * in.scales[first + r]);
            if (m->bias) y += m->bias[out];
            at[o] = add ? at[o] + y : y;
        }
    }
}

INLINE void product_of(const Matrix *m, Input in, int64_t type,
                                                             int few, int64_t from, int64_t to,
                                                             int64_t rows, float *results,
                                                             int64_t stride, int add) {
    for (int64_t tile = 0; tile < rows; tile += TILE) { /* these rows stay in the cache */
        int64_t end = tile + TILE < rows ? tile + TILE : rows;
        for (int64_t output = from; output < to; output += 4) {
            int keep = to - output < 4 || m->outputs < 4 ? 1 : 4;
            for (int64_t o = output; o < to && o < output + 4; o += keep)
                for (int64_t first = tile; first < end; first += 4) switch (end - first) {
                        case 1: outputs_4(m, in, type, few, o, keep, first, 1, results, stride, add, from); break;
                        case 2: outputs_4(m, in, type, few, o, keep, first, 2, results, stride, add, from); break;
                        case 3: outputs_4(m, in, type, few, o, keep, first, 3, results, stride, add, from); break;
                        default: outputs_4(m, in, type, few, o, keep, first, 4, results, stride, add, from);
                    }
        }
    }
}

void product(const Matrix *m, Input in, int64_t type, int64_t from, int64_t to, int64_t rows,
                    float *results, int64_t stride, int add) {
#define PRODUCT(T)                                                                      \
    if (rows <= 2) product_of(m, in, T, 1, from, to, rows, results, stride, add);       \
    else product_of(m, in, T, 0, from, to, rows, results, stride, add)
    if (type == INT8) { PRODUCT(INT8); }
    else if (type == BFLOAT16) { PRODUCT(BFLOAT16); }
    else { PRODUCT(FLOAT32); }
}
