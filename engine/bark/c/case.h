/* The whole of the compiled step on numbers that are made up: what every form has to compute alike. */

#pragma once

#include "layer.h"

/* nan: whether one of the weights is none. */
typedef struct {
    int64_t type, heads, head_width, layers, rows, positions, steps, threads, bias, outputs, nan;
} Case;

/* A number made of the bits of all results; 0 where memory is lacking. */
uint64_t bark_case(const Case *sizes);
