/* Products: rows of input times a matrix, in three types. */

#pragma once

#include "numbers.h"

typedef struct {
    const void *weight;   /* (outputs, padded): rows padded with zeros to a multiple of 64 values */
    const float *scale;   /* (outputs), int8 only */
    const int32_t *total; /* (outputs) sum of a row of weights, int8 only */
    const float *bias;    /* (outputs) or NULL */
    int64_t outputs, inputs, padded;
} Matrix;

/* Rows in the type that a product reads, each of `padded` values, and for int8 one scale a row. */
typedef struct {
    uint8_t *values;
    float *scales;
} Input;

/* x: float32 (count). */
void load_row(Input to, int64_t row, const float *x, int64_t count, int64_t padded, int64_t type);

/* y = layer norm of x, float32 (width). bias may be NULL. */
void norm_row(float *y, const float *x, const float *weight, const float *bias, int64_t width);

/* results[row · stride + output − from] for outputs from … to of all rows; from: a multiple of 4.
   add: to what is there. Each output of each row is one sum in a fixed order, so its bits do not
   depend on from, to and rows. */
void product(const Matrix *m, Input in, int64_t type, int64_t from, int64_t to, int64_t rows,
             float *results, int64_t stride, int add);
