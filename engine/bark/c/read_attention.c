/* Attention of many positions of one row: bfloat16 products, float32 softmax. */

#include "attention.h"

/* Two float32 vectors as pairs of bfloat16: a in the lower halves, b in the upper ones. */
INLINE Ints pairs(Floats a, Floats b) {
    return i_or(i_from_halves(narrow(a)), i_left(i_from_halves(narrow(b)), 16));
}

void pack_head(const float *qkv, int64_t stride, int64_t width, int64_t head_width,
               int64_t positions, int64_t room, int32_t *keys, int32_t *values) {
    int64_t pairs_of_head = channel_pairs(head_width);
    memset(keys, 0, pairs_of_head * room * 4);
    for (int64_t t = 0; t < positions; t++) {
        const float *k = qkv + t * stride + width;
        for (int64_t d = 0; d < head_width; d += 16) {
            int32_t pair[8];
            h_store(pair, narrow(f_load_first(k + d, head_width - d)));
            for (int64_t i = 0; i < 8 && d + 2 * i < head_width; i++)
                keys[(t / KEYS * pairs_of_head + d / 2 + i) * KEYS + t % KEYS] = pair[i];
        }
    }
    for (int64_t t = 0; t < room; t += 2) {
        const float *v = qkv + t * stride + 2 * width;
        for (int64_t d = 0; d < head_width; d += 16) {
            int64_t left = head_width - d;
            Floats even = t < positions ? f_load_first(v + d, left) : f_all(0.0f);
            Floats odd = t + 1 < positions ? f_load_first(v + stride + d, left) : f_all(0.0f);
            i_store_first(values + t / 2 * head_width + d, left, pairs(even, odd));
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
    Floats scale = f_all(1.0f / sqrtf((float)head_width));
    for (int r = 0; r < QUERIES; r++) memset(q[r], 0, pairs_of_head * 4);
    for (int r = 0; r < n; r++)
        for (int64_t d = 0; d < head_width; d += 16) {
            Floats v = f_load_first(qkv + (query + r) * stride + d, head_width - d);
            h_store(q[r] + d / 2, narrow(f_mul(v, scale)));
        }
    for (int64_t t = 0; t < looked; t += 16 * VECTORS) {
        Floats sums[QUERIES][VECTORS];
        for (int r = 0; r < QUERIES; r++)
            for (int j = 0; j < VECTORS; j++) sums[r][j] = f_all(0.0f);
        for (int64_t d = 0; d < pairs_of_head; d++) {
            Ints k[VECTORS];
            const int32_t *at = keys + (t / KEYS * pairs_of_head + d) * KEYS + t % KEYS;
            for (int j = 0; j < VECTORS; j++) k[j] = i_load(at + 16 * j);
            for (int r = 0; r < QUERIES; r++) {
                Ints own = i_all(q[r][d]);
                for (int j = 0; j < VECTORS; j++) sums[r][j] = f_dot_halves(sums[r][j], k[j], own);
            }
        }
        for (int r = 0; r < QUERIES; r++)
            for (int j = 0; j < VECTORS; j++)
                f_store(scores + r * room + t + 16 * j, sums[r][j]);
    }
    for (int r = 0; r < n; r++) {
        float *row = scores + r * room;
        int64_t end = causal ? query + r + 1 : positions;
        total[r] = exponentials(row, end);
        for (int64_t t = 0; t < looked; t += 16) {
            Floats e = t < end ? f_load(row + t) : f_all(0.0f);
            h_store((uint16_t *)(shares + r * room) + t, narrow(e));
        }
    }
    for (int64_t d = 0; d < head_width; d += 16 * VECTORS) {
        Floats sums[QUERIES][VECTORS];
        int64_t left = head_width - d;
        for (int r = 0; r < QUERIES; r++)
            for (int j = 0; j < VECTORS; j++) sums[r][j] = f_all(0.0f);
        for (int64_t t = 0; t < looked / 2; t++) {
            Ints v[VECTORS];
            for (int j = 0; j < VECTORS; j++)
                v[j] = i_load_first(values + t * head_width + d + 16 * j, left - 16 * j);
            for (int r = 0; r < QUERIES; r++) {
                Ints share = i_all(shares[r * room + t]);
                for (int j = 0; j < VECTORS; j++) sums[r][j] = f_dot_halves(sums[r][j], v[j], share);
            }
        }
        for (int r = 0; r < QUERIES; r++) { /* a constant count, so that the sums are registers */
            if (r >= n) continue;
            Floats rate = f_all(1.0f / total[r]);
            for (int j = 0; j < VECTORS; j++)
                f_store_first(y + (query + r) * y_stride + d + 16 * j, left - 16 * j,
                              f_mul(sums[r][j], rate));
        }
    }
}
