/* A decoder of the GPT-2 or the Llama kind, and a step of it. ../native/library.py has the same
   structures. */

#pragma once

#include "../../bark/c/team.h"
#include "attend.h"
#include "product.h"

/* Of ../../bark/c/governor.h, whose header brings names of the Bark step that are other things here. */
typedef struct Governor Governor;
int64_t governed(Governor *governors, int64_t rows, int64_t threads, int few);
void govern(Governor *governors, int64_t rows, int64_t threads, double seconds);

typedef struct {
    const float *norm_1, *norm_1_bias, *norm_2, *norm_2_bias; /* bias NULL: root mean square */
    Blocks query, key, value, out, gate, up, down;            /* gate.data NULL: GELU of up */
} TextLayer;

typedef struct {
    const TextLayer *layers;
    const float *norm, *norm_bias;
    Blocks embedding, head;
    const float *positions; /* (context, width), added to the embedding, or NULL */
    const float *angles;    /* (context, head width): cosines, then sines; or NULL */
    int64_t n_layers, width, inner, heads, key_heads, head_width;
    int64_t neighbours; /* what is turned: numbers 2i and 2i + 1, or else i and i + half */
    int64_t threads;
    double epsilon;
} TextModel;

/* Bytes of scratch for so many rows, which stay where they are until bark_rest. */
int64_t text_scratch(const TextModel *model, int64_t rows, int64_t capacity);

/* Read a token of each row at its position of its slot. Rows of one slot stand side by side, in order.
   logits: float32 (wanted, outputs of the head), of the last `wanted` rows. Returns the threads that
   worked. */
int64_t text_step(const TextModel *model, Governor *governors, const KeyValues *cache,
                  const int32_t *tokens, const int32_t *slots, const int32_t *positions, int64_t rows,
                  int64_t wanted, float *logits, uint8_t *scratch);
