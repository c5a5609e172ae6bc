/* Products of rows in 8 bits with weights in blocks. */

#pragma once

#include "blocks.h"

/* Rows of float32 numbers as whole ones: 32 share a scale. `padded` is a multiple of 32. */
typedef struct {
    int8_t *values; /* (rows, padded) */
    float *scales;  /* (rows, padded / 32) */
    float *totals;  /* (rows, padded / 32): the sum of 32 values times their scale */
    int32_t *sums;  /* (rows, padded / 32): the sums of 32 values */
    int32_t *halves; /* (rows, padded / 16): the sums of 16 values */
    int64_t padded;
} Input;

int64_t input_bytes(int64_t rows, int64_t count);

/* An input for rows of so many numbers, in memory of input_bytes. */
Input input_in(uint8_t *memory, int64_t rows, int64_t count);

/* x: float32 (count). What is no number stays none: its scale is nan. */
void quantise(Input to, int64_t row, const float *x, int64_t count);

int64_t product_bytes(int64_t padded); /* of scratch for `product`, 64 bytes aligned */

/* results[row · stride + output − from] for outputs from … to of all rows, with their bias.

   An output of a row is a sum in one order, whatever stands beside it, and on every processor: units
   n, n + 8, n + 16 … one after another, and then the eight sums (see sum_8). So a text does not depend
   on how many are written together, nor on how much of a prompt was read at once. */
void product(const Blocks *m, Input in, int64_t from, int64_t to, int64_t rows, float *results,
             int64_t stride, uint8_t *scratch);

/* results (rows, outputs) = x (rows, inputs) times a matrix, on this thread. For tests. scratch:
   text_product_bytes. */
void text_product(const Blocks *m, const float *x, int64_t rows, float *results, uint8_t *scratch);
int64_t text_product_bytes(int64_t rows, int64_t inputs);
