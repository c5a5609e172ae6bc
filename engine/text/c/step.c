/* See step.h. */

#include "layer.h"

enum { QKV, ATTEND, OUT, UP, DOWN, HEAD, MATRICES };
enum { LOAD = 8 }; /* of a phase: bring the input of that product into its form */
enum { MANY_FROM = 6 }; /* rows that are shared out by tiles; fewer hand in their pieces */
enum { MOST_OUTPUTS = 1024, TILE_OUTPUTS = 64 }; /* of a piece, with few rows and with many */
enum { LOAD_ROWS = 4, ATTEND_ROWS = 8 }; /* of a piece, with many rows */
enum { LITTLE = 1 << 22 }; /* bytes of weights that one thread has read before others have come */

static const uint8_t FEW_PHASES[] = {QKV, ATTEND, OUT, UP, DOWN};
static const uint8_t MANY_PHASES[] = {LOAD | QKV, QKV, ATTEND, LOAD | OUT, OUT,
                                      LOAD | UP, UP, LOAD | DOWN, DOWN};

typedef struct {
    TextModel model;
    KeyValues cache;
    int64_t rows, wanted, many;
    float *x, *q, *y, *hidden; /* (rows, width), twice (rows, heads · head width), (rows, inner) */
    const int32_t *slots, *positions;
    float *logits;
    uint8_t *input; /* of a product, with many rows */
} TextStep;

_Static_assert(sizeof(TextStep) <= JOB_BYTES, "a step has to fit into an order");

static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

/* The longest row that a product reads. */
static int64_t longest(const TextModel *m) {
    return greater(greater(m->width, m->inner), m->heads * m->head_width);
}

static int64_t most_outputs(const TextModel *m, int many) {
    return greater(many ? TILE_OUTPUTS : MOST_OUTPUTS, m->head_width);
}

/* ── a thread's own memory ────────────────────────────────────────────────────────────────── */

typedef struct {
    uint8_t *product, *input;
    float *normed, *scores, *results;
} Desk;

static int64_t desk_bytes(const TextModel *m, int64_t rows, int64_t capacity) {
    int many = rows >= MANY_FROM;
    return up_to(product_bytes(up_to(longest(m), 32)), 64) + up_to(m->width * 4, 64) +
           up_to((capacity + 16) * 4, 64) + up_to(2 * rows * most_outputs(m, many) * 4, 64) +
           (many ? 0 : input_bytes(rows, longest(m)));
}

static Desk desk_of(const TextStep *s, const Own *own) {
    const TextModel *m = &s->model;
    uint8_t *at = own->memory;
    Desk desk;
#define TAKE(field, bytes) (desk.field = (void *)at, at += up_to(bytes, 64))
    TAKE(product, product_bytes(up_to(longest(m), 32)));
    TAKE(normed, m->width * 4);
    TAKE(scores, (s->cache.capacity + 16) * 4);
    TAKE(results, 2 * s->rows * most_outputs(m, (int)s->many) * 4);
#undef TAKE
    desk.input = s->many ? s->input : at;
    return desk;
}

/* ── phases and pieces ────────────────────────────────────────────────────────────────────── */

static int64_t phases_of_layer(const TextStep *s) {
    return s->many ? (int64_t)sizeof MANY_PHASES : (int64_t)sizeof FEW_PHASES;
}

/* What a phase is. layer: NULL for the head. */
static int kind_of(const TextStep *s, int64_t phase, const TextLayer **layer, int64_t *index) {
    int64_t each = phases_of_layer(s);
    *index = phase / each;
    *layer = s->model.layers + *index;
    if (*index < s->model.n_layers)
        return (s->many ? MANY_PHASES : FEW_PHASES)[phase % each];
    *layer = NULL;
    return s->many && phase == s->model.n_layers * each ? LOAD | HEAD : HEAD;
}

static const Blocks *matrix_of(const TextStep *s, const TextLayer *layer, int kind) {
    switch (kind) {
        case OUT: return &layer->out;
        case UP: return &layer->up;
        case DOWN: return &layer->down;
        default: return &s->model.head;
    }
}

/* Outputs of a piece: two pieces for each thread, for long reads from memory. */
static int64_t outputs_of(const TextStep *s, const Blocks *m) {
    if (s->many) return TILE_OUTPUTS;
    int64_t each = up_to(m->outputs / (2 * s->model.threads) + 1, 16);
    return each < MOST_OUTPUTS ? each : MOST_OUTPUTS;
}

static int64_t pieces_of(const void *job, int64_t phase) {
    const TextStep *s = job;
    const TextModel *m = &s->model;
    const TextLayer *layer;
    int64_t index;
    int kind = kind_of(s, phase, &layer, &index);
    if (kind & LOAD) return (s->rows + LOAD_ROWS - 1) / LOAD_ROWS;
    if (kind == QKV) return m->heads + 2 * m->key_heads;
    if (kind == ATTEND)
        return m->heads * (s->many ? (s->rows + ATTEND_ROWS - 1) / ATTEND_ROWS : 1);
    const Blocks *matrix = matrix_of(s, layer, kind);
    return (matrix->outputs + outputs_of(s, matrix) - 1) / outputs_of(s, matrix);
}

static int64_t rows_of(const TextStep *s, int kind) { return kind == HEAD ? s->wanted : s->rows; }

/* Numbers of a row that a product reads. */
static int64_t count_of(const TextModel *m, int kind) {
    return kind == OUT ? m->heads * m->head_width : kind == DOWN ? m->inner : m->width;
}

/* Rows first … end of the input of a product, in 8 bits. */
static void load(const TextStep *s, const TextLayer *layer, int kind, int64_t first, int64_t end,
                 Desk desk) {
    const TextModel *m = &s->model;
    int64_t count = count_of(m, kind), rows = rows_of(s, kind);
    Input in = input_in(desk.input, rows, count);
    const float *weight = kind == QKV ? layer->norm_1 : kind == UP ? layer->norm_2 : m->norm;
    const float *bias = kind == QKV  ? layer->norm_1_bias
                        : kind == UP ? layer->norm_2_bias
                                     : m->norm_bias;
    for (int64_t r = first; r < end && r < rows; r++) {
        const float *x = s->x + (r + s->rows - rows) * m->width;
        if (kind == OUT || kind == DOWN) {
            quantise(in, r, (kind == OUT ? s->y : s->hidden) + r * count, count);
        } else {
            norm_text(desk.normed, x, weight, bias, m->width, m->epsilon);
            quantise(in, r, desk.normed, count);
        }
    }
}

static void prepare(const void *job, int64_t phase, Own *own) {
    const TextStep *s = job;
    const TextLayer *layer;
    int64_t index;
    int kind = kind_of(s, phase, &layer, &index);
    if (kind != ATTEND) load(s, layer, kind, 0, s->rows, desk_of(s, own));
}

/* ── a piece of a product ─────────────────────────────────────────────────────────────────── */

/* Which matrix a head of queries, keys and values comes from, and its number there. */
static const Blocks *head_of(const TextModel *m, const TextLayer *layer, int64_t *head) {
    if (*head < m->heads) return &layer->query;
    *head -= m->heads;
    if (*head < m->key_heads) return &layer->key;
    *head -= m->key_heads;
    return &layer->value;
}

/* A slot or position of a row, within the cache: a late thread may find another step's numbers there,
   laid out for other rows. What it computes of them nobody takes. */
static int64_t within(const int32_t *numbers, int64_t r, int64_t count) {
    int64_t number = *(const volatile int32_t *)(numbers + r);
    if (number < 0) return 0;
    return number < count ? number : count - 1;
}

static void compute_head(const TextStep *s, const TextLayer *layer, int64_t head, Desk desk) {
    const TextModel *m = &s->model;
    int64_t width = m->head_width;
    const Blocks *matrix = head_of(m, layer, &head);
    Input in = input_in(desk.input, s->rows, m->width);
    product(matrix, in, head * width, (head + 1) * width, s->rows, desk.results, width, desk.product);
    if (m->angles == NULL || matrix == &layer->value) return;
    for (int64_t r = 0; r < s->rows; r++)
        turn(desk.results + r * width,
             m->angles + within(s->positions, r, s->cache.capacity) * width, width,
             (int)m->neighbours);
}

static void hand_in_head(const TextStep *s, const TextLayer *layer, int64_t index, int64_t head,
                         Desk desk) {
    const TextModel *m = &s->model;
    int64_t width = m->head_width;
    const Blocks *matrix = head_of(m, layer, &head);
    for (int64_t r = 0; r < s->rows; r++) {
        const float *from = desk.results + r * width;
        if (matrix == &layer->query)
            memcpy(s->q + (r * m->heads + head) * width, from, (size_t)width * 4);
        else
            keep(&s->cache, index, within(s->slots, r, s->cache.slots), head,
                 within(s->positions, r, s->cache.capacity), matrix == &layer->value, from);
    }
}

/* Rows first … end of a head: to `results`, (rows, width). */
static void compute_attention(const TextStep *s, int64_t index, int64_t head, int64_t first,
                              int64_t end, Desk desk) {
    const TextModel *m = &s->model;
    int64_t width = m->head_width, shared = head / (m->heads / m->key_heads);
    for (int64_t r = first; r < end; r++)
        attend(&s->cache, index, within(s->slots, r, s->cache.slots), shared,
               within(s->positions, r, s->cache.capacity) + 1,
               s->q + (r * m->heads + head) * width, desk.scores, desk.results + r * width);
}

static void hand_in_attention(const TextStep *s, int64_t head, int64_t first, int64_t end, Desk desk) {
    int64_t width = s->model.head_width;
    for (int64_t r = first; r < end; r++)
        memcpy(s->y + (r * s->model.heads + head) * width, desk.results + r * width,
               (size_t)width * 4);
}

static void compute_outputs(const TextStep *s, const TextLayer *layer, int kind, int64_t piece,
                            Desk desk) {
    const Blocks *m = matrix_of(s, layer, kind);
    int64_t each = outputs_of(s, m), from = piece * each, rows = rows_of(s, kind);
    int64_t to = from + each < m->outputs ? from + each : m->outputs, count = to - from;
    Input in = input_in(desk.input, rows, count_of(&s->model, kind));
    product(m, in, from, to, rows, desk.results, count, desk.product);
    if (kind != UP) return;
    float *gate = layer->gate.data ? desk.results + rows * count : NULL;
    if (gate) product(&layer->gate, in, from, to, rows, gate, count, desk.product);
    activate(desk.results, gate, rows * count);
}

static void hand_in_outputs(const TextStep *s, const TextLayer *layer, int kind, int64_t piece,
                            Desk desk) {
    const Blocks *m = matrix_of(s, layer, kind);
    int64_t each = outputs_of(s, m), from = piece * each;
    int64_t count = from + each < m->outputs ? each : m->outputs - from;
    float *to = kind == HEAD ? s->logits : kind == UP ? s->hidden : s->x;
    for (int64_t r = 0; r < rows_of(s, kind); r++) {
        float *at = to + r * m->outputs + from;
        const float *from_desk = desk.results + r * count;
        if (to != s->x) memcpy(at, from_desk, (size_t)count * 4);
        else
            for (int64_t i = 0; i < count; i++) at[i] += from_desk[i];
    }
}

/* ── work ─────────────────────────────────────────────────────────────────────────────────── */

static void hand_in(const void *job, int64_t phase, int64_t piece, Own *own) {
    const TextStep *s = job;
    const TextLayer *layer;
    int64_t index;
    int kind = kind_of(s, phase, &layer, &index);
    Desk desk = desk_of(s, own);
    if (kind == QKV) hand_in_head(s, layer, index, piece, desk);
    else if (kind == ATTEND) hand_in_attention(s, piece, 0, s->rows, desk);
    else hand_in_outputs(s, layer, kind, piece, desk);
}

static void compute(const void *job, int64_t phase, int64_t piece, Own *own) {
    const TextStep *s = job;
    const TextLayer *layer;
    int64_t index;
    int kind = kind_of(s, phase, &layer, &index);
    Desk desk = desk_of(s, own);
    if (kind == QKV) compute_head(s, layer, piece, desk);
    else if (kind == ATTEND) compute_attention(s, index, piece, 0, s->rows, desk);
    else compute_outputs(s, layer, kind, piece, desk);
}

/* With many rows a phase is long: its pieces write at once. */
static void compute_many(const void *job, int64_t phase, int64_t piece, Own *own) {
    const TextStep *s = job;
    const TextLayer *layer;
    int64_t index;
    int kind = kind_of(s, phase, &layer, &index);
    Desk desk = desk_of(s, own);
    if (kind & LOAD) {
        load(s, layer, kind & ~LOAD, piece * LOAD_ROWS, (piece + 1) * LOAD_ROWS, desk);
    } else if (kind == ATTEND) {
        int64_t head = piece % s->model.heads, first = piece / s->model.heads * ATTEND_ROWS;
        int64_t end = first + ATTEND_ROWS < s->rows ? first + ATTEND_ROWS : s->rows;
        compute_attention(s, index, head, first, end, desk);
        hand_in_attention(s, head, first, end, desk);
    } else {
        compute(job, phase, piece, own);
        hand_in(job, phase, piece, own);
    }
}

static const Work FEW_ROWS = {pieces_of, prepare, compute, hand_in};
static const Work MANY_ROWS = {pieces_of, NULL, compute_many, NULL};

int64_t text_scratch(const TextModel *m, int64_t rows, int64_t capacity) {
    return up_to(rows * m->width * 4, 64) + 2 * up_to(rows * m->heads * m->head_width * 4, 64) +
           up_to(rows * m->inner * 4, 64) + 2 * up_to(rows * 4, 64) +
           (rows >= MANY_FROM ? input_bytes(rows, longest(m)) : 0) + desk_bytes(m, rows, capacity) +
           64;
}

int64_t text_step(const TextModel *m, Governor *governors, const KeyValues *cache,
                  const int32_t *tokens, const int32_t *slots, const int32_t *positions, int64_t rows,
                  int64_t wanted, float *logits, uint8_t *scratch) {
    TextStep s = {.model = *m, .cache = *cache, .rows = rows, .wanted = wanted};
    s.many = rows >= MANY_FROM;
    uint8_t *at = scratch + (64 - (uintptr_t)scratch % 64) % 64;
    int32_t *own_slots, *own_positions;
#define TAKE(field, bytes) (field = (void *)at, at += up_to(bytes, 64))
    TAKE(s.x, rows * m->width * 4);
    TAKE(s.q, rows * m->heads * m->head_width * 4);
    TAKE(s.y, rows * m->heads * m->head_width * 4);
    TAKE(s.hidden, rows * m->inner * 4);
    TAKE(own_slots, rows * 4);
    TAKE(own_positions, rows * 4);
    TAKE(s.input, s.many ? input_bytes(rows, longest(m)) : 0);
#undef TAKE
    s.slots = memcpy(own_slots, slots, (size_t)rows * 4);
    s.positions = memcpy(own_positions, positions, (size_t)rows * 4);
    s.logits = logits;
    for (int64_t r = 0; r < rows; r++) {
        float *x = s.x + r * m->width;
        text_row(&m->embedding, tokens[r], x);
        if (m->positions)
            for (int64_t i = 0; i < m->width; i++) x[i] += m->positions[positions[r] * m->width + i];
    }
    Own own = {at, (size_t)desk_bytes(m, rows, cache->capacity), 0};
    int64_t phases = m->n_layers * phases_of_layer(&s) + (wanted ? 1 + s.many : 0);
    if (s.many) {
        team_run(&MANY_ROWS, &s, sizeof s, phases, m->threads, own);
        return m->threads;
    }
    int64_t bytes = m->n_layers * m->layers->up.row_bytes * m->inner * 3;
    int64_t threads = governed(governors, rows, m->threads, bytes < LITTLE);
    int64_t start = team_clock();
    team_run(&FEW_ROWS, &s, sizeof s, phases, threads, own);
    if (m->threads > 1) govern(governors, rows, threads, (double)(team_clock() - start) * 1e-9);
    return threads;
}
