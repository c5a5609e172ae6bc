/* One new position of each row, through all layers and the head, or several with the choices between
   them. */

#include <stdatomic.h>

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
    int64_t tokens; /* to be drawn, or 0: a step alone. Then: */
    Choices choices;
    Chooser *choosers;   /* (rows), as they were at the first token */
    float *uniforms;     /* (rows, tokens) */
    int64_t *drawn, *first; /* (tokens, rows), −1 where none was; positions of the first tokens (rows) */
    _Atomic int64_t *over;  /* whether no more is drawn */
} Step;

/* What a thread needs for itself: the input of a product, and a piece before it is handed in. */
typedef struct {
    Input in;
    float *normed, *results, *scores, *odds;
    int64_t *chosen;
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
           round_up((MOST_CHOICES + 16) * 4, 64) + round_up(rows * 8, 64) +
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
    TAKE(odds, (MOST_CHOICES + 16) * 4);
    TAKE(chosen, s->rows * 8);
    desk.last = at;
#undef TAKE
    return desk;
}

/* The phases of a token: the choice, then those of a step. */
static int64_t cycle_of(const Step *s) { return s->model.n_layers * PHASES + 2; }

static int64_t token_of(const Step *s, int64_t phase) { return phase / cycle_of(s); }

/* A phase of a step, or −1 for a choice. */
static int64_t inner(const Step *s, int64_t phase) {
    return s->tokens ? phase % cycle_of(s) - 1 : phase;
}

static int is_over(const Step *s) {
    return s->tokens && atomic_load_explicit(s->over, memory_order_acquire);
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
    phase = inner(s, phase);
    if (phase < 0 || is_over(s)) return 1;
    if (is_attention(s, phase)) return s->model.heads;
    const Matrix *m = matrix_of(s, phase);
    return (m->outputs + outputs_of(s, m) - 1) / outputs_of(s, m);
}

/* Every thread prepares the whole input of a product for itself: cheaper than to meet. */
static void prepare(const void *job, int64_t phase, Own *own) {
    const Step *s = job;
    const Model *m = &s->model;
    phase = inner(s, phase);
    if (phase < 0 || is_over(s)) return;
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

/* The next token of each row. What a late thread finds in the logits is nobody's, and any of it will
   do. */
static void compute_choice(const Step *s, int64_t token, Desk desk) {
    for (int64_t r = 0; r < s->rows; r++) {
        Chooser row = s->choosers[r];
        row.made += (uint64_t)token; /* of whatever a late thread finds */
        desk.chosen[r] = choose(&s->choices, &row, s->logits + r * s->model.head.outputs,
                                s->model.head.outputs, s->uniforms[r * s->tokens + token], desk.odds);
    }
}

/* Take the tokens, unless one is in doubt, and make them the input of the next step. */
static void hand_in_choice(const Step *s, int64_t token, Desk desk) {
    const Choices *choices = &s->choices;
    int64_t width = s->model.width, over = token + 1 == s->tokens;
    for (int64_t r = 0; r < s->rows; r++)
        if (desk.chosen[r] < 0) {
            atomic_store_explicit(s->over, 1, memory_order_release);
            return;
        }
    for (int64_t r = 0; r < s->rows; r++) {
        int64_t output = desk.chosen[r], position = s->first[r] + token, id = choices->first + output;
        s->drawn[token * s->rows + r] = output;
        over |= output == choices->end || id >= choices->ids || position >= choices->positions;
        if (over) continue;
        const float *embedding = choices->embedding + id * width;
        const float *place = choices->places + position * width;
        for (int64_t i = 0; i < width; i++) s->x[r * width + i] = embedding[i] + place[i];
        s->positions[r] = position;
    }
    if (over) atomic_store_explicit(s->over, 1, memory_order_release);
}

static void compute(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Step *s = job;
    Desk desk = desk_of(s, own);
    if (is_over(s)) return;
    if (inner(s, phase) < 0) {
        compute_choice(s, token_of(s, phase), desk);
        return;
    }
    phase = inner(s, phase);
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
    if (is_over(s)) return;
    if (inner(s, phase) < 0) {
        hand_in_choice(s, token_of(s, phase), desk);
        return;
    }
    phase = inner(s, phase);
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

/* Bytes of weights that a step reads. */
static int64_t weight_bytes(const Model *m) {
    return m->n_layers * m->width * m->width * 12 *
           (m->type == FLOAT32 ? 4 : m->type == BFLOAT16 ? 2 : 1);
}

/* The memory that threads share, from `at` on, which is moved behind it. */
static void take_shared(Step *s, uint8_t **at) {
#define TAKE(field, bytes) (s->field = (void *)*at, *at += round_up(bytes, 64))
    TAKE(x, s->rows * s->model.width * 4);
    TAKE(y, s->rows * s->model.width * 4);
    TAKE(hidden, s->rows * 4 * s->model.width * 4);
    TAKE(positions, s->rows * 8);
}

int64_t bark_step(const Model *model, Governor *governors, const Cache *cache, const float *x,
                  const int64_t *positions, int64_t rows, float *logits, uint8_t *scratch) {
    Step s = {.model = *model, .cache = *cache, .rows = rows, .logits = logits};
    uint8_t *at = scratch + (64 - (uintptr_t)scratch % 64) % 64;
    take_shared(&s, &at);
    memcpy(s.x, x, rows * model->width * 4);
    memcpy(s.positions, positions, rows * 8);
    Own own = {at, (size_t)desk_bytes(model, rows, cache->capacity), 0};

    int64_t threads = governed(governors, rows, model->threads, weight_bytes(model) < FEW);
    int64_t start = team_clock();
    team_run(&STEP, &s, sizeof s, model->n_layers * PHASES + 1, threads, own);
    if (model->threads > 1) govern(governors, rows, threads, (team_clock() - start) * 1e-9);
    return threads;
}

static int64_t draw_bytes(const Model *m, int64_t rows, int64_t tokens) {
    return round_up(rows * m->head.outputs * 4, 64) + round_up(rows * (int64_t)sizeof(Chooser), 64) +
           round_up(rows * tokens * 4, 64) + round_up(rows * tokens * 8, 64) + round_up(rows * 8, 64) +
           64;
}

int64_t bark_draw_scratch(const Model *model, int64_t rows, int64_t capacity, int64_t tokens) {
    return bark_step_scratch(model, rows, capacity) + draw_bytes(model, rows, tokens);
}

int64_t bark_draw(const Model *model, const Cache *cache, const Choices *choices,
                  const Chooser *choosers, const float *uniforms, int64_t stride,
                  const int64_t *positions, int64_t rows, int64_t tokens, float *logits,
                  int64_t *drawn, uint8_t *scratch) {
    Step step = {.model = *model, .cache = *cache, .rows = rows, .tokens = tokens, .choices = *choices};
    Step *s = &step;
    uint8_t *free = scratch + (64 - (uintptr_t)scratch % 64) % 64, **at = &free;
    take_shared(s, at);
    TAKE(logits, rows * model->head.outputs * 4);
    TAKE(choosers, rows * (int64_t)sizeof(Chooser));
    TAKE(drawn, rows * tokens * 8);
    TAKE(first, rows * 8);
    TAKE(over, 64);
    TAKE(uniforms, rows * tokens * 4);
#undef TAKE
    memcpy(s->logits, logits, rows * model->head.outputs * 4);
    memcpy(s->choosers, choosers, rows * (int64_t)sizeof(Chooser));
    memcpy(s->first, positions, rows * 8);
    memcpy(s->positions, positions, rows * 8);
    for (int64_t r = 0; r < rows; r++)
        memcpy(s->uniforms + r * tokens, uniforms + r * stride, tokens * 4);
    for (int64_t i = 0; i < rows * tokens; i++) s->drawn[i] = -1;
    atomic_store(s->over, 0);
    Own own = {free, (size_t)desk_bytes(model, rows, cache->capacity), 0};
    int64_t threads = weight_bytes(model) < FEW ? 1 : model->threads;
    team_run(&STEP, s, sizeof step, (tokens - 1) * cycle_of(s) + 1, threads, own);
    int64_t made = 0;
    while (made < tokens && s->drawn[made * rows] >= 0) made++;
    memcpy(drawn, s->drawn, rows * tokens * 8);
    memcpy(logits, s->logits, rows * model->head.outputs * 4);
    return made;
}
