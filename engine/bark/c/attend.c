/* Attention of one new position to those in the cache. */

#include "attention.h"

/* ── float32 and bfloat16 ─────────────────────────────────────────────────────────────────── */

INLINE Floats load_value(const void *values, int64_t at, int64_t left, int64_t cached) {
    return cached == FLOAT32 ? f_load_first((const float *)values + at, left)
                             : widen(h_load_first((const uint16_t *)values + at, left));
}

void keep_float(void *keys, void *values, int64_t position, int64_t width, int64_t cached,
                const float *k, const float *v) {
    int64_t at = position * width;
    for (int64_t i = 0; i < width; i += 16) {
        int64_t left = width - i;
        Floats a = f_load_first(k + i, left), b = f_load_first(v + i, left);
        if (cached == FLOAT32) {
            f_store_first((float *)keys + at + i, left, a);
            f_store_first((float *)values + at + i, left, b);
        } else {
            h_store_first((uint16_t *)keys + at + i, left, narrow(a));
            h_store_first((uint16_t *)values + at + i, left, narrow(b));
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
        Floats sum = f_all(0.0f);
        for (int64_t i = 0; i < width; i += 16)
            sum = f_fma(f_load_first(q + i, width - i),
                        load_value(from, at + i, width - i, cached), sum);
        scores[t] = f_sum(sum) * scale;
    }
    Floats share = f_all(1.0f / exponentials(scores, length));
    for (int64_t i = 0; i < width; i += 64) {
        Floats acc[4];
        int parts = width - i >= 64 ? 4 : (int)((width - i + 15) / 16);
        for (int j = 0; j < parts; j++) acc[j] = f_all(0.0f);
        for (int64_t t = 0; t < length; t++) {
            const void *from = t < position ? values : own_value;
            int64_t at = t < position ? t * width : 0;
            Floats weight = f_all(scores[t]);
            for (int j = 0; j < parts; j++) {
                int64_t d = i + 16 * j;
                acc[j] = f_fma(weight, load_value(from, at + d, width - d, cached), acc[j]);
            }
        }
        for (int j = 0; j < parts; j++)
            f_store_first(y + i + 16 * j, width - i - 16 * j, f_mul(acc[j], share));
    }
}

/* ── 8 bits ───────────────────────────────────────────────────────────────────────────────── */

/* Scores of four keys for a query of two digits: high · 128 + low. */
INLINE QuadInts score_4(const uint8_t *keys, int64_t bytes, const int8_t *high, const int8_t *low) {
    Count sums[4];
    for (int j = 0; j < 4; j++) {
        Count a = no_count(), b = no_count();
        for (int64_t i = 0; i < bytes; i += 64) {
            Ints x = i_load(keys + j * bytes + i);
            a = count(a, x, i_load(high + i));
            b = count(b, x, i_load(low + i));
        }
        sums[j] = count_digits(a, b, 7);
    }
    return count_sums(sums[0], sums[1], sums[2], sums[3]);
}

/* scores[t] of the positions of a head. A constant `bytes` keeps the query in registers. */
INLINE void score_int8(Head head, int64_t length, int64_t bytes, const int8_t *high,
                       const int8_t *low, QuadInts shift, Quad scale, float *scores) {
    for (int64_t t = 0; t < length; t += 4) {
        QuadInts four = q_sub_ints(score_4(head.keys + t * bytes, bytes, high, low), shift);
        q_store(scores + t, q_mul(q_mul(q_from_ints(four), scale), q_load(head.scales + t)));
    }
}

/* y = share · the values, weighted: upper · 256 + lower. The last four positions are those of `last`.
   parts: of 16 channels, constant. */
INLINE void weigh_int8(const int8_t *values, const int8_t *last, int64_t length, int64_t room,
                       int parts, const uint8_t *upper, const uint8_t *lower, Floats share,
                       int64_t width, float *y) {
    Ints a[4], b[4];
    for (int j = 0; j < parts; j++) a[j] = b[j] = i_all(0);
    for (int64_t t = 0; t < length; t += 4) {
        const int8_t *from = t + 4 < length ? values + t * room : last;
        int32_t x, z;
        memcpy(&x, upper + t, 4);
        memcpy(&z, lower + t, 4);
        for (int j = 0; j < parts; j++) {
            Ints four = i_load(from + 64 * j);
            a[j] = i_dot(a[j], i_all(x), four);
            b[j] = i_dot(b[j], i_all(z), four);
        }
    }
    for (int j = 0; j < parts; j++) {
        Floats sum = f_fma(f_from_ints(a[j]), f_all(256.0f), f_from_ints(b[j]));
        f_store_first(y + 16 * j, width - 16 * j, f_mul(sum, share));
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
    Floats rate = f_all(1.0f / query_scale);
    Ints sum = i_all(0);
    for (int64_t i = 0; i < bytes; i += 16) {
        Ints digits = whole(f_load_first(q + i, width - i), rate);
        Ints upper = i_right(i_add(digits, i_all(64)), 7);
        sum = i_add(sum, digits);
        i_store_bytes(high + i, upper);
        i_store_bytes(low + i, i_sub(digits, i_left(upper, 7)));
    }
    QuadInts shift = q_all_ints(OFFSET * i_sum(sum));
    Quad scale = q_all(query_scale / sqrtf((float)width));
    if (bytes == 64) score_int8(head, before, 64, high, low, shift, scale, scores);
    else score_int8(head, before, bytes, high, low, shift, scale, scores);
    score_int8(last, 4, bytes, high, low, shift, scale, scores + before);

    float total = exponentials(scores, length);
    for (int64_t t = 0; t < before; t += 16) { /* share · scale of the value */
        const float *value_scales = head.scales + head.capacity + t;
        f_store_first(scores + t, before - t,
                      f_mul(f_load_first(scores + t, before - t),
                            f_load_first(value_scales, before - t)));
    }
    for (int64_t t = before; t < length; t++) scores[t] *= last.scales[4 + t - before];
    float weight_scale = largest(scores, length) / 65535.0f;
    uint8_t *upper = (uint8_t *)(scores + capacity), *lower = upper + capacity;
    rate = f_all(1.0f / weight_scale);
    for (int64_t t = 0; t < length; t += 16) {
        Ints w = whole(f_load(scores + t), rate);
        i_store_bytes(upper + t, i_right(w, 8));
        i_store_bytes(lower + t, w);
    }
    Floats share = f_all(weight_scale / total);
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
