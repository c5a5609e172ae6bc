/* A float32 layer over many positions of one row, in panels. */

#include "layer.h"
#include "panels.h"

/* The phases of a layer. */
enum { NORM_1, QKV, ATTEND, OUT, NORM_2, UP, DOWN, PHASES };

typedef struct {
    const Layer *layer;
    Cache cache;
    int64_t cached, index, row; /* whether there is a cache, and where in it */
    int64_t width, heads, positions, first;
    float *x;         /* (positions, width) */
    float *in, *wide; /* panels: (panels, width, PANEL), and 3 or 4 times as wide */
} Reading;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t up_to(int64_t count, int64_t each) { return (count + each - 1) / each; }

/* The first panel that is computed: those before give only their keys and values. */
static int64_t first_of(const Reading *r, int64_t phase) {
    return phase <= ATTEND ? 0 : r->first / PANEL;
}

static int64_t count_of(const Reading *r, int64_t phase) {
    return panels_of(r->positions) - first_of(r, phase);
}

static const Matrix *matrix_of(const Reading *r, int64_t phase) {
    return phase == QKV ? &r->layer->qkv : phase == OUT ? &r->layer->out
         : phase == UP ? &r->layer->up : &r->layer->down;
}

static int64_t pieces_of(const void *job, int64_t phase) {
    const Reading *r = job;
    int64_t panels = count_of(r, phase);
    if (phase == NORM_1 || phase == NORM_2) return panels;
    if (phase == ATTEND) return panels * r->heads;
    return up_to(panels, PIECE_PANELS) * up_to(matrix_of(r, phase)->outputs, PIECE_OUTPUTS);
}

/* ── norm ─────────────────────────────────────────────────────────────────────────────────── */

/* own: a panel, then its rows. */
static void norm(const Reading *r, int64_t phase, int64_t p, Own *own) {
    const Layer *layer = r->layer;
    int64_t width = r->width, rows = least(PANEL, r->positions - p * PANEL);
    const float *weight = phase == NORM_1 ? layer->norm_1_weight : layer->norm_2_weight;
    const float *bias = phase == NORM_1 ? layer->norm_1_bias : layer->norm_2_bias;
    float *panel = (float *)own->memory, *normed = panel + PANEL * width;
    for (int64_t t = 0; t < rows; t++)
        norm_row(normed + t * width, r->x + (p * PANEL + t) * width, weight, bias, width);
    load_panel(panel, normed, width, rows, width);
}

/* ── attention ────────────────────────────────────────────────────────────────────────────── */

/* A part of a head in a panel, 0, 1, 2: queries, keys, values (head width, PANEL). */
static const float *part_of(const Reading *r, int64_t part, int64_t h, int64_t p) {
    return r->wide + (p * 3 * r->width + part * r->width + h * (r->width / r->heads)) * PANEL;
}

/* What a query of a panel adds to the score of the position s of the same panel: −∞ before it. */
static const float *hidden_from(int64_t s) {
    static const float table[2 * PANEL] = {[0 ... PANEL - 1] = -INFINITY};
    return table + PANEL - s;
}

/* own: y (head width, PANEL), keys and values as they are kept (PANEL, head width) each, scores. */
static void attend_panel(const Reading *r, int64_t h, int64_t p, Own *own) {
    int64_t each = r->width / r->heads, rows = least(PANEL, r->positions - p * PANEL);
    float *y = (float *)own->memory, *kept = y + PANEL * each, *scores = kept + 2 * PANEL * each;
    if (r->cached) {
        unload_panel(part_of(r, 1, h, p), rows, each, kept, each);
        unload_panel(part_of(r, 2, h, p), rows, each, kept + PANEL * each, each);
    }
    if (p < r->first / PANEL) return;
    int64_t seen = r->cached ? p * PANEL + rows : r->positions;
    int64_t vectors = vectors_of(rows);
    for (int64_t t = 0; t < seen; t += PANEL) /* keys beyond the last are some numbers */
        tiles(part_of(r, 1, h, t / PANEL), 1, PANEL, part_of(r, 0, h, p), each, PANEL, vectors, 0,
              scores + t * PANEL);
    Floats scale = f_all(1.0f / sqrtf((float)each));
    for (int64_t j = 0; j < 16 * vectors; j += 16) {
        Floats most = f_all(-INFINITY), sum = f_all(0.0f);
        for (int64_t t = 0; t < seen; t++) {
            Floats score = f_load(scores + t * PANEL + j);
            if (r->cached && t >= p * PANEL) {
                score = f_add(score, f_load(hidden_from(t - p * PANEL) + j));
                f_store(scores + t * PANEL + j, score);
            }
            most = f_max(most, score);
        }
        for (int64_t t = 0; t < seen; t++) {
            Floats score = f_sub(f_load(scores + t * PANEL + j), most);
            Floats e = exp_16(f_mul(score, scale));
            f_store(scores + t * PANEL + j, e);
            sum = f_add(sum, e);
        }
        f_store(scores + seen * PANEL + j, sum);
    }
    for (int64_t t = 0; t < seen; t += PANEL)
        tiles(part_of(r, 2, h, t / PANEL), PANEL, 1, scores + t * PANEL, least(PANEL, seen - t), each,
              vectors, t > 0, y);
    for (int64_t j = 0; j < 16 * vectors; j += 16) {
        Floats rate = f_div(f_all(1.0f), f_load(scores + seen * PANEL + j));
        for (int64_t d = 0; d < each; d++)
            f_store(y + d * PANEL + j, f_mul(f_load(y + d * PANEL + j), rate));
    }
}

static void hand_in_head(const Reading *r, int64_t h, int64_t p, const Own *own) {
    int64_t each = r->width / r->heads, rows = least(PANEL, r->positions - p * PANEL);
    const float *y = (const float *)own->memory, *kept = y + PANEL * each;
    if (p >= r->first / PANEL) memcpy(r->in + (p * r->width + h * each) * PANEL, y, PANEL * each * 4);
    if (!r->cached) return;
    const Cache *cache = &r->cache;
    int64_t head = (r->index * cache->rows + r->row) * r->heads + h;
    int64_t at = (head * cache->capacity + p * PANEL) * each;
    memcpy((float *)cache->keys + at, kept, rows * each * 4);
    memcpy((float *)cache->values + at, kept + PANEL * each, rows * each * 4);
}

/* ── products ─────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    int64_t panel, panels, rows; /* of the input: the first, how many, and what they hold */
    int64_t from, to;            /* outputs */
} Piece;

static Piece piece_of(const Reading *r, int64_t phase, int64_t piece) {
    int64_t outputs = matrix_of(r, phase)->outputs, parts = up_to(outputs, PIECE_OUTPUTS);
    Piece it;
    it.panel = first_of(r, phase) + piece / parts * PIECE_PANELS;
    it.panels = least(PIECE_PANELS, panels_of(r->positions) - it.panel);
    it.rows = least(it.panels * PANEL, r->positions - it.panel * PANEL);
    it.from = piece % parts * PIECE_OUTPUTS;
    it.to = least(it.from + PIECE_OUTPUTS, outputs);
    return it;
}

/* own: sums (panels, outputs, PANEL), and for what is added to x rows (rows, outputs). */
static void multiply(const Reading *r, int64_t phase, int64_t piece, Own *own) {
    const Matrix *m = matrix_of(r, phase);
    Piece it = piece_of(r, phase, piece);
    int64_t outputs = it.to - it.from;
    float *sums = (float *)own->memory, *rows = sums + PIECE_PANELS * PIECE_OUTPUTS * PANEL;
    const float *in = (phase == DOWN ? r->wide : r->in) + it.panel * m->inputs * PANEL;
    product_panels(m, in, it.rows, it.from, it.to, sums);
    if (phase == UP) gelu_row(sums, it.panels * outputs * PANEL);
    if (phase != OUT && phase != DOWN) return;
    for (int64_t i = 0; i < it.panels; i++)
        unload_panel(sums + i * outputs * PANEL, least(PANEL, it.rows - i * PANEL), outputs,
                     rows + i * PANEL * outputs, outputs);
}

static void hand_in_product(const Reading *r, int64_t phase, int64_t piece, const Own *own) {
    Piece it = piece_of(r, phase, piece);
    int64_t outputs = it.to - it.from;
    const float *sums = (const float *)own->memory, *rows = sums + PIECE_PANELS * PIECE_OUTPUTS * PANEL;
    if (phase == OUT || phase == DOWN) {
        for (int64_t i = 0; i < it.rows; i++) {
            int64_t t = it.panel * PANEL + i;
            if (t < r->first) continue;
            float *x = r->x + t * r->width + it.from;
            for (int64_t o = 0; o < outputs; o++) x[o] += rows[i * outputs + o];
        }
        return;
    }
    int64_t width = matrix_of(r, phase)->outputs;
    for (int64_t i = 0; i < it.panels; i++)
        memcpy(r->wide + ((it.panel + i) * width + it.from) * PANEL, sums + i * outputs * PANEL,
               outputs * PANEL * 4);
}

/* ── a layer ──────────────────────────────────────────────────────────────────────────────── */

static void compute(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Reading *r = job;
    if (phase == NORM_1 || phase == NORM_2) norm(r, phase, first_of(r, phase) + piece, own);
    else if (phase == ATTEND) attend_panel(r, piece % r->heads, piece / r->heads, own);
    else multiply(r, phase, piece, own);
}

static void hand_in(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Reading *r = job;
    if (phase == NORM_1 || phase == NORM_2)
        memcpy(r->in + (first_of(r, phase) + piece) * r->width * PANEL, own->memory,
               r->width * PANEL * 4);
    else if (phase == ATTEND) hand_in_head(r, piece % r->heads, piece / r->heads, own);
    else hand_in_product(r, phase, piece, own);
}

_Static_assert(sizeof(Reading) <= JOB_BYTES, "a reading has to fit into an order");

static const Work READING = {pieces_of, NULL, compute, hand_in};

static int64_t own_bytes(int64_t width, int64_t heads, int64_t positions) {
    int64_t norms = 2 * PANEL * width, products = 2 * PIECE_PANELS * PIECE_OUTPUTS * PANEL;
    int64_t head = 3 * PANEL * (width / heads) + (panels_of(positions) * PANEL + 1) * PANEL;
    int64_t most = norms > products ? norms : products;
    return round_up((most > head ? most : head) * 4, 64);
}

int64_t read_float_scratch(int64_t width, int64_t heads, int64_t positions) {
    return 5 * width * panels_of(positions) * PANEL * 4 + own_bytes(width, heads, positions) + 64;
}

void read_float(const Layer *layer, int64_t width, int64_t heads, float *x, int64_t positions,
                int64_t first, const Cache *cache, int64_t index, int64_t row, int64_t threads,
                uint8_t *scratch) {
    Reading r = {.layer = layer, .cached = cache != NULL, .index = index, .row = row, .width = width,
                 .heads = heads, .positions = positions, .first = first, .x = x};
    if (cache) r.cache = *cache;
    int64_t panel = width * panels_of(positions) * PANEL;
    r.in = (float *)(scratch + (64 - (uintptr_t)scratch % 64) % 64);
    r.wide = r.in + panel;
    Own own = {(uint8_t *)(r.wide + 4 * panel), (size_t)own_bytes(width, heads, positions), 0};
    team_run(&READING, &r, sizeof r, PHASES, threads_for(positions, width, threads), own);
}
