/* Keys and values of the positions that were read, and attention to them. */

#pragma once

#include "vector.h"

enum { FLOAT32 = 0, FLOAT16 = 1, INT8 = 2 };

/* (layers, slots, heads, capacity, width) each, in one of the types; a text has one slot. int8:
   scales, float32 (2, layers, slots, heads, capacity), of each position of a head: first the keys'. */
typedef struct {
    uint8_t *keys, *values;
    float *scales;
    int64_t type, layers, slots, heads, capacity, width; /* width: a multiple of 8 */
} KeyValues;

/* Write a position of a head: x float32 (width). value: the value, or else the key. */
void keep(const KeyValues *cache, int64_t layer, int64_t slot, int64_t head, int64_t position, int value,
          const float *x);

/* y (width) = attention of a query (width) to `length` positions. scores: room for length + 8. */
void attend(const KeyValues *cache, int64_t layer, int64_t slot, int64_t head, int64_t length,
            const float *query, float *scores, float *y);
