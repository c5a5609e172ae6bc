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
    Floats rate = f_all(0.0f);
    if (type == INT8) {
        float scale = largest(x, count) / 127.0f;
        rate = f_all(1.0f / scale);
        to.scales[row] = scale;
    }
    for (int64_t i = 0; i < padded; i += 16) {
        Floats v = f_load_first(x + i, count - i);
        if (type == INT8) i_store_bytes(at + i, whole_bytes(v, rate));
        else h_store(at + 2 * i, narrow(v));
    }
}

void norm_row(float *y, const float *x, const float *weight, const float *bias, int64_t width) {
    Floats sum = f_all(0.0f);
    for (int64_t i = 0; i < width; i += 16) sum = f_add(sum, f_load_first(x + i, width - i));
    Floats mean = f_all(f_sum(sum) / width);
    Floats square = f_all(0.0f);
    for (int64_t i = 0; i < width; i += 16) {
        Floats d = f_first(f_sub(f_load_first(x + i, width - i), mean), width - i);
        square = f_fma(d, d, square);
    }
    Floats rate = f_all(1.0f / sqrtf(f_sum(square) / width + 1e-5f));
    for (int64_t i = 0; i < width; i += 16) {
        int64_t left = width - i;
        Floats v = f_sub(f_load_first(x + i, left), mean);
        v = f_mul(f_mul(v, rate), f_load_first(weight + i, left));
        if (bias) v = f_add(v, f_load_first(bias + i, left));
        f_store_first(y + i, left, v);
    }
}

/* ── the product ──────────────────────────────────────────────────────────────────────────── */

/* A vector of weights times one of inputs, to the sum of its type: 64 bytes of each. */
INLINE void add_up(Floats *sum, Count *number, Ints w, Ints x, int64_t type) {
    if (type == INT8) *number = count(*number, x, w);
    else if (type == FLOAT32) *sum = f_fma(f_bits(w), f_bits(x), *sum);
    else *sum = f_dot_halves(*sum, w, x);
}

/* Four outputs of n ≤ BLOCK rows: weights w, w + step, …; the sums are [output][row], still vectors. A
   constant n keeps all sums in registers. few: the weights come from memory once and are read
   straight on, which is what the processor's own prefetcher likes; else they are fetched ahead of
   time and shared by the four. Either way each sum has the same order. */
INLINE void add_up_4(const uint8_t *w, int64_t step, const uint8_t *x, int64_t row_bytes, int64_t type,
                     int few, int n, Floats sums[4][4], Count counts[4][4]) {
    if (few) {
#ifdef __clang__ /* one instruction reads on through all four: four would confuse the prefetcher */
#pragma clang loop unroll(disable)
#endif
        for (int o = 0; o < 4; o++) {
            Floats sum[4]; /* of their own, so that every compiler keeps them in registers */
            Count number[4];
            for (int r = 0; r < n; r++) sum[r] = f_all(0.0f), number[r] = no_count();
            for (int64_t i = 0; i < row_bytes; i += 64) {
                Ints weight = i_load(w + o * step + i);
                for (int r = 0; r < n; r++)
                    add_up(&sum[r], &number[r], weight, i_load(x + r * row_bytes + i), type);
            }
            for (int r = 0; r < n; r++) sums[o][r] = sum[r], counts[o][r] = number[r];
        }
        return;
    }
    for (int o = 0; o < 4; o++)
        for (int r = 0; r < n; r++) sums[o][r] = f_all(0.0f), counts[o][r] = no_count();
    for (int64_t i = 0; i < row_bytes; i += 64) {
        Ints weights[4];
        for (int o = 0; o < 4; o++) {
            weights[o] = i_load(w + o * step + i);
            __builtin_prefetch(w + o * step + i + AHEAD, 0, 2);
        }
        for (int r = 0; r < n; r++) {
            Ints values = i_load(x + r * row_bytes + i);
            for (int o = 0; o < 4; o++)
                add_up(&sums[o][r], &counts[o][r], weights[o], values, type);
        }
    }
}

/* Sums of bytes as if 0 were 128 in every form: what is rounded is rounded alike. */
INLINE Quad as_unsigned(QuadInts sums, QuadInts total) {
    return q_from_ints(OFFSET == 128 ? sums : q_add_ints(sums, q_left_ints(total, 7)));
}

/* Four outputs of some rows. keep: how many of the four. */
INLINE void outputs_4(const Matrix *m, Input in, int64_t type, int few, int64_t output, int keep,
                      int64_t first, int n, float *results, int64_t stride, int add, int64_t from) {
    int64_t row_bytes = m->padded * value_bytes(type);
    /* The last outputs of a matrix are read four at a time as well, the missing ones twice. */
    int64_t start = output + 4 <= m->outputs || m->outputs < 4 ? output : m->outputs - 4;
    int64_t step = m->outputs >= 4 ? row_bytes : 0;
    Floats floats[4][4];
    Count counts[4][4];
    add_up_4((const uint8_t *)m->weight + start * row_bytes, step, in.values + first * row_bytes,
             row_bytes, type, few, n, floats, counts);
    if (type == INT8 && n == 4 && keep == 4 && start == output) {
        QuadInts four = q_load_ints(m->total + output);
        Floats total = f_repeat(q_from_ints(four)), y;
        Floats scale = f_mul(f_repeat(q_load(m->scale + output)), f_spread(q_load(in.scales + first)));
        Ints sums = count_16(counts);
        if (OFFSET == 0) sums = i_add(sums, i_left(i_repeat(four), 7)); /* as `as_unsigned` */
        y = f_mul(f_fnma(f_all(128.0f), total, f_from_ints(sums)), scale);
        if (m->bias) y = f_add(y, f_repeat(q_load(m->bias + output)));
        Quad rows[4];
        f_split(y, rows);
        for (int r = 0; r < 4; r++) {
            float *at = results + (first + r) * stride + output - from;
            q_store(at, add ? q_add(q_load(at), rows[r]) : rows[r]);
        }
        return;
    }
    for (int r = 0; r < n; r++) {
        float *at = results + (first + r) * stride + output - from;
        QuadInts whole_sums;
        Quad y;
        if (type == INT8)
            whole_sums = count_sums(counts[0][r], counts[1][r], counts[2][r], counts[3][r]);
        else y = f_sums(floats[0][r], floats[1][r], floats[2][r], floats[3][r]);
        if (keep == 4 && start == output) {
            if (type == INT8) {
                QuadInts total = q_load_ints(m->total + output);
                Quad scale = q_mul(q_load(m->scale + output), q_all(in.scales[first + r]));
                y = q_mul(q_fnma(q_all(128.0f), q_from_ints(total), as_unsigned(whole_sums, total)),
                          scale);
            }
            if (m->bias) y = q_add(y, q_load(m->bias + output));
            q_store(at, add ? q_add(q_load(at), y) : y);
            continue;
        }
        float four[4];
        int32_t sums[4];
        if (type == INT8) memcpy(sums, &whole_sums, 16);
        else q_store(four, y);
        for (int o = 0; o < keep; o++) {
            int64_t out = output + o, place = m->outputs >= 4 ? out - start : 0;
            float value;
            if (type == INT8) {
                int32_t sum = sums[place] + (OFFSET == 0 ? 128 * m->total[out] : 0);
                value = fmaf(-128.0f, (float)m->total[out], (float)sum) *
                        (m->scale[out] * in.scales[first + r]);
            } else {
                value = four[place];
            }
            if (m->bias) value += m->bias[out];
            at[o] = add ? at[o] + value : value;
        }
    }
}

INLINE void product_of(const Matrix *m, Input in, int64_t type, int few, int64_t from, int64_t to,
                       int64_t rows, float *results, int64_t stride, int add) {
#define ROWS(n) outputs_4(m, in, type, few, o, keep, first, n, results, stride, add, from); break
    for (int64_t tile = 0; tile < rows; tile += TILE) { /* these rows stay in the cache */
        int64_t end = tile + TILE < rows ? tile + TILE : rows;
        for (int64_t output = from; output < to; output += 4) {
            int keep = to - output < 4 || m->outputs < 4 ? 1 : 4;
            for (int64_t o = output; o < to && o < output + 4; o += keep)
                for (int64_t first = tile; first < end; first += BLOCK)
                    switch (end - first < BLOCK ? end - first : BLOCK) {
                        case 1: ROWS(1);
                        case 2: ROWS(2);
                        case 3: ROWS(3);
                        default: ROWS(4);
                    }
        }
    }
#undef ROWS
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
