/* float32 products of many rows. Rows lie in panels: PANEL of them side by side in the lanes of
   vectors, (values, PANEL), so that what comes out of one product goes into the next as it is. What
   lies beside the last row is some number or none, and stays in its lane.

   Each sum is taken in one order, whatever stands beside it: DEEP products after one another, then the
   next DEEP, which are added. */

#pragma once

#include "product.h"

enum { PANEL = 32, DEEP = 256 };
enum { PIECE_OUTPUTS = 96, PIECE_PANELS = 2 }; /* of a piece of a product */

/* Outputs and vectors whose sums fit into the registers. */
#if defined(__AVX512VNNI__)
enum { TILE_OUTPUTS = 12, TILE_VECTORS = 2 };
#else
enum { TILE_OUTPUTS = 6, TILE_VECTORS = 1 };
#endif

INLINE int64_t panels_of(int64_t rows) { return (rows + PANEL - 1) / PANEL; }

/* Vectors of a panel that hold any of so many rows. */
INLINE int64_t vectors_of(int64_t rows) { return rows > 16 ? 2 : 1; }

/* sums (n, PANEL) = or += the products of w and x (depth, PANEL), in v vectors. w: of output o at
   depth k at o · output_step + k · step. Constant n and v keep the sums in registers. */
INLINE void tile(const float *w, int64_t output_step, int64_t step, const float *x, int64_t depth,
                 int n, int v, int add, float *sums) {
    Floats acc[TILE_OUTPUTS][TILE_VECTORS];
    for (int o = 0; o < n; o++)
        for (int j = 0; j < v; j++) acc[o][j] = f_all(0.0f);
    for (int64_t k = 0; k < depth; k++) {
        Floats a[TILE_VECTORS];
        for (int j = 0; j < v; j++) a[j] = f_load(x + k * PANEL + 16 * j);
        for (int o = 0; o < n; o++) {
            Floats b = f_all(w[o * output_step + k * step]);
            for (int j = 0; j < v; j++) acc[o][j] = f_fma(a[j], b, acc[o][j]);
        }
    }
    for (int o = 0; o < n; o++)
        for (int j = 0; j < v; j++) {
            float *at = sums + o * PANEL + 16 * j;
            f_store(at, add ? f_add(f_load(at), acc[o][j]) : acc[o][j]);
        }
}

/* The same for any number of outputs, and for the first vectors of the panel. */
INLINE void tiles(const float *w, int64_t output_step, int64_t step, const float *x, int64_t depth,
                  int64_t outputs, int64_t vectors, int add, float *sums) {
#define TILE(n, v)                                                                               \
    tile(w + o * output_step, output_step, step, x + 16 * j, depth, n, v, add,                   \
         sums + o * PANEL + 16 * j)
#define TILES(v)                                                   \
    do {                                                           \
        int64_t o = 0;                                             \
        for (; o + TILE_OUTPUTS <= outputs; o += TILE_OUTPUTS) TILE(TILE_OUTPUTS, v); \
        for (; o + 4 <= outputs; o += 4) TILE(4, v);               \
        for (; o < outputs; o++) TILE(1, v);                       \
    } while (0)
    for (int64_t j = 0; j < vectors; j += TILE_VECTORS) {
        if (vectors - j >= TILE_VECTORS) TILES(TILE_VECTORS);
        else TILES(1);
    }
#undef TILES
#undef TILE
}

/* x: float32, `rows` ≤ PANEL of them, each of `count` values → (count, PANEL), 0 beside them. */
void load_panel(float *panel, const float *x, int64_t stride, int64_t rows, int64_t count);

/* (count, PANEL) → the first rows. */
void unload_panel(const float *panel, int64_t rows, int64_t count, float *y, int64_t stride);

/* Outputs from … to of neighbouring panels, which hold `rows` rows: sums (panels, to − from, PANEL),
   of panels (inputs, PANEL). */
void product_panels(const Matrix *m, const float *panels, int64_t rows, int64_t from, int64_t to,
                    float *sums);
