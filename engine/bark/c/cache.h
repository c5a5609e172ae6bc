/* Keys and values of the positions that were read, of all layers, rows and heads.

   float32 and bfloat16: keys and values, (layers, rows, heads, capacity, head width) each.

   8 bits: here and in cache.c alone it is written how they lie. One piece of memory, (layers, rows,
   heads) of `Head`, each of bark_head_bytes, each position with scales of its own:
     keys    uint8 (capacity, head width up to a multiple of 64), 0 as OFFSET;
     values  int8 (capacity / 4, head width up to a multiple of 16, 4): four positions side by side;
     scales  float32 (2, capacity): of the keys, of the values.
   A position gives the same bytes whenever it is written. */

#pragma once

#include "numbers.h"

typedef struct {
    uint8_t *keys, *values; /* in 8 bits keys is the one piece of memory, and values NULL */
    int64_t type, rows, capacity; /* capacity: in 8 bits a multiple of 16 */
} Cache;

typedef struct {
    uint8_t *keys;
    int8_t *values;
    float *scales;
    int64_t capacity;
} Head;

INLINE int64_t key_bytes(int64_t width) { return round_up(width, 64); }
INLINE int64_t value_room(int64_t width) { return round_up(width, 16); }

/* A head in memory of its size. */
Head head_in(uint8_t *memory, int64_t capacity, int64_t width);

/* One head of a row in a layer. */
Head head_at(const Cache *cache, int64_t layer, int64_t row, int64_t heads, int64_t head,
             int64_t width);

/* Write position t: k, v float32 (width). */
void keep(Head head, int64_t t, const float *k, const float *v, int64_t width);

/* Bytes of one head, a multiple of 64. */
int64_t bark_head_bytes(int64_t capacity, int64_t width);

/* Copy the first `length` positions of one row over those of another, in all layers. */
void bark_move(const Cache *cache, int64_t layers, int64_t heads, int64_t width, int64_t source,
               int64_t target, int64_t length);

/* What the first `length` positions of a head hold: keys, values float32 (length, width) as whole
   numbers, scales (2, length). For tests. */
void bark_look(const Cache *cache, int64_t layer, int64_t row, int64_t heads, int64_t head,
               int64_t width, int64_t length, float *keys, float *values, float *scales);
