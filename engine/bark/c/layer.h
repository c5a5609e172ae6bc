/* A transformer: what a step and a reading of it are given. kernel.py has the same structures. */

#pragma once

#include "attention.h"
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

int64_t bark_read_scratch(int64_t width, int64_t heads, int64_t positions);

/* One layer of an int8 model over the positions 0 … of one row. x: float32 (positions, width),
   changed in place from `first` on; the positions before give only their keys and values. cache: in 8
   bits, written at this layer and row, or NULL: then every position sees all others. scratch:
   bark_read_scratch bytes. */
void bark_read(const Layer *layer, int64_t width, int64_t heads, float *x, int64_t positions,
               int64_t first, const Cache *cache, int64_t index, int64_t row, int64_t threads,
               uint8_t *scratch);

/* results (rows, outputs) = x (rows, inputs) times an int8 matrix. scratch: rows · (padded + 4)
   bytes. */
void bark_product(const Matrix *m, const float *x, int64_t rows, float *results, int64_t threads,
                  uint8_t *scratch);
