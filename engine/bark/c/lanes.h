/* Sixteen numbers at a time, in the instructions of one processor. Each form gives the same bits:
   sixteen lanes and one order of sums, products of whole numbers exact, multiplications that add
   rounded once.

     Floats, Ints   16 of 32 bits; Ints are also any 64 bytes
     Halves         16 bfloat16
     Count          sums of whole numbers in as many lanes as are fast: their order does not matter
     Quad, QuadInts 4 of 32 bits
     BLOCK, VECTORS rows of input, vectors of keys whose sums fit into the registers
     OFFSET         what stands for 0 in the bytes of `count`: 128 where they are unsigned

   f_… are of Floats, i_… of Ints, h_… of Halves, q_… of Quads. `left`: as many of the lanes as there
   are left, all from 16 on, none below 1. Of two operands f_min and f_max give the right one where
   either is nan, or nan. */

#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

#if defined(__AVX512VNNI__)
#include "lanes_avx512.h"
#elif defined(__AVX2__) && defined(__FMA__)
#include "lanes_avx2.h"
#elif defined(__ARM_FEATURE_DOTPROD)
#include "lanes_neon.h"
#else
#error "no form for this processor"
#endif
