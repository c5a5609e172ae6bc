/* See product.h. */

#include "product.h"

enum { FEW = 2 };   /* rows that are multiplied with a row of weights while it is in registers */
enum { GROUP = VNNI ? 8 : 4 }; /* rows that are multiplied with a tile at once */
enum { TILE_FROM = 6 }; /* rows from which laying out tiles is worth it */

int64_t input_bytes(int64_t rows, int64_t count) {
    int64_t padded = up_to(count, 32), units = padded / 32;
    return up_to(rows * padded, 64) + 3 * up_to(rows * units * 4, 64) + up_to(rows * units * 8, 64) + 64;
}

Input input_in(uint8_t *memory, int64_t rows, int64_t count) {
    int64_t padded = up_to(count, 32), units = padded / 32;
    Input in = {.padded = padded};
#define TAKE(field, bytes) (in.field = (void *)memory, memory += up_to(bytes, 64))
    TAKE(values, rows * padded);
    TAKE(scales, rows * units * 4);
    TAKE(totals, rows * units * 4);
    TAKE(sums, rows * units * 4);
    TAKE(halves, rows * units * 8);
#undef TAKE
    return in;
}

void quantise(Input to, int64_t row, const float *x, int64_t count) {
    int64_t units = to.padded / 32;
    for (int64_t u = 0; u < units; u++) {
        float part[32] = {0};
        int64_t left = count - 32 * u;
        if (left < 32) memcpy(part, x + 32 * u, left > 0 ? left * 4 : 0);
        const float *from = left < 32 ? part : x + 32 * u;
        __m256 v[4], most = _mm256_setzero_ps(), lost = _mm256_setzero_ps();
        for (int i = 0; i < 4; i++) {
            v[i] = _mm256_loadu_ps(from + 8 * i);
            most = _mm256_max_ps(most, magnitude(v[i]));
            lost = _mm256_fmadd_ps(v[i], _mm256_setzero_ps(), lost); /* 0, or nan for ever */
        }
        float largest = most_8(most);
        float rate = largest > 0 ? 127.0f / largest : 0;
        float scale = largest / 127.0f + sum_8(lost);
        __m256i q[4];
        for (int i = 0; i < 4; i++)
            q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(v[i], _mm256_set1_ps(rate)));
        __m256i a = _mm256_packs_epi32(q[0], q[1]), b = _mm256_packs_epi32(q[2], q[3]);
        __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(a, b),
                                                    _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
        _mm256_storeu_si256((void *)(to.values + row * to.padded + 32 * u), bytes);
        int32_t sums[2];
        for (int i = 0; i < 2; i++) {
            __m256i both = _mm256_add_epi32(q[2 * i], q[2 * i + 1]);
            __m128i four = _mm_add_epi32(_mm256_castsi256_si128(both),
                                         _mm256_extracti128_si256(both, 1));
            four = _mm_hadd_epi32(four, four);
            sums[i] = to.halves[row * 2 * units + 2 * u + i] =
                _mm_cvtsi128_si32(_mm_hadd_epi32(four, four));
        }
        to.scales[row * units + u] = scale;
        to.sums[row * units + u] = sums[0] + sums[1];
        to.totals[row * units + u] = scale * (float)(sums[0] + sums[1]);
    }
}

/* ── a row of weights at a time ───────────────────────────────────────────────────────────── */

/* Sums of four products, in eight parts. */
INLINE __m256i dot_32(int64_t type, __m256i w, __m256i x) {
#if VNNI
    (void)type;
    return _mm256_dpbusd_epi32(_mm256_setzero_si256(), w, x);
#else
    if (type == Q8_0) x = _mm256_sign_epi8(x, w), w = _mm256_abs_epi8(w);
    return _mm256_madd_epi16(_mm256_maddubs_epi16(w, x), _mm256_set1_epi16(1));
#endif
}

/* Eight vectors → the sums of each; `halves`: of four, the sums of each half. */
INLINE __m256i sums_of(const __m256i *v, int halves) {
    __m256i a = _mm256_hadd_epi32(_mm256_hadd_epi32(v[0], v[1]), _mm256_hadd_epi32(v[2], v[3]));
    if (halves)
        return _mm256_permutevar8x32_epi32(a, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    __m256i b = _mm256_hadd_epi32(_mm256_hadd_epi32(v[4], v[5]), _mm256_hadd_epi32(v[6], v[7]));
    return _mm256_add_epi32(_mm256_permute2x128_si256(a, b, 0x20),
                            _mm256_permute2x128_si256(a, b, 0x31));
}

/* Of eight units of an input: for each its scale, its sum, its total. left: units that are there. */
INLINE __m256i there_of(int64_t left) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)left), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

INLINE __m256 eight(const float *at, int64_t left) {
    return left >= 8 ? _mm256_loadu_ps(at) : _mm256_maskload_ps(at, there_of(left));
}

INLINE __m256 scales_at(Input in, int64_t row, int64_t unit, int halves, int64_t left) {
    const float *at = in.scales + row * (in.padded / 32);
    if (!halves) return eight(at + unit, left);
    return _mm256_permutevar8x32_ps(eight(at + unit / 2, left >= 8 ? 4 : left / 2),
                                    _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3));
}

INLINE __m256i sums_at(Input in, int64_t row, int64_t unit, int halves, int64_t left) {
    const int32_t *at = halves ? in.halves + row * (in.padded / 16) : in.sums + row * (in.padded / 32);
    return _mm256_castps_si256(eight((const float *)at + unit, left));
}

/* Eight units of a row of weights with n rows of input. left: units that are there. */
INLINE void eight_units(int64_t type, const uint8_t *weights, int64_t unit, int64_t left, Input in,
                        int64_t row, int n, __m256 scale, __m256 minimum, __m256 *sums) {
    int halves = type == Q6_K, parts = halves ? 4 : 8;
    int64_t first = halves ? unit / 2 : unit, there = halves ? left / 2 : left;
    __m256i w[8];
    if (first % parts) __builtin_unreachable(); /* so that the place in a block is a constant */
    for (int i = 0; i < parts; i++)
        w[i] = there >= parts || i < there ? load_32(type, weights, first + i) : _mm256_setzero_si256();
    for (int r = 0; r < n; r++) {
        const int8_t *x = in.values + (row + r) * in.padded + 32 * first;
        __m256i v[8];
        for (int i = 0; i < parts; i++) {
            if (there < parts && i >= there) v[i] = _mm256_setzero_si256();
            else v[i] = dot_32(type, w[i], _mm256_loadu_si256((const void *)(x + 32 * i)));
        }
        __m256i whole = sums_of(v, halves);
        if (zero_of(type))
            whole = _mm256_sub_epi32(whole, _mm256_mullo_epi32(sums_at(in, row + r, unit, halves, left),
                                                               _mm256_set1_epi32(zero_of(type))));
        __m256 both = _mm256_mul_ps(scale, scales_at(in, row + r, unit, halves, left));
        sums[r] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole), both, sums[r]);
        if (has_minimum(type))
            sums[r] = _mm256_fmadd_ps(minimum, eight(in.totals + (row + r) * (in.padded / 32) + unit, left),
                                      sums[r]);
    }
}

INLINE void row_of_weights(const Blocks *m, int64_t type, int64_t output, Input in, int64_t row, int n,
                           const float *scales, const float *minima, float *results, int64_t stride) {
    int64_t units = units_of(m), unit = 0;
    const uint8_t *weights = m->data + output * m->row_bytes;
    __m256 sums[FEW];
    for (int r = 0; r < n; r++) sums[r] = _mm256_setzero_ps();
    for (; unit + 8 <= units; unit += 8)
        eight_units(type, weights, unit, 8, in, row, n, _mm256_loadu_ps(scales + unit),
                    _mm256_loadu_ps(minima + unit), sums);
    if (unit < units)
        eight_units(type, weights, unit, units - unit, in, row, n, _mm256_loadu_ps(scales + unit),
                    _mm256_loadu_ps(minima + unit), sums);
    for (int r = 0; r < n; r++)
        results[(row + r) * stride] = sum_8(sums[r]) + (m->bias ? m->bias[output] : 0);
}

INLINE void by_rows(const Blocks *m, int64_t type, Input in, int64_t from, int64_t to, int64_t rows,
                    float *results, int64_t stride, float *scales, float *minima) {
    for (int64_t output = from; output < to; output++) {
        load_scales(m, output, scales, minima);
        for (int64_t row = 0; row < rows; row += FEW) {
            float *at = results + output - from;
#define ROWS(n) row_of_weights(m, type, output, in, row, n, scales, minima, at, stride)
            if (rows - row == 1) ROWS(1);
            else ROWS(FEW);
#undef ROWS
        }
    }
}

/* ── a tile of weights at a time ──────────────────────────────────────────────────────────── */

#if VNNI
typedef __m512 Floats;
typedef __m512i Ints;
#define OP(name) _mm512_##name
#define LOAD_INTS(at) _mm512_load_si512(at)
#define NO_INTS() _mm512_setzero_si512()
#else
typedef __m256 Floats;
typedef __m256i Ints;
#define OP(name) _mm256_##name
#define LOAD_INTS(at) _mm256_load_si256((const void *)(at))
#define NO_INTS() _mm256_setzero_si256()
#endif

INLINE Ints add_dot(int with_sign, Ints sum, Ints w, int32_t four) {
    Ints x = OP(set1_epi32)(four);
#if VNNI
    (void)with_sign;
    return _mm512_dpbusd_epi32(sum, w, x);
#else
    if (with_sign) x = _mm256_sign_epi8(x, w), w = _mm256_abs_epi8(w);
    Ints pairs = _mm256_maddubs_epi16(w, x);
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#endif
}

typedef struct {
    uint8_t *weights; /* (units, unit / 4, LANES, 4) */
    float *scales, *minima; /* (units, LANES) */
} Tile;

static Tile tile_in(uint8_t *memory, int64_t padded) {
    Tile tile = {.weights = memory};
    tile.scales = (float *)(memory + padded * LANES);
    tile.minima = tile.scales + padded / 16 * LANES;
    return tile;
}

int64_t product_bytes(int64_t padded) {
    int64_t row = 2 * up_to(padded / 16 * 4, 64) + 128; /* scales and minima of a row of weights */
    return padded * LANES + 2 * (padded / 16) * LANES * 4 + row;
}

/* 8 rows of 8 words → 8 columns. */
INLINE void turn_8(__m256i *v) {
    __m256i a[8];
    for (int i = 0; i < 4; i++) {
        a[2 * i] = _mm256_unpacklo_epi32(v[2 * i], v[2 * i + 1]);
        a[2 * i + 1] = _mm256_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        v[i] = _mm256_unpacklo_epi64(a[i], a[i + 2]);
        v[i + 1] = _mm256_unpackhi_epi64(a[i], a[i + 2]);
        v[i + 2] = _mm256_unpacklo_epi64(a[i + 1], a[i + 3]);
        v[i + 3] = _mm256_unpackhi_epi64(a[i + 1], a[i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        a[i] = _mm256_permute2x128_si256(v[i], v[i + 4], 0x20);
        a[i + 4] = _mm256_permute2x128_si256(v[i], v[i + 4], 0x31);
    }
    for (int i = 0; i < 8; i++) v[i] = a[i];
}

INLINE void lay_out_of(const Blocks *m, int64_t type, int64_t output, Tile tile, float *scales,
                    float *minima) {
    int64_t units = units_of(m), words = units * unit_of(type) / 32;
    for (int64_t lane = 0; lane < LANES; lane++) {
        /* Lanes behind the last output repeat it; nobody reads them. */
        int64_t row = output + lane < m->outputs ? output + lane : m->outputs - 1;
        load_scales(m, row, scales, minima);
        for (int64_t u = 0; u < units; u++) {
            tile.scales[u * LANES + lane] = scales[u];
            if (has_minimum(type)) tile.minima[u * LANES + lane] = minima[u];
        }
    }
    for (int64_t lane = 0; lane < LANES; lane += 8)
        for (int64_t n = 0; n < words; n++) {
            __m256i v[8];
            for (int64_t i = 0; i < 8; i++) {
                int64_t row = output + lane + i;
                row = row < m->outputs ? row : m->outputs - 1;
                v[i] = load_32(type, m->data + row * m->row_bytes, n);
            }
            turn_8(v);
            for (int64_t i = 0; i < 8; i++)
                _mm256_store_si256((void *)(tile.weights + ((n * 8 + i) * LANES + lane) * 4), v[i]);
        }
}

INLINE void rows_of_tile(const Blocks *m, int with_sign, Tile tile, Input in, int64_t row, int n,
                         const float *bias, float *results, int64_t stride, int keep) {
    static const int order[8] = {0, 4, 2, 6, 1, 5, 3, 7}; /* of sum_8 */
    int64_t units = units_of(m), unit = unit_of(m->type), inputs = in.padded / 32;
    int zero = zero_of(m->type), minimum = has_minimum(m->type);
    Floats kept[3][GROUP]; /* half, quarter, eighth of the eight sums */
    for (int step = 0; step < 8; step++) {
        Floats sums[GROUP];
        for (int r = 0; r < n; r++) sums[r] = OP(setzero_ps)();
        for (int64_t u = order[step]; u < units; u += 8) {
            Ints whole[GROUP];
            for (int r = 0; r < n; r++) whole[r] = NO_INTS();
            const uint8_t *weights = tile.weights + u * unit * LANES;
            const int8_t *x = in.values + row * in.padded + u * unit;
            for (int64_t k = 0; k < unit; k += 4) {
                Ints w = LOAD_INTS(weights + k * LANES);
                for (int r = 0; r < n; r++) {
                    int32_t four;
                    memcpy(&four, x + r * in.padded + k, 4);
                    whole[r] = add_dot(with_sign, whole[r], w, four);
                }
            }
            int64_t at = row * inputs + u * unit / 32;
            if (zero) {
                const int32_t *all = unit == 32 ? in.sums + at : in.halves + row * 2 * inputs + u;
                for (int r = 0; r < n; r++, all += unit == 32 ? inputs : 2 * inputs)
                    whole[r] = OP(sub_epi32)(whole[r], OP(set1_epi32)(*all * zero));
            }
            Floats scale = OP(load_ps)(tile.scales + u * LANES);
            for (int r = 0; r < n; r++) {
                Floats both = OP(mul_ps)(scale, OP(set1_ps)(in.scales[at + r * inputs]));
                sums[r] = OP(fmadd_ps)(OP(cvtepi32_ps)(whole[r]), both, sums[r]);
            }
            if (!minimum) continue;
            Floats low = OP(load_ps)(tile.minima + u * LANES);
            for (int r = 0; r < n; r++)
                sums[r] = OP(fmadd_ps)(low, OP(set1_ps)(in.totals[at + r * inputs]), sums[r]);
        }
        for (int r = 0; r < n; r++) {
            Floats sum = sums[r];
            if (step & 1) sum = OP(add_ps)(kept[2][r], sum);
            if ((step & 3) == 3) sum = OP(add_ps)(kept[1][r], sum);
            if (step == 7) sum = OP(add_ps)(kept[0][r], sum);
            kept[step & 1 ? (step & 2 ? 0 : 1) : 2][r] = sum;
        }
    }
    for (int r = 0; r < n; r++) {
        Floats y = OP(add_ps)(kept[0][r], OP(loadu_ps)(bias));
        float *at = results + (row + r) * stride, all[LANES];
        OP(storeu_ps)(all, y);
        memcpy(at, all, (size_t)keep * 4);
    }
}

INLINE void rows_of(const Blocks *m, int with_sign, Tile tile, Input in, int64_t rows,
                    const float *bias, float *results, int64_t stride, int keep) {
    int64_t row = 0;
    for (; row + GROUP <= rows; row += GROUP)
        rows_of_tile(m, with_sign, tile, in, row, GROUP, bias, results, stride, keep);
    for (; row < rows; row++)
        rows_of_tile(m, with_sign, tile, in, row, 1, bias, results, stride, keep);
}

typedef void LayOut(const Blocks *m, int64_t output, Tile tile, float *scales, float *minima);

static void by_tiles(const Blocks *m, LayOut *lay_out, Input in, int64_t from, int64_t to,
                     int64_t rows, float *results, int64_t stride, Tile tile, float *scales,
                     float *minima) {
    for (int64_t output = from; output < to; output += LANES) {
        int keep = to - output < LANES ? (int)(to - output) : LANES;
        float bias[LANES] = {0}, *at = results + output - from;
        if (m->bias) memcpy(bias, m->bias + output, (size_t)keep * 4);
        lay_out(m, output, tile, scales, minima);
        if (m->type == Q8_0 && !VNNI) rows_of(m, 1, tile, in, rows, bias, at, stride, keep);
        else rows_of(m, 0, tile, in, rows, bias, at, stride, keep);
    }
}

/* ── all types ────────────────────────────────────────────────────────────────────────────── */

#define ALL(X) X(Q4_0) X(Q4_1) X(Q5_0) X(Q5_1) X(Q8_0) X(Q4_K) X(Q5_K) X(Q6_K)

#define OF_TYPE(type)                                                                               \
    static void rows_##type(const Blocks *m, Input in, int64_t from, int64_t to, int64_t rows,       \
                            float *results, int64_t stride, float *scales, float *minima) {          \
        by_rows(m, type, in, from, to, rows, results, stride, scales, minima);                       \
    }                                                                                                \
    static void lay_out_##type(const Blocks *m, int64_t output, Tile tile, float *scales,            \
                               float *minima) {                                                      \
        lay_out_of(m, type, output, tile, scales, minima);                                           \
    }
ALL(OF_TYPE)

void product(const Blocks *m, Input in, int64_t from, int64_t to, int64_t rows, float *results,
             int64_t stride, uint8_t *scratch) {
    Tile tile = tile_in(scratch, in.padded);
    float *scales = tile.minima + in.padded / 16 * LANES;
    float *minima = scales + up_to(in.padded / 16, 16);
#define PRODUCT(type)                                                                               \
    case type:                                                                                       \
        if (rows < TILE_FROM)                                                                        \
            rows_##type(m, in, from, to, rows, results, stride, scales, minima);                     \
        else                                                                                         \
            by_tiles(m, lay_out_##type, in, from, to, rows, results, stride, tile, scales, minima);  \
        break;
    switch (m->type) { ALL(PRODUCT) }
}

void text_product(const Blocks *m, const float *x, int64_t rows, float *results, uint8_t *scratch) {
    uint8_t *at = scratch + (64 - (uintptr_t)scratch % 64) % 64;
    Input in = input_in(at, rows, m->inputs);
    for (int64_t r = 0; r < rows; r++) quantise(in, r, x + r * m->inputs, m->inputs);
    at += input_bytes(rows, m->inputs);
    product(m, in, 0, m->outputs, rows, results, m->outputs, at);
}

int64_t text_product_bytes(int64_t rows, int64_t inputs) {
    return input_bytes(rows, inputs) + product_bytes(up_to(inputs, 32)) + 64;
}
