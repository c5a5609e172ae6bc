/* The kernel over sizes from the command line, each piece of memory as large as it has to be and no
   larger, for the compiler's sanitizers: TYPE HEADS HEAD_WIDTH LAYERS ROWS POSITIONS STEPS THREADS
   BIAS OUTPUTS. Prints a number made of all logits. */

#include <stdio.h>
#include <stdlib.h>

#include "layer.h"

static uint32_t seed = 1;

static float number(void) {
    seed = seed * 1664525u + 1013904223u;
    return (float)(seed >> 8) / (1 << 24) - 0.5f;
}

static float *floats(int64_t count) {
    float *x = malloc(count * 4);
    for (int64_t i = 0; i < count; i++) x[i] = number();
    return x;
}

static Matrix matrix(int64_t type, int64_t outputs, int64_t inputs, int bias) {
    Matrix m = {.outputs = outputs, .inputs = inputs, .padded = round_up(inputs, 64)};
    m.bias = bias ? floats(outputs) : NULL;
    if (type == INT8) {
        int8_t *w = calloc(outputs * m.padded, 1);
        int32_t *total = calloc(outputs, 4);
        float *scale = malloc(outputs * 4);
        for (int64_t o = 0; o < outputs; o++) {
            scale[o] = 0.002f;
            for (int64_t i = 0; i < inputs; i++) {
                w[o * m.padded + i] = (int8_t)(number() * 254.0f);
                total[o] += w[o * m.padded + i];
            }
        }
        m.weight = w, m.total = total, m.scale = scale;
        return m;
    }
    float *w = calloc(outputs * m.padded, 4);
    for (int64_t o = 0; o < outputs; o++)
        for (int64_t i = 0; i < inputs; i++) w[o * m.padded + i] = number() * 0.3f;
    m.weight = w;
    if (type == FLOAT32) return m;
    uint16_t *half = malloc(outputs * m.padded * 2);
    for (int64_t i = 0; i < outputs * m.padded; i++) {
        uint32_t bits;
        memcpy(&bits, w + i, 4);
        half[i] = (uint16_t)(bits >> 16);
    }
    free(w);
    m.weight = half;
    return m;
}

static void free_matrix(Matrix m) {
    free((void *)m.weight);
    free((void *)m.scale);
    free((void *)m.total);
    free((void *)m.bias);
}

int main(int count, char **argument) {
    int64_t n[10];
    if (count != 11) return 2;
    for (int i = 0; i < 10; i++) n[i] = atoll(argument[i + 1]);
    int64_t type = n[0], heads = n[1], each = n[2], layers = n[3], rows = n[4], positions = n[5];
    int64_t steps = n[6], threads = n[7], outputs = n[9], width = heads * each;
    int bias = (int)n[8];
    int64_t capacity = round_up(positions + rows + steps, 16);

    Layer *layer = calloc(layers, sizeof(Layer));
    for (int64_t l = 0; l < layers; l++) {
        layer[l].norm_1_weight = floats(width), layer[l].norm_2_weight = floats(width);
        layer[l].norm_1_bias = bias ? floats(width) : NULL;
        layer[l].qkv = matrix(type, 3 * width, width, bias);
        layer[l].out = matrix(type, width, width, bias);
        layer[l].up = matrix(type, 4 * width, width, bias);
        layer[l].down = matrix(type, width, 4 * width, bias);
    }
    float *norm = floats(width);
    Model model = {layer, norm, NULL, matrix(type, outputs, width, bias), layers, width, heads, type,
                   threads};
    Governor *governors = calloc(1, bark_governors_bytes());

    Cache cache = {NULL, NULL, type, rows, capacity};
    int64_t bytes = type == INT8 ? bark_head_bytes(capacity, each)
                                 : capacity * each * (type == FLOAT32 ? 4 : 2);
    cache.keys = calloc(layers * rows * heads, bytes);
    cache.values = type == INT8 ? NULL : calloc(layers * rows * heads, bytes);

    int64_t *at = malloc(rows * 8);
    double read = 0;
    for (int64_t r = 0; r < rows; r++) {
        at[r] = positions + r % 3;
        if (type == BFLOAT16) continue;
        float *x = floats(at[r] * width);
        for (int64_t l = 0; l < layers; l++) {
            uint8_t *scratch = malloc(bark_read_scratch(type, width, heads, at[r]));
            int64_t first = l + 1 == layers ? at[r] - 1 : 0;
            bark_read(type, layer + l, width, heads, x, at[r], first, &cache, l, r, threads,
                      scratch);
            bark_read(type, layer + l, width, heads, x, at[r], 0, NULL, 0, 0, threads, scratch);
            bark_rest();
            free(scratch);
        }
        for (int64_t i = 0; i < at[r] * width; i++) read += x[i];
        free(x);
    }
    float *logits = malloc(rows * outputs * 4);
    uint8_t *scratch = malloc(bark_step_scratch(&model, rows, capacity));
    double sum = read;
    for (int64_t s = 0; s < steps; s++) {
        for (int g = 0; g < GOVERNORS; g++) governors[g].rest = 1 << 30, governors[g].all = 1;
        float *x = floats(rows * width);
        bark_step(&model, governors, &cache, x, at, rows, logits, scratch);
        free(x);
        for (int64_t r = 0; r < rows; r++) at[r]++;
        for (int64_t i = 0; i < rows * outputs; i++) sum += logits[i];
    }
    if (type == INT8) {
        bark_rest();
        bark_move(&cache, layers, heads, width / heads, rows - 1, 0, at[rows - 1]);
        float *keys = malloc(at[0] * each * 4), *values = malloc(at[0] * each * 4);
        float *scales = malloc(2 * at[0] * 4);
        bark_look(&cache, layers - 1, 0, heads, heads - 1, each, at[0], keys, values, scales);
        free(keys), free(values), free(scales);
    }
    for (int64_t n = 1; type != BFLOAT16 && n <= 40; n += 39) { /* few rows, and panels of them */
        float *x = floats(n * width), *y = malloc(n * outputs * 4);
        uint8_t *own = malloc(bark_product_scratch(&model.head, type, n));
        bark_product(&model.head, type, x, n, y, threads, own);
        for (int64_t i = 0; i < n * outputs; i++) sum += y[i];
        bark_rest();
        free(x), free(y), free(own);
    }
    bark_rest(); /* a late thread may look at all that goes now */
    for (int64_t l = 0; l < layers; l++) {
        free((void *)layer[l].norm_1_weight), free((void *)layer[l].norm_2_weight);
        free((void *)layer[l].norm_1_bias);
        free_matrix(layer[l].qkv), free_matrix(layer[l].out);
        free_matrix(layer[l].up), free_matrix(layer[l].down);
    }
    free_matrix(model.head);
    free(layer), free(norm), free(governors), free(cache.keys), free(cache.values);
    free(at), free(logits), free(scratch);
    printf("%.17g\n", sum);
    return 0;
}
