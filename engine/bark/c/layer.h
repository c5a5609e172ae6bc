/* A transformer: what a step and a reading of it are given. kernel.py has the same structures. */

#pragma once

#include "attention.h"
#include "choice.h"
#include "product.h"
#include "team.h"

typedef struct {
    const float *norm_1_weight, *norm_1_bias, *norm_2_weight, *norm_2_bias; /* bias may be NULL */
    Matrix qkv, out, up, down;
} Layer;

/* Which is faster, all threads or one, found out now and then. Zero at the beginning. */
typedef struct {
    double best[2]; /* seconds of a step by one thread, by all; 0: not known */
    int64_t all;    /* which of the two is in use: 1 is all */
    int64_t steps, trial; /* since the last trial; steps of one that are left */
    int64_t rest;   /* steps between two trials */
} Governor;

enum { GOVERNORS = 9 }; /* for 1, 2, 3–4, 5–8, … 129–256 rows */

typedef struct {
    const Layer *layers;
    const float *norm_weight, *norm_bias;
    Matrix head;
    int64_t n_layers, width, heads, type, threads;
} Model;

/* Bytes of the governors of a model, which the caller keeps for it. */
int64_t bark_governors_bytes(void);

int64_t bark_step_scratch(const Model *model, int64_t rows, int64_t capacity);

/* x: float32 (rows, width), embeddings of one new position a row. positions: (rows). logits: float32
   (rows, outputs), written. scratch: bark_step_scratch bytes, which stay where they are until
   bark_rest. Returns the threads that worked. */
int64_t bark_step(const Model *model, Governor *governors, const Cache *cache, const float *x,
                  const int64_t *positions, int64_t rows, float *logits, uint8_t *scratch);

int64_t bark_draw_scratch(const Model *model, int64_t rows, int64_t capacity, int64_t tokens);

/* Up to so many tokens of each row, with the steps between them, in one order for all threads: whoever
   has a core goes on, also while the caller's is with another program. FLOAT32. logits: those of the
   first tokens, and then of the first that is missing. positions: of the first tokens. uniforms:
   (rows, stride), the first tokens' own at the first place. drawn: (tokens, rows) outputs, written.
   Ends after a token that ends a row, and before one that is in doubt. scratch: bark_draw_scratch
   bytes, which stay where they are until bark_rest, as does what `choices` points to. Returns the
   tokens of each row. */
int64_t bark_draw(const Model *model, const Cache *cache, const Choices *choices,
                  const Chooser *choosers, const float *uniforms, int64_t stride,
                  const int64_t *positions, int64_t rows, int64_t tokens, float *logits,
                  int64_t *drawn, uint8_t *scratch);

/* type: of the model, FLOAT32 or INT8. */
int64_t bark_read_scratch(int64_t type, int64_t width, int64_t heads, int64_t positions);

/* One layer over the positions 0 … of one row. x: float32 (positions, width), changed in place from
   `first` on; the positions before give only their keys and values. cache: in the type of the model,
   written at this layer and row, or NULL: then every position sees all others. scratch:
   bark_read_scratch bytes. x and scratch stay where they are until bark_rest. */
void bark_read(int64_t type, const Layer *layer, int64_t width, int64_t heads, float *x,
               int64_t positions, int64_t first, const Cache *cache, int64_t index, int64_t row,
               int64_t threads, uint8_t *scratch);

int64_t bark_product_scratch(const Matrix *m, int64_t type, int64_t rows);

/* results (rows, outputs) = x (rows, inputs) times a matrix in float32 or 8 bits. scratch:
   bark_product_scratch bytes, which stay where they are until bark_rest. */
void bark_product(const Matrix *m, int64_t type, const float *x, int64_t rows, float *results,
                  int64_t threads, uint8_t *scratch);

/* Threads for a layer of so many positions: one where the others would come too late. */
INLINE int64_t threads_for(int64_t positions, int64_t width, int64_t threads) {
    return positions * width * width * 12 < 1 << 22 ? 1 : threads;
}

/* bark_read in float32. */
int64_t read_float_scratch(int64_t width, int64_t heads, int64_t positions);
void read_float(const Layer *layer, int64_t width, int64_t heads, float *x, int64_t positions,
                int64_t first, const Cache *cache, int64_t index, int64_t row, int64_t threads,
                uint8_t *scratch);
