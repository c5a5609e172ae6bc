/* See case.h. Each piece of memory is as large as it has to be and no larger, for the sanitizers of
   compilers. */

#include "case.h"

#include "threads.h"

enum { MOST_PIECES_OF_MEMORY = 4096 };

typedef struct {
    uint32_t seed;
    uint64_t bits;
    uint8_t *memory[MOST_PIECES_OF_MEMORY];
    int64_t pieces;
    int lacking;
} Run;

/* Zeros, or NULL where there is no memory. */
static void *room(Run *run, int64_t bytes) {
    uint8_t *memory = NULL;
    if (run->pieces < MOST_PIECES_OF_MEMORY) memory = thread_memory((size_t)bytes + 16);
    if (memory == NULL) {
        run->lacking = 1;
        return NULL;
    }
    run->memory[run->pieces++] = memory;
    return memset(memory + 16, 0, (size_t)bytes); /* at no more than 16 bytes, as others give it */
}

static void forget(Run *run, int64_t pieces) {
    while (run->pieces > pieces) thread_free(run->memory[--run->pieces]);
}

static float number(Run *run) {
    run->seed = run->seed * 1664525u + 1013904223u;
    return (float)(run->seed >> 8) / (1 << 24) - 0.5f;
}

static float *floats(Run *run, int64_t count) {
    float *x = room(run, count * 4);
    for (int64_t i = 0; x && i < count; i++) x[i] = number(run);
    return x;
}

/* Every nan is the same. */
static void note(Run *run, const float *x, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits = 0x7FC00000;
        if (x[i] == x[i]) memcpy(&bits, x + i, 4);
        run->bits = (run->bits ^ bits) * 1099511628211ull; /* FNV-1a, four bytes at once */
    }
}

static Matrix matrix(Run *run, int64_t type, int64_t outputs, int64_t inputs, int64_t bias) {
    Matrix m = {.outputs = outputs, .inputs = inputs, .padded = round_up(inputs, 64)};
    m.bias = bias ? floats(run, outputs) : NULL;
    int64_t cell = type == INT8 ? 1 : type == BFLOAT16 ? 2 : 4;
    uint8_t *weight = room(run, outputs * m.padded * cell);
    int32_t *total = type == INT8 ? room(run, outputs * 4) : NULL;
    float *scale = type == INT8 ? room(run, outputs * 4) : NULL;
    m.weight = weight, m.total = total, m.scale = scale;
    if (run->lacking) return m;
    for (int64_t o = 0; o < outputs; o++) {
        if (type == INT8) scale[o] = 0.002f;
        for (int64_t i = 0; i < inputs; i++) {
            int64_t at = o * m.padded + i;
            float value = number(run) * (type == INT8 ? 255.0f : 0.3f);
            uint32_t bits;
            memcpy(&bits, &value, 4);
            if (type == INT8) total[o] += (int8_t)(weight[at] = (uint8_t)(int8_t)value);
            else if (type == BFLOAT16) ((uint16_t *)weight)[at] = (uint16_t)(bits >> 16);
            else ((float *)weight)[at] = value;
        }
    }
    return m;
}

static Layer layer(Run *run, const Case *c) {
    int64_t width = c->heads * c->head_width;
    Layer l = {0};
    l.norm_1_weight = floats(run, width), l.norm_2_weight = floats(run, width);
    l.norm_1_bias = c->bias ? floats(run, width) : NULL;
    l.qkv = matrix(run, c->type, 3 * width, width, c->bias);
    l.out = matrix(run, c->type, width, width, c->bias);
    l.up = matrix(run, c->type, 4 * width, width, c->bias);
    l.down = matrix(run, c->type, width, 4 * width, c->bias);
    return l;
}

/* Read so many positions of a row, once with a cache and once without one. */
static void read_row(Run *run, const Case *c, const Model *model, const Cache *cache, int64_t row,
                     int64_t positions) {
    int64_t before = run->pieces;
    float *x = floats(run, positions * model->width);
    uint8_t *scratch = room(run, bark_read_scratch(c->type, model->width, c->heads, positions));
    for (int64_t l = 0; !run->lacking && l < c->layers; l++) {
        int64_t first = l + 1 == c->layers ? positions - 1 : 0;
        bark_read(c->type, model->layers + l, model->width, c->heads, x, positions, first, cache, l,
                  row, c->threads, scratch);
        bark_read(c->type, model->layers + l, model->width, c->heads, x, positions, 0, NULL, 0, 0,
                  c->threads, scratch);
    }
    if (!run->lacking) note(run, x, positions * model->width);
    bark_rest();
    forget(run, before);
}

static void step_rows(Run *run, const Case *c, const Model *model, const Cache *cache, int64_t *at) {
    Governor *governors = room(run, bark_governors_bytes());
    float *logits = room(run, c->rows * c->outputs * 4), *x = room(run, c->rows * model->width * 4);
    uint8_t *scratch = room(run, bark_step_scratch(model, c->rows, cache->capacity));
    for (int64_t s = 0; !run->lacking && s < c->steps; s++) {
        for (int g = 0; g < GOVERNORS; g++) governors[g].rest = 1 << 30, governors[g].all = 1;
        for (int64_t i = 0; i < c->rows * model->width; i++) x[i] = number(run);
        bark_step(model, governors, cache, x, at, c->rows, logits, scratch);
        for (int64_t r = 0; r < c->rows; r++) at[r]++;
        note(run, logits, c->rows * c->outputs);
    }
    bark_rest();
}

/* Tokens that are drawn, in one book or in two, with an end or none. */
static void draw_rows(Run *run, const Case *c, const Model *model, const Cache *cache, int64_t *at) {
    int64_t tokens = c->steps + 1, books = c->outputs % 2 ? 1 : 2;
    Choices choices = {floats(run, c->outputs * model->width), floats(run, cache->capacity * model->width),
                       c->outputs, cache->capacity, 0, books, c->outputs / books, -1};
    if (books == 1) choices.end = c->outputs - 1;
    Chooser *choosers = room(run, c->rows * (int64_t)sizeof(Chooser));
    float *logits = floats(run, c->rows * c->outputs), *uniforms = floats(run, c->rows * tokens);
    int64_t *drawn = room(run, c->rows * tokens * 8);
    uint8_t *scratch = room(run, bark_draw_scratch(model, c->rows, cache->capacity, tokens));
    if (run->lacking) return;
    for (int64_t i = 0; i < c->rows * tokens; i++) uniforms[i] += 0.5f;
    for (int64_t r = 0; r < c->rows; r++)
        choosers[r] = (Chooser){(float)(r % 3) * 0.5f, r % 2 ? 0.3f : 0.0f, (uint64_t)r, r % 4 != 3};
    int64_t made = bark_draw(model, cache, &choices, choosers, uniforms, tokens, at, c->rows, tokens,
                             logits, drawn, scratch);
    note(run, logits, c->rows * c->outputs);
    for (int64_t i = 0; i < made * c->rows; i++) note(run, &(float){(float)drawn[i]}, 1);
    bark_rest();
}

/* Rows that are copied and looked at, which 8 bits alone have. */
static void move_row(Run *run, const Case *c, const Cache *cache, int64_t *at) {
    int64_t each = c->head_width, last = c->rows - 1, length = at[last];
    float *keys = room(run, length * each * 4), *values = room(run, length * each * 4);
    float *scales = room(run, 2 * length * 4);
    if (run->lacking) return;
    bark_move(cache, c->layers, c->heads, each, last, 0, length);
    bark_look(cache, c->layers - 1, 0, c->heads, c->heads - 1, each, length, keys, values, scales);
    note(run, keys, length * each), note(run, values, length * each), note(run, scales, 2 * length);
}

/* A product alone, of few rows and of panels of them. */
static void multiply(Run *run, const Case *c, const Model *model) {
    for (int64_t n = 1; n <= 40; n += 39) {
        float *x = floats(run, n * model->width), *y = room(run, n * c->outputs * 4);
        uint8_t *scratch = room(run, bark_product_scratch(&model->head, c->type, n));
        if (run->lacking) return;
        bark_product(&model->head, c->type, x, n, y, c->threads, scratch);
        note(run, y, n * c->outputs);
        bark_rest();
    }
}

uint64_t bark_case(const Case *c) {
    Run *run = thread_memory(sizeof *run);
    if (run == NULL) return 0;
    memset(run, 0, sizeof *run);
    run->seed = 1, run->bits = 14695981039346656037ull;
    int64_t width = c->heads * c->head_width, cells = c->layers * c->rows * c->heads;
    int64_t capacity = round_up(c->positions + c->rows + 2 * c->steps, 16);
    int64_t bytes = c->type == INT8 ? bark_head_bytes(capacity, c->head_width)
                                    : capacity * c->head_width * (c->type == FLOAT32 ? 4 : 2);

    Layer *layers = room(run, c->layers * (int64_t)sizeof(Layer));
    for (int64_t l = 0; !run->lacking && l < c->layers; l++) layers[l] = layer(run, c);
    float *norm = floats(run, width);
    if (c->nan && norm) norm[width - 1] = NAN;
    Model model = {layers, norm, NULL, matrix(run, c->type, c->outputs, width, c->bias), c->layers,
                   width, c->heads, c->type, c->threads};
    Cache cache = {room(run, cells * bytes), NULL, c->type, c->rows, capacity};
    if (c->type != INT8) cache.values = room(run, cells * bytes);
    int64_t *at = room(run, c->rows * 8);
    if (!run->lacking) {
        for (int64_t r = 0; r < c->rows; r++) at[r] = c->positions + r % 3;
        for (int64_t r = 0; c->type != BFLOAT16 && r < c->rows; r++)
            read_row(run, c, &model, &cache, r, at[r]);
        step_rows(run, c, &model, &cache, at);
        if (c->type == FLOAT32) draw_rows(run, c, &model, &cache, at);
        if (c->type == INT8) move_row(run, c, &cache, at);
        if (c->type != BFLOAT16) multiply(run, c, &model);
    }
    uint64_t bits = run->lacking ? 0 : run->bits;
    forget(run, 0);
    thread_free(run);
    return bits;
}
