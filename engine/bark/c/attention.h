/* Attention: one new position to those in the cache, and many positions of one row. */

#pragma once

#include "cache.h"

enum { WIDEST = 1024 }; /* channels of a head at most: whole numbers of 32 bits hold their sums */
enum { QUERIES = 4, KEYS = 64 }; /* of a row that is read: their scores fit into the registers */

/* The new position of one head of one row, q, k, v: float32 (width), and the `position` ones before
   it in the cache → y (width). The cache is not written. keys, values: (positions, width) in the type
   `cached`, of this head. scores: room for position + 16 values. own: for 2 · width of the type. */
void attend(const float *q, const float *k, const float *v, const void *keys, const void *values,
            int64_t position, int64_t width, int64_t cached, float *scores, void *own, float *y);

/* The same in 8 bits. scores: room for 2 · (position + 16) values. own: bark_head_bytes of 4
   positions. */
void attend_int8(const float *q, const float *k, const float *v, Head head, int64_t position,
                 int64_t width, float *scores, uint8_t *own, float *y);

/* Write a position of a float32 or bfloat16 cache. */
void keep_float(void *keys, void *values, int64_t position, int64_t width, int64_t cached,
                const float *k, const float *v);

INLINE int64_t channel_pairs(int64_t width) { return (width + 1) / 2; }

/* Keys and values of one head, from qkv (positions, 3 · width): keys as (room / KEYS, pairs of
   channels, KEYS) pairs of neighbouring channels, values as (room / 2, head width) pairs of
   neighbouring positions. Both are what the bfloat16 product multiplies at once; what lies beyond the
   last position or channel is zero. */
void pack_head(const float *qkv, int64_t stride, int64_t width, int64_t head_width,
               int64_t positions, int64_t room, int32_t *keys, int32_t *values);

/* Attention of n ≤ QUERIES neighbouring positions, the first at `query`, to all positions or, when
   causal, to those up to their own. scores, shares: room for QUERIES · room values. */
void read_queries(const float *qkv, int64_t stride, int64_t head_width, int64_t query, int n,
                  int causal, int64_t positions, int64_t room, const int32_t *keys,
                  const int32_t *values, float *scores, int32_t *shares, float *y,
                  int64_t y_stride);
