/* One new position of each row, through all layers and the head. */

#include "governor.h"

/* The phases of a layer. */
enum { ATTEND, OUT, UP, DOWN, PHASES };
enum { MOST_OUTPUTS = 1024 }; /* of a piece */
enum { FEW = 1 << 22 }; /* bytes of weights that one thread has read before others have come */

typedef struct {
    Model model;
    Cache cache;
    int64_t rows;
    float *x, *y, *hidden; /* (rows, width), (rows, width), (rows, 4 · width) */
    int64_t *positions;
    float *logits;
} Step;

/* What a thread needs for itself: the input of a product, and a piece before it is handed in. */
typedef struct {
    Input in;
    float *normed, *results, *scores;
    uint8_t *last;
} Desk;

static int64_t results_of(const Model *m) { /* a row of a piece */
    int64_t head = 4 * (m->width / m->heads);
    return head > MOST_OUTPUTS ? head : MOST_OUTPUTS;
}

static int64_t desk_bytes(const Model *m, int64_t rows, int64_t capacity) {
    int64_t padded = 4 * m->width + 64, head = m->width / m->heads;
    return round_up(rows * padded * 4, 64) + round_up(rows * 4, 64) + round_up(m->width * 4, 64) +
           round_up(rows * results_of(m) * 4, 64) + round_up(2 * (capacity + 32) * 4, 64) +
           bark_head_bytes(4, head) + round_up(8 * head, 64);
}

static Desk desk_of(const Step *s, const Own *own) {
    const Model *m = &s->model;
    uint8_t *at = own->memory;
    Desk desk;
#define TAKE(field, bytes) (desk.field = (void *)at, at += round_up(bytes, 64))
    TAKE(in.values, s->rows * (4 * m->width + 64) * 4);
    TAKE(in.scales, s->rows * 4);
    TAKE(normed, m->width * 4);
    TAKE(results, s->rows * results_of(m) * 4);
    TAKE(scores, 2 * (s->cache.capacity + 32) * 4);
    desk.last = at;
#undef TAKE
    return desk;
}

static int is_head(const Step *s, int64_t phase) { return phase == s->model.n_layers * PHASES; }

static int is_attention(const Step *s, int64_t phase) {
    return !is_head(s, phase) && phase % PHASES == ATTEND;
}

static const Matrix *matrix_of(const Step *s, int64_t phase) {
    if (is_head(s, phase)) return &s->model.head;
    const Layer *layer = s->model.layers + phase / PHASES;
    const Matrix *matrices[] = {&layer->qkv, &layer->out, &layer->up, &layer->down};
    return matrices[phase % PHASES];
}

/* ── pieces ───────────────────────────────────────────────────────────────────────────────── */

/* Outputs of a piece, in whole vectors: two pieces for each thread, for long reads from memory. */
static int64_t outputs_of(const Step *s, const Matrix *m) {
    int64_t each = m->outputs / (2 * s->model.threads);
    each = round_up(each < 16 ? 16 : each, 16);
    return each < MOST_OUTPUTS ? each : MOST_OUTPUTS;
}

static int64_t pieces_of(const void *job, int64_t phase) {
    const Step *s = job;
    if (is_attention(s, phase)) return s->model.heads;
    const Matrix *m = matrix_of(s, phase);
    return (m->outputs + outputs_of(s, m) - 1) / outputs_of(s, m);
}

/* Every thread prepares the whole input of a product for itself: cheaper than to meet. */
static void prepare(const void *job, int64_t phase, Own *own) {
    const Step *s = job;
    const Model *m = &s->model;
    const Layer *layer = is_head(s, phase) ? NULL : m->layers + phase / PHASES;
    int64_t padded = matrix_of(s, phase)->padded, width = m->width;
    Desk desk = desk_of(s, own);
    for (int64_t r = 0; r < s->rows; r++) {
        const float *from = s->x + r * width;
        int64_t count = width;
        if (layer == NULL) {
            norm_row(desk.normed, from, m->norm_weight, m->norm_bias, width);
        } else if (phase % PHASES == ATTEND) {
            norm_row(desk.normed, from, layer->norm_1_weight, layer->norm_1_bias, width);
        } else if (phase % PHASES == UP) {
            norm_row(desk.normed, from, layer->norm_2_weight, layer->norm_2_bias, width);
        } else {
            count = phase % PHASES == OUT ? width : 4 * width;
            from = phase % PHASES == OUT ? s->y + r * width : s->hidden + r * 4 * width;
            load_row(desk.in, r, from, count, padded, m->type);
            continue;
        }
        load_row(desk.in, r, desk.normed, count, padded, m->type);
    }
}

/* Where the new token of a row stands, within the cache: a late thread may find another step's numbers
   there, laid out for other rows. What it computes of them nobody takes. */
static int64_t position_of(const Step *s, int64_t r) {
    int64_t position = *(const volatile int64_t *)(s->positions + r);
    if (position < 0) return 0;
    return position < s->cache.capacity ? position : s->cache.capacity - 1;
}

/* One head of all rows: results (rows, 4, head width) of q, k, v and y. */
static void compute_head(const Step *s, int64_t index, int64_t head, Desk desk) {
    const Model *m = &s->model;
    int64_t each = m->width / m->heads, stride = 4 * each;
    const Matrix *qkv = &m->layers[index].qkv;
    for (int64_t part = 0; part < 3; part++) {
        int64_t from = part * m->width + head * each;
        product(qkv, desk.in, m->type, from, from + each, s->rows, desk.results + part * each, stride,
                0);
    }
    for (int64_t r = 0; r < s->rows; r++) {
        const float *q = desk.results + r * stride;
        float *y = desk.results + r * stride + 3 * each;
        if (s->cache.type == INT8) {
            Head at = head_at(&s->cache, index, r, m->heads, head, each);
            attend_int8(q, q + each, q + 2 * each, at, position_of(s, r), each, desk.scores, desk.last,
                        y);
            continue;
        }
        int64_t cell = s->cache.type == FLOAT32 ? 4 : 2;
        int64_t at = ((index * s->cache.rows + r) * m->heads + head) * s->cache.capacity * each * cell;
        attend(q, q + each, q + 2 * each, s->cache.keys + at, s->cache.values + at, position_of(s, r),
               each, s->cache.type, desk.scores, desk.last, y);
    }
}

static void hand_in_head(const Step *s, int64_t index, int64_t head, Desk desk) {
    const Model *m = &s->model;
    int64_t each = m->width / m->heads;
    for (int64_t r = 0; r < s->rows; r++) {
        const float *k = desk.results + r * 4 * each + each, *v = k + each, *y = v + each;
        memcpy(s->y + r * m->width + head * each, y, each * 4);
        if (s->cache.type == INT8) {
            keep(head_at(&s->cache, index, r, m->heads, head, each), position_of(s, r), k, v, each);
            continue;
        }
        int64_t cell = s->cache.type == FLOAT32 ? 4 : 2;
        int64_t at = ((index * s->cache.rows + r) * m->heads + head) * s->cache.capacity * each * cell;
        keep_float(s->cache.keys + at, s->cache.values + at, position_of(s, r), each, s->cache.type, k,
                   v);
    }
}

static void compute(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Step *s = job;
    Desk desk = desk_of(s, own);
    if (is_attention(s, phase)) {
        compute_head(s, phase / PHASES, piece, desk);
        return;
    }
    const Matrix *m = matrix_of(s, phase);
    int64_t each = outputs_of(s, m), from = piece * each;
    int64_t to = from + each < m->outputs ? from + each : m->outputs;
    product(m, desk.in, s->model.type, from, to, s->rows, desk.results, to - from, 0);
    if (!is_head(s, phase) && phase % PHASES == UP) gelu_row(desk.results, s->rows * (to - from));
}

static void hand_in(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Step *s = job;
    Desk desk = desk_of(s, own);
    if (is_attention(s, phase)) {
        hand_in_head(s, phase / PHASES, piece, desk);
        return;
    }
    const Matrix *m = matrix_of(s, phase);
    int64_t each = outputs_of(s, m), from = piece * each;
    int64_t count = from + each < m->outputs ? each : m->outputs - from;
    float *to = is_head(s, phase) ? s->logits : phase % PHASES == UP ? s->hidden : s->x;
    for (int64_t r = 0; r < s->rows; r++) {
        float *at = to + r * m->outputs + from;
        const float *results = desk.results + r * count;
        if (to != s->x) {
            memcpy(at, results, count * 4);
            continue;
        }
        for (int64_t i = 0; i < count; i += 16)
            f_store_first(at + i, count - i,
                          f_add(f_load_first(at + i, count - i),
                                f_load_first(results + i, count - i)));
    }
}

_Static_assert(sizeof(Step) <= JOB_BYTES, "a step has to fit into an order");

static const Work STEP = {pieces_of, prepare, compute, hand_in};

/* ── the step ─────────────────────────────────────────────────────────────────────────────── */

static int64_t shared_bytes(const Model *m, int64_t rows) {
    return 2 * round_up(rows * m->width * 4, 64) + round_up(rows * 4 * m->width * 4, 64) +
           round_up(rows * 8, 64);
}

int64_t bark_step_scratch(const Model *model, int64_t rows, int64_t capacity) {
    return shared_bytes(model, rows) + desk_bytes(model, rows, capacity) + 64;
}

int64_t bark_step(const Model *model, Governor *governors, const Cache *cache, const float *x,
                  const int64_t *positions, int64_t rows, float *logits, uint8_t *scratch) {
    Step s = {*model, *cache, rows, NULL, NULL, NULL, NULL, logits};
    uint8_t *at = scratch + (64 - (uintptr_t)scratch % 64) % 64;
#define TAKE(field, bytes) (s.field = (void *)at, at += round_up(bytes, 64))
    TAKE(x, rows * model->width * 4);
    TAKE(y, rows * model->width * 4);
    TAKE(hidden, rows * 4 * model->width * 4);
    TAKE(positions, rows * 8);
#undef TAKE
    memcpy(s.x, x, rows * model->width * 4);
    memcpy(s.positions, positions, rows * 8);
    Own own = {at, (size_t)desk_bytes(model, rows, cache->capacity), 0};

    int64_t bytes = model->n_layers * model->width * model->width * 12 *
                    (model->type == FLOAT32 ? 4 : model->type == BFLOAT16 ? 2 : 1);
    int64_t threads = governed(governors, rows, model->threads, bytes < FEW);
    int64_t start = team_clock();
    team_run(&STEP, &s, sizeof s, model->n_layers * PHASES + 1, threads, own);
    if (model->threads > 1) govern(governors, rows, threads, (team_clock() - start) * 1e-9);
    return threads;
}
