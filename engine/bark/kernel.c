/* The Bark transformers for x86-64 with AVX-512: a decode step, and an int8 layer over a whole row.

   At one new position a row, a transformer is bound by how fast its weights and its KV cache can be
   read. torch reads them well but spends as long again between its many small operations; here the
   threads stay in one region and meet four times a layer.

   Each output of each row is one sum in a fixed order, so a row gets the same bits alone and in any
   batch. Activations are float32 between the products. Built at first use by kernel.py, which also
   says where the program does without it. */

#include <immintrin.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <string.h>

enum { FLOAT32 = 0, BFLOAT16 = 1, INT8 = 2 };
enum { TILE = 64 }; /* rows of input that a product works on together */
enum { AHEAD = 16384 }; /* bytes between a weight in use and the one that is fetched meanwhile */

typedef struct {
    const void *weight;   /* (outputs, padded): rows padded with zeros to a multiple of 64 values */
    const float *scale;   /* (outputs), int8 only */
    const int32_t *total; /* (outputs) sum of a row of weights, int8 only */
    const float *bias;    /* (outputs) or NULL */
    int64_t outputs, inputs, padded;
} Matrix;

typedef struct {
    const float *norm_1_weight, *norm_1_bias, *norm_2_weight, *norm_2_bias; /* bias may be NULL */
    Matrix qkv, out, up, down;
} Layer;

typedef struct {
    const Layer *layers;
    const float *norm_weight, *norm_bias;
    Matrix head;
    int64_t n_layers, width, heads, type, threads;
} Model;

/* ── numbers ──────────────────────────────────────────────────────────────────────────────── */

static inline __mmask16 tail(int64_t left) {
    return left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
}

static inline __m512 widen(__m256i bf16) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bf16), 16));
}

/* Round to nearest even, as torch does; nan does not occur. */
static inline __m256i narrow(__m512 x) {
    __m512i bits = _mm512_castps_si512(x);
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    bits = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(bits, 16));
}

/* exp(x) to 2 units in the last place: 2^n · p(r), r within ± ln 2 / 2 (Cephes). */
static inline __m512 exp_16(__m512 x) {
    x = _mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(88.0f)), _mm512_set1_ps(-87.3f));
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 0);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    __m512 p = _mm512_set1_ps(1.9875691500e-4f);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.3981999507e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(8.3334519073e-3f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(4.1665795894e-2f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.6666665459e-1f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.0000001201e-1f));
    p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, _mm512_set1_ps(1.0f)));
    return _mm512_scalef_ps(p, n);
}

/* x · Φ(x), the exact GELU; erf after Abramowitz and Stegun 7.1.26, within 1.5e-7. */
static inline __m512 gelu_16(__m512 x) {
    __m512 z = _mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(0.70710678f));
    __m512 t = _mm512_div_ps(_mm512_set1_ps(1.0f),
                             _mm512_fmadd_ps(z, _mm512_set1_ps(0.3275911f), _mm512_set1_ps(1.0f)));
    __m512 p = _mm512_set1_ps(1.061405429f);
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-1.453152027f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(1.421413741f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-0.284496736f));
    p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.254829592f));
    __m512 tail_area = _mm512_mul_ps(_mm512_mul_ps(p, t), /* 1 − erf(z) */
                                     exp_16(_mm512_sub_ps(_mm512_setzero_ps(), _mm512_mul_ps(z, z))));
    __m512 lower = _mm512_mul_ps(tail_area, _mm512_set1_ps(0.5f));
    __m512 upper = _mm512_sub_ps(_mm512_set1_ps(1.0f), lower);
    __mmask16 negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
    return _mm512_mul_ps(x, _mm512_mask_blend_ps(negative, upper, lower));
}

/* ── the input of a product ───────────────────────────────────────────────────────────────── */

/* Rows in the type that a product reads, each of `padded` values, and for int8 one scale a row. */
typedef struct {
    uint8_t *values;
    float *scales;
} Input;

static int64_t value_bytes(int64_t type) { return type == FLOAT32 ? 4 : type == BFLOAT16 ? 2 : 1; }

static void load_row(Input to, int64_t row, const float *x, int64_t count, int64_t padded,
                     int64_t type) {
    uint8_t *at = to.values + row * padded * value_bytes(type);
    if (type == FLOAT32) {
        memcpy(at, x, count * 4);
        memset(at + count * 4, 0, (padded - count) * 4);
        return;
    }
    if (type == BFLOAT16) {
        for (int64_t i = 0; i < padded; i += 16) {
            __m512 v = i < count ? _mm512_maskz_loadu_ps(tail(count - i), x + i) : _mm512_setzero_ps();
            _mm256_storeu_si256((void *)(at + 2 * i), narrow(v));
        }
        return;
    }
    __m512 most = _mm512_setzero_ps();
    for (int64_t i = 0; i < count; i += 16)
        most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_maskz_loadu_ps(tail(count - i), x + i)));
    float scale = fmaxf(_mm512_reduce_max_ps(most), 1e-12f) / 127.0f;
    __m512 factor = _mm512_set1_ps(1.0f / scale);
    to.scales[row] = scale;
    for (int64_t i = 0; i < padded; i += 16) { /* 0 is stored as 128: the product wants unsigned */
        __m512 v = i < count ? _mm512_maskz_loadu_ps(tail(count - i), x + i) : _mm512_setzero_ps();
        __m512i q = _mm512_cvtps_epi32(_mm512_mul_ps(v, factor));
        q = _mm512_add_epi32(q, _mm512_set1_epi32(128));
        _mm_storeu_si128((void *)(at + i), _mm512_cvtepi32_epi8(q));
    }
}

static void norm_row(float *y, const float *x, const float *weight, const float *bias,
                     int64_t width) {
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

/* The sums of four vectors, each in the same order whatever stands beside it. */
static inline __m128 sum_4(__m512 a, __m512 b, __m512 c, __m512 d) {
#define HALVE(v) _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1))
#define QUARTER(v) _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1))
    __m256 a2 = HALVE(a), b2 = HALVE(b), c2 = HALVE(c), d2 = HALVE(d);
    return _mm_hadd_ps(_mm_hadd_ps(QUARTER(a2), QUARTER(b2)), _mm_hadd_ps(QUARTER(c2), QUARTER(d2)));
}

static inline __m128i sum_4_int(__m512i a, __m512i b, __m512i c, __m512i d) {
#define HALVE_INT(v) _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti32x8_epi32(v, 1))
#define QUARTER_INT(v) _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1))
    __m256i a2 = HALVE_INT(a), b2 = HALVE_INT(b), c2 = HALVE_INT(c), d2 = HALVE_INT(d);
    return _mm_hadd_epi32(_mm_hadd_epi32(QUARTER_INT(a2), QUARTER_INT(b2)),
                          _mm_hadd_epi32(QUARTER_INT(c2), QUARTER_INT(d2)));
}

static inline __attribute__((always_inline)) void add_up(__m512 *sum, __m512i *count, __m512i w,
                                                         __m512i x, int64_t type) {
    if (type == INT8) {
        *count = _mm512_dpbusd_epi32(*count, x, w);
    } else if (type == FLOAT32) {
        *sum = _mm512_fmadd_ps(_mm512_castsi512_ps(w), _mm512_castsi512_ps(x), *sum);
    } else {
#ifdef __AVX512BF16__
        *sum = _mm512_dpbf16_ps(*sum, (__m512bh)w, (__m512bh)x);
#else /* the odd and the even values of each pair, as the instruction does */
        __m512i odd = _mm512_set1_epi32((int)0xFFFF0000u);
        *sum = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_and_si512(w, odd)),
                               _mm512_castsi512_ps(_mm512_and_si512(x, odd)), *sum);
        *sum = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_slli_epi32(w, 16)),
                               _mm512_castsi512_ps(_mm512_slli_epi32(x, 16)), *sum);
#endif
    }
}

/* Four outputs of n ≤ 4 rows: weights w, w + step, …; the sums are [output][row], still vectors. A
   constant n keeps all sums in registers. few: the weights come from memory once and are read
   straight on, which is what the processor's own prefetcher likes; else they are fetched ahead of
   time and shared by the four. Either way each sum has the same order. */
static inline __attribute__((always_inline)) void add_up_4(const uint8_t *w, int64_t step,
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

/* results[row · stride + output] for four outputs of some rows. keep: how many of the four. add: to
   what is there. */
static inline __attribute__((always_inline)) void outputs_4(const Matrix *m, Input in, int64_t type,
                                                            int few, int64_t output, int keep,
                                                            int64_t first, int n, float *results,
                                                            int64_t stride, int add) {
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
        float *at = results + (first + r) * stride + output;                             \
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
        float *at = results + (first + r) * stride + output;
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
                y = (y - 128.0f * (float)m->total[out]) * (m->scale[out] * in.scales[first + r]);
            if (m->bias) y += m->bias[out];
            at[o] = add ? at[o] + y : y;
        }
    }
}

static inline __attribute__((always_inline)) void product_of(const Matrix *m, Input in, int64_t type,
                                                             int few, int64_t from, int64_t to,
                                                             int64_t rows, float *results,
                                                             int64_t stride, int add) {
    for (int64_t tile = 0; tile < rows; tile += TILE) { /* these rows stay in the cache */
        int64_t end = tile + TILE < rows ? tile + TILE : rows;
        for (int64_t output = from; output < to; output += 4) {
            int keep = to - output < 4 || m->outputs < 4 ? 1 : 4;
            for (int64_t o = output; o < to && o < output + 4; o += keep)
                for (int64_t first = tile; first < end; first += 4) switch (end - first) {
                        case 1: outputs_4(m, in, type, few, o, keep, first, 1, results, stride, add); break;
                        case 2: outputs_4(m, in, type, few, o, keep, first, 2, results, stride, add); break;
                        case 3: outputs_4(m, in, type, few, o, keep, first, 3, results, stride, add); break;
                        default: outputs_4(m, in, type, few, o, keep, first, 4, results, stride, add);
                    }
        }
    }
}

static void product(const Matrix *m, Input in, int64_t type, int64_t from, int64_t to, int64_t rows,
                    float *results, int64_t stride, int add) {
#define PRODUCT(T)                                                                      \
    if (rows <= 2) product_of(m, in, T, 1, from, to, rows, results, stride, add);       \
    else product_of(m, in, T, 0, from, to, rows, results, stride, add)
    if (type == INT8) { PRODUCT(INT8); }
    else if (type == BFLOAT16) { PRODUCT(BFLOAT16); }
    else { PRODUCT(FLOAT32); }
}

/* ── attention ────────────────────────────────────────────────────────────────────────────── */

/* One head of one row: q, k, v of the new position; its keys and values (positions, width), which
   the new ones join; scores: room for all positions. cached: type of the cache. */
static void attend(const float *q, const float *k, const float *v, void *keys, void *values,
                   int64_t position, int64_t width, int64_t cached, float *scores, float *y) {
    float *k32 = keys, *v32 = values;
    uint16_t *k16 = keys, *v16 = values;
    int64_t at = position * width, length = position + 1;
    for (int64_t i = 0; i < width; i += 16) {
        __mmask16 m = tail(width - i);
        __m512 a = _mm512_maskz_loadu_ps(m, k + i), b = _mm512_maskz_loadu_ps(m, v + i);
        if (cached == FLOAT32) {
            _mm512_mask_storeu_ps(k32 + at + i, m, a);
            _mm512_mask_storeu_ps(v32 + at + i, m, b);
        } else {
            _mm256_mask_storeu_epi16(k16 + at + i, m, narrow(a));
            _mm256_mask_storeu_epi16(v16 + at + i, m, narrow(b));
        }
    }
    float scale = 1.0f / sqrtf((float)width), most = -INFINITY;
    for (int64_t t = 0; t < length; t++) {
        __m512 sum = _mm512_setzero_ps();
        for (int64_t i = 0; i < width; i += 16) {
            __mmask16 m = tail(width - i);
            __m512 key = cached == FLOAT32
                             ? _mm512_maskz_loadu_ps(m, k32 + t * width + i)
                             : widen(_mm256_maskz_loadu_epi16(m, k16 + t * width + i));
            sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(m, q + i), key, sum);
        }
        scores[t] = _mm512_reduce_add_ps(sum) * scale;
        most = scores[t] > most ? scores[t] : most;
    }
    __m512 total = _mm512_setzero_ps();
    for (int64_t t = 0; t < length; t += 16) {
        __mmask16 m = tail(length - t);
        __m512 e = exp_16(_mm512_sub_ps(_mm512_maskz_loadu_ps(m, scores + t), _mm512_set1_ps(most)));
        _mm512_mask_storeu_ps(scores + t, m, e);
        total = _mm512_add_ps(total, _mm512_maskz_mov_ps(m, e));
    }
    __m512 share = _mm512_set1_ps(1.0f / _mm512_reduce_add_ps(total));
    for (int64_t i = 0; i < width; i += 64) {
        __m512 acc[4];
        int parts = width - i >= 64 ? 4 : (int)((width - i + 15) / 16);
        for (int j = 0; j < parts; j++) acc[j] = _mm512_setzero_ps();
        for (int64_t t = 0; t < length; t++) {
            __m512 weight = _mm512_set1_ps(scores[t]);
            for (int j = 0; j < parts; j++) {
                int64_t d = i + 16 * j;
                __mmask16 m = tail(width - d);
                __m512 value = cached == FLOAT32
                                   ? _mm512_maskz_loadu_ps(m, v32 + t * width + d)
                                   : widen(_mm256_maskz_loadu_epi16(m, v16 + t * width + d));
                acc[j] = _mm512_fmadd_ps(weight, value, acc[j]);
            }
        }
        for (int j = 0; j < parts; j++)
            _mm512_mask_storeu_ps(y + i + 16 * j, tail(width - i - 16 * j),
                                  _mm512_mul_ps(acc[j], share));
    }
}

/* ── the cache in 8 bits ──────────────────────────────────────────────────────────────────── */

/* Keys and values of one head of one row, each position with a scale of its own. A position gives
   the same bytes whenever it is written. */
typedef struct {
    uint8_t *keys;  /* (capacity, padded to 64): 0 is stored as 128 */
    int8_t *values; /* (capacity / 4, width padded to 16, 4): four positions stand side by side */
    float *scales;  /* (2, capacity): of the keys, of the values */
    int64_t capacity;
} Head;

static int64_t key_bytes(int64_t width) { return (width + 63) / 64 * 64; }
static int64_t value_room(int64_t width) { return (width + 15) / 16 * 16; }

static Head head_at(uint8_t *keys, int8_t *values, float *scales, int64_t capacity, int64_t width,
                    int64_t index) {
    Head head = {keys + index * capacity * key_bytes(width),
                 values + index * capacity * value_room(width), scales + index * 2 * capacity,
                 capacity};
    return head;
}

static float most_of(const float *x, int64_t count) {
    __m512 most = _mm512_setzero_ps();
    for (int64_t i = 0; i < count; i += 16)
        most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_maskz_loadu_ps(tail(count - i), x + i)));
    return fmaxf(_mm512_reduce_max_ps(most), 1e-12f);
}

static void keep(Head head, int64_t t, const float *k, const float *v, int64_t width) {
    float key_scale = most_of(k, width) / 127.0f, value_scale = most_of(v, width) / 127.0f;
    __m512 key_rate = _mm512_set1_ps(1.0f / key_scale), value_rate = _mm512_set1_ps(1.0f / value_scale);
    uint8_t *key = head.keys + t * key_bytes(width);
    int8_t *value = head.values + t / 4 * 4 * value_room(width);
    __mmask64 place = 0x1111111111111111ull << t % 4;
    head.scales[t] = key_scale;
    head.scales[head.capacity + t] = value_scale;
    for (int64_t i = 0; i < width; i += 16) {
        __m512 a = _mm512_maskz_loadu_ps(tail(width - i), k + i);
        __m512 b = _mm512_maskz_loadu_ps(tail(width - i), v + i);
        __m512i q = _mm512_cvtps_epi32(_mm512_mul_ps(a, key_rate));
        q = _mm512_add_epi32(q, _mm512_set1_epi32(128));
        _mm_storeu_si128((void *)(key + i), _mm512_cvtepi32_epi8(q));
        q = _mm512_cvtps_epi32(_mm512_mul_ps(b, value_rate));
        q = _mm512_sllv_epi32(q, _mm512_set1_epi32((int)(t % 4 * 8)));
        _mm512_mask_storeu_epi8(value + i * 4, place, q);
    }
}

/* scores[t] of a query of two digits: high · 128 + low. A constant `bytes` keeps it in registers. */
static inline __attribute__((always_inline)) void score_int8(Head head, int64_t length, int64_t bytes,
                                                             const int8_t *high, const int8_t *low,
                                                             __m128i shift, __m128 scale,
                                                             float *scores) {
    for (int64_t t = 0; t < length; t += 4) {
        __m512i sums[4];
        const uint8_t *key = head.keys + t * bytes;
        for (int j = 0; j < 4; j++) {
            __m512i a = _mm512_setzero_si512(), b = _mm512_setzero_si512();
            for (int64_t i = 0; i < bytes; i += 64) {
                __m512i x = _mm512_loadu_si512(key + j * bytes + i);
                a = _mm512_dpbusd_epi32(a, x, _mm512_load_si512(high + i));
                b = _mm512_dpbusd_epi32(b, x, _mm512_load_si512(low + i));
            }
            sums[j] = _mm512_add_epi32(_mm512_slli_epi32(a, 7), b);
        }
        __m128i four = _mm_sub_epi32(sum_4_int(sums[0], sums[1], sums[2], sums[3]), shift);
        _mm_storeu_ps(scores + t, _mm_mul_ps(_mm_mul_ps(_mm_cvtepi32_ps(four), scale),
                                             _mm_loadu_ps(head.scales + t)));
    }
}

/* y = share · the values, weighted: upper · 256 + lower. parts: of 16 channels, constant. */
static inline __attribute__((always_inline)) void weigh_int8(const int8_t *values, int64_t length,
                                                             int64_t room, int parts,
                                                             const uint8_t *upper,
                                                             const uint8_t *lower, __m512 share,
                                                             int64_t width, float *y) {
    __m512i a[4], b[4];
    for (int j = 0; j < parts; j++) a[j] = b[j] = _mm512_setzero_si512();
    for (int64_t t = 0; t < length; t += 4) {
        int32_t x, z;
        memcpy(&x, upper + t, 4);
        memcpy(&z, lower + t, 4);
        for (int j = 0; j < parts; j++) {
            __m512i four = _mm512_loadu_si512(values + t * room + 64 * j);
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

/* One head of one row, as `attend`. Query and weights are whole numbers of two digits, the higher
   of 8 bits and the lower of 7 or 8, so that what is rounded is the cache alone. scores: room for
   2 · capacity values. */
static void attend_int8(const float *q, const float *k, const float *v, Head head, int64_t position,
                        int64_t width, float *scores, float *y) {
    int64_t length = position + 1, bytes = key_bytes(width), room = value_room(width);
    int8_t high[512] __attribute__((aligned(64))), low[512] __attribute__((aligned(64)));
    keep(head, position, k, v, width);

    float query_scale = most_of(q, width) / 16256.0f; /* 127 · 128 */
    __m512 rate = _mm512_set1_ps(1.0f / query_scale);
    __m512i sum = _mm512_setzero_si512();
    for (int64_t i = 0; i < bytes; i += 16) {
        __m512 x = i < width ? _mm512_maskz_loadu_ps(tail(width - i), q + i) : _mm512_setzero_ps();
        __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(x, rate));
        __m512i upper = _mm512_srai_epi32(_mm512_add_epi32(whole, _mm512_set1_epi32(64)), 7);
        sum = _mm512_add_epi32(sum, whole);
        _mm_store_si128((void *)(high + i), _mm512_cvtepi32_epi8(upper));
        _mm_store_si128((void *)(low + i), _mm512_cvtepi32_epi8(_mm512_sub_epi32(
                                               whole, _mm512_slli_epi32(upper, 7))));
    }
    __m128i shift = _mm_set1_epi32(128 * _mm512_reduce_add_epi32(sum));
    __m128 scale = _mm_set1_ps(query_scale / sqrtf((float)width));
    if (bytes == 64) score_int8(head, length, 64, high, low, shift, scale, scores);
    else score_int8(head, length, bytes, high, low, shift, scale, scores);

    __m512 most = _mm512_set1_ps(-INFINITY), total = _mm512_setzero_ps(), top = total;
    for (int64_t t = 0; t < length; t += 16)
        most = _mm512_mask_max_ps(most, tail(length - t), most, _mm512_loadu_ps(scores + t));
    most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (int64_t t = 0; t < length; t += 16) { /* share · scale of the value */
        __mmask16 m = tail(length - t);
        __m512 e = exp_16(_mm512_sub_ps(_mm512_loadu_ps(scores + t), most));
        __m512 w = _mm512_maskz_mul_ps(m, e, _mm512_maskz_loadu_ps(m, head.scales + head.capacity + t));
        total = _mm512_add_ps(total, _mm512_maskz_mov_ps(m, e));
        top = _mm512_max_ps(top, w);
        _mm512_storeu_ps(scores + t, w);
    }
    float weight_scale = _mm512_reduce_max_ps(top) / 65535.0f;
    uint8_t *upper = (uint8_t *)(scores + head.capacity), *lower = upper + head.capacity;
    rate = _mm512_set1_ps(1.0f / weight_scale);
    for (int64_t t = 0; t < length; t += 16) {
        __m512i w = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(scores + t), rate));
        _mm_storeu_si128((void *)(upper + t), _mm512_cvtepi32_epi8(_mm512_srli_epi32(w, 8)));
        _mm_storeu_si128((void *)(lower + t), _mm512_cvtepi32_epi8(w));
    }
    __m512 share = _mm512_set1_ps(weight_scale / _mm512_reduce_add_ps(total));
    for (int64_t i = 0; i < room; i += 64) {
        int8_t *values = head.values + i * 4;
        switch (room - i) {
            case 16: weigh_int8(values, length, room, 1, upper, lower, share, width - i, y + i); break;
            case 32: weigh_int8(values, length, room, 2, upper, lower, share, width - i, y + i); break;
            case 48: weigh_int8(values, length, room, 3, upper, lower, share, width - i, y + i); break;
            default: weigh_int8(values, length, room, 4, upper, lower, share, width - i, y + i);
        }
    }
}

/* ── the step ─────────────────────────────────────────────────────────────────────────────── */

static int64_t share_of(int64_t count, int64_t thread, int64_t threads) {
    return count * thread / threads;
}

/* Bytes of scratch memory that `bark_step` needs. */
int64_t bark_scratch(const Model *model, int64_t rows, int64_t capacity) {
    int64_t widest = 4 * model->width + 64;
    int64_t shared = rows * 8 * model->width * 4;
    int64_t own = rows * widest * 4 + rows * 4 + rows * model->width * 4 + capacity * 8;
    return shared + model->threads * (own + 256) + 4096;
}

/* x: float32 (rows, width), embeddings of one new position a row. keys, values: for each layer
   (rows or more, heads, capacity, head width), or in 8 bits as `Head` says, with scales. cached:
   their type. capacity: a multiple of 16. positions: (rows). logits: float32 (rows, outputs).
   scratch: bark_scratch bytes. */
void bark_step(const Model *model, float *x, void *const *keys, void *const *values,
               float *const *scales, int64_t cached, int64_t capacity, const int64_t *positions, int64_t rows,
               float *logits, uint8_t *scratch) {
    const int64_t width = model->width, heads = model->heads, type = model->type;
    const int64_t head_width = width / heads, cell = cached == FLOAT32 ? 4 : 2;
    float *qkv = (float *)scratch;          /* (rows, 3 · width) */
    float *y = qkv + rows * 3 * width;      /* (rows, width) */
    float *hidden = y + rows * width;       /* (rows, 4 · width) */
    uint8_t *private_memory = (uint8_t *)(hidden + rows * 4 * width);
    int64_t own = rows * (4 * width + 64) * 4 + rows * 4 + rows * width * 4 + capacity * 8 + 256;

#pragma omp parallel num_threads((int)model->threads)
    {
        int64_t me = omp_get_thread_num(), threads = omp_get_num_threads();
        uint8_t *mine = private_memory + me * own;
        /* Every thread prepares the whole input of a product for itself: cheaper than to meet. */
        Input in = {mine, (float *)(mine + rows * (4 * width + 64) * 4)};
        float *normed = in.scales + rows;     /* (width) */
        float *scores = normed + rows * width; /* (2 · capacity) */
        int64_t first_head = share_of(heads, me, threads), last_head = share_of(heads, me + 1, threads);
        int64_t from = share_of(width, me, threads), to = share_of(width, me + 1, threads);

        for (int64_t l = 0; l < model->n_layers; l++) {
            const Layer *layer = model->layers + l;
            for (int64_t r = 0; r < rows; r++) {
                norm_row(normed, x + r * width, layer->norm_1_weight, layer->norm_1_bias, width);
                load_row(in, r, normed, width, layer->qkv.padded, type);
            }
            for (int64_t part = 0; part < 3; part++)
                product(&layer->qkv, in, type, part * width + first_head * head_width,
                        part * width + last_head * head_width, rows, qkv, 3 * width, 0);
            for (int64_t r = 0; r < rows; r++)
                for (int64_t h = first_head; h < last_head; h++) {
                    const float *q = qkv + r * 3 * width + h * head_width;
                    if (cached == INT8) {
                        Head head = head_at(keys[l], values[l], scales[l], capacity, head_width,
                                            r * heads + h);
                        attend_int8(q, q + width, q + 2 * width, head, positions[r], head_width,
                                    scores, y + r * width + h * head_width);
                        continue;
                    }
                    int64_t at = (r * heads + h) * capacity * head_width * cell;
                    attend(q, q + width, q + 2 * width, (uint8_t *)keys[l] + at,
                           (uint8_t *)values[l] + at, positions[r], head_width, cached, scores,
                           y + r * width + h * head_width);
                }
#pragma omp barrier
            for (int64_t r = 0; r < rows; r++)
                load_row(in, r, y + r * width, width, layer->out.padded, type);
            product(&layer->out, in, type, from, to, rows, x, width, 1);
#pragma omp barrier
            for (int64_t r = 0; r < rows; r++) {
                norm_row(normed, x + r * width, layer->norm_2_weight, layer->norm_2_bias, width);
                load_row(in, r, normed, width, layer->up.padded, type);
            }
            int64_t wide_from = share_of(4 * width, me, threads);
            int64_t wide_to = share_of(4 * width, me + 1, threads);
            product(&layer->up, in, type, wide_from, wide_to, rows, hidden, 4 * width, 0);
            for (int64_t r = 0; r < rows; r++)
                for (int64_t i = wide_from; i < wide_to; i += 16) {
                    __mmask16 m = tail(wide_to - i);
                    float *at = hidden + r * 4 * width + i;
                    _mm512_mask_storeu_ps(at, m, gelu_16(_mm512_maskz_loadu_ps(m, at)));
                }
#pragma omp barrier
            for (int64_t r = 0; r < rows; r++)
                load_row(in, r, hidden + r * 4 * width, 4 * width, layer->down.padded, type);
            product(&layer->down, in, type, from, to, rows, x, width, 1);
#pragma omp barrier
        }
        for (int64_t r = 0; r < rows; r++) {
            norm_row(normed, x + r * width, model->norm_weight, model->norm_bias, width);
            load_row(in, r, normed, width, model->head.padded, type);
        }
        product(&model->head, in, type, share_of(model->head.outputs, me, threads),
                share_of(model->head.outputs, me + 1, threads), rows, logits,
                model->head.outputs, 0);
    }
}

/* ── many positions of one row ────────────────────────────────────────────────────────────── */

enum { QUERIES = 4, KEYS = 64 }; /* their scores fit into the registers */

/* Two float32 vectors as pairs of bfloat16: a in the lower halves, b in the upper ones. */
static inline __m512i pairs(__m512 a, __m512 b) {
    return _mm512_or_si512(_mm512_cvtepu16_epi32(narrow(a)),
                           _mm512_slli_epi32(_mm512_cvtepu16_epi32(narrow(b)), 16));
}

/* Keys and values of one head, from qkv (positions, 3 · width): keys as (room / KEYS, head width / 2,
   KEYS) pairs of neighbouring channels, values as (room / 2, head width) pairs of neighbouring
   positions. Both are what the bfloat16 product multiplies at once; what lies beyond the last
   position is zero. */
static void pack_head(const float *qkv, int64_t stride, int64_t width, int64_t head_width,
                      int64_t positions, int64_t room, int32_t *keys, int32_t *values) {
    memset(keys, 0, head_width / 2 * room * 4);
    for (int64_t t = 0; t < positions; t++) {
        const float *k = qkv + t * stride + width;
        for (int64_t d = 0; d < head_width; d += 16) {
            __m256i narrow_k = narrow(_mm512_maskz_loadu_ps(tail(head_width - d), k + d));
            int32_t pair[8];
            _mm256_storeu_si256((void *)pair, narrow_k);
            for (int64_t i = 0; i < 8 && d + 2 * i < head_width; i++)
                keys[(t / KEYS * (head_width / 2) + d / 2 + i) * KEYS + t % KEYS] = pair[i];
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

/* Attention of n ≤ QUERIES neighbouring positions, the first at `query`, to all positions or, when
   causal, to those up to their own. scores, shares: room for QUERIES · room values. */
static void read_queries(const float *qkv, int64_t stride, int64_t head_width, int64_t query, int n,
                         int causal, int64_t positions, int64_t room, const int32_t *keys,
                         const int32_t *values, float *scores, int32_t *shares, float *y,
                         int64_t y_stride) {
    int64_t seen = causal ? query + n : positions;
    int64_t looked = (seen + KEYS - 1) / KEYS * KEYS;
    int32_t q[QUERIES][128];
    float total[QUERIES];
    __m512 scale = _mm512_set1_ps(1.0f / sqrtf((float)head_width));
    memset(q, 0, sizeof q);
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
        for (int64_t d = 0; d < head_width / 2; d++) {
            __m512i k[4];
            const int32_t *at = keys + (t / KEYS * (head_width / 2) + d) * KEYS;
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
        __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
        for (int64_t t = 0; t < end; t += 16)
            most = _mm512_mask_max_ps(most, tail(end - t), most, _mm512_loadu_ps(row + t));
        most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
        for (int64_t t = 0; t < looked; t += 16) {
            __mmask16 m = t < end ? tail(end - t) : 0;
            __m512 e = _mm512_maskz_mov_ps(m, exp_16(_mm512_sub_ps(_mm512_loadu_ps(row + t), most)));
            sum = _mm512_add_ps(sum, e);
            _mm256_storeu_si256((void *)((uint16_t *)(shares + r * room) + t), narrow(e));
        }
        total[r] = _mm512_reduce_add_ps(sum);
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

static int64_t room_for(int64_t positions) { return (positions + KEYS - 1) / KEYS * KEYS; }

/* Bytes of scratch memory that `bark_read` needs. */
int64_t bark_read_scratch(int64_t width, int64_t positions, int64_t threads) {
    int64_t room = room_for(positions), padded = 4 * width + 64;
    return positions * (padded + 4 + width * 4 + 4 * width * 4) + 2 * width * room * 2 +
           threads * QUERIES * room * 8 + 4096;
}

/* One layer of an int8 model over the positions 0 … of one row. x: float32 (positions, width),
   changed in place from `first` on; the positions before give only their keys and values. keys,
   values, scales: the cache of this row, written, or NULL. */
void bark_read(const Layer *layer, int64_t width, int64_t heads, float *x, int64_t positions,
               int64_t first, int64_t causal, uint8_t *keys, int8_t *values, float *scales,
               int64_t capacity, int64_t threads, uint8_t *scratch) {
    int64_t head_width = width / heads, room = room_for(positions), padded = 4 * width + 64;
    Input in = {scratch, (float *)(scratch + positions * padded)};
    float *y = in.scales + positions;        /* (positions, width) */
    float *wide = y + positions * width;     /* (positions, 4 · width), before that qkv */
    int32_t *packed_keys = (int32_t *)(wide + positions * 4 * width);
    int32_t *packed_values = packed_keys + width / 2 * room;
    float *own = (float *)(packed_values + width / 2 * room);
    int64_t left = positions - first, stride = 3 * width;
    Input late = {in.values, in.scales};

#pragma omp parallel num_threads((int)threads)
    {
        int64_t me = omp_get_thread_num(), all = omp_get_num_threads();
        float *scores = own + me * QUERIES * room * 2;
        int32_t *shares = (int32_t *)(scores + QUERIES * room);
        /* Outputs are shared out in fours, as the product takes them. */
#define FROM(outputs) (4 * share_of((outputs) / 4, me, all))
#define TO(outputs) (me + 1 == all ? (outputs) : 4 * share_of((outputs) / 4, me + 1, all))

#pragma omp for schedule(static)
        for (int64_t t = 0; t < positions; t++) {
            norm_row(y + t * width, x + t * width, layer->norm_1_weight, layer->norm_1_bias, width);
            load_row(in, t, y + t * width, width, layer->qkv.padded, INT8);
        }
        product(&layer->qkv, in, INT8, FROM(stride), TO(stride), positions, wide, stride, 0);
#pragma omp barrier
#pragma omp for schedule(static)
        for (int64_t h = 0; h < heads; h++) {
            const float *head = wide + h * head_width;
            pack_head(head, stride, width, head_width, positions, room,
                      packed_keys + h * head_width / 2 * room,
                      packed_values + h * head_width / 2 * room);
            for (int64_t t = 0; keys && t < positions; t++) {
                const float *k = head + t * stride + width;
                keep(head_at(keys, values, scales, capacity, head_width, h), t, k, k + width, head_width);
            }
        }
        int64_t groups = (left + QUERIES - 1) / QUERIES;
#pragma omp for schedule(dynamic, 8)
        for (int64_t i = 0; i < heads * groups; i++) {
            int64_t h = i / groups, query = first + i % groups * QUERIES;
            int n = positions - query < QUERIES ? (int)(positions - query) : QUERIES;
            read_queries(wide + h * head_width, stride, head_width, query, n, (int)causal,
                         positions, room, packed_keys + h * head_width / 2 * room,
                         packed_values + h * head_width / 2 * room, scores, shares,
                         y + h * head_width, width);
        }
#pragma omp for schedule(static)
        for (int64_t t = 0; t < left; t++)
            load_row(late, t, y + (first + t) * width, width, layer->out.padded, INT8);
        float *kept = x + first * width;
        product(&layer->out, late, INT8, FROM(width), TO(width), left, kept, width, 1);
#pragma omp barrier
#pragma omp for schedule(static)
        for (int64_t t = 0; t < left; t++) {
            norm_row(y + t * width, kept + t * width, layer->norm_2_weight, layer->norm_2_bias, width);
            load_row(late, t, y + t * width, width, layer->up.padded, INT8);
        }
        product(&layer->up, late, INT8, FROM(4 * width), TO(4 * width), left, wide, 4 * width, 0);
#pragma omp barrier
#pragma omp for schedule(static)
        for (int64_t t = 0; t < left; t++) {
            float *row = wide + t * 4 * width;
            for (int64_t i = 0; i < 4 * width; i += 16) {
                __mmask16 m = tail(4 * width - i);
                _mm512_mask_storeu_ps(row + i, m, gelu_16(_mm512_maskz_loadu_ps(m, row + i)));
            }
            load_row(late, t, row, 4 * width, layer->down.padded, INT8);
        }
        product(&layer->down, late, INT8, FROM(width), TO(width), left, kept, width, 1);
    }
}

/* results (rows, outputs) = x (rows, inputs) times an int8 matrix. values, scales: scratch memory
   for rows · padded bytes and rows floats. */
void bark_product(const Matrix *m, const float *x, int64_t rows, uint8_t *values, float *scales,
                  float *results, int64_t threads) {
    Input in = {values, scales};
#pragma omp parallel num_threads((int)threads)
    {
        int64_t me = omp_get_thread_num(), all = omp_get_num_threads();
#pragma omp for schedule(static)
        for (int64_t r = 0; r < rows; r++)
            load_row(in, r, x + r * m->inputs, m->inputs, m->padded, INT8);
        product(m, in, INT8, FROM(m->outputs), TO(m->outputs), rows, results, m->outputs, 0);
    }
}
