/* An int8 layer over many positions of one row, and an int8 product alone. */

#include "layer.h"

/* The phases of a layer. */
enum { NORM_1, QKV, PACK, READ, QUANTISE, OUT, NORM_2, UP, GELU, DOWN, PHASES };
enum { OUTPUTS = 64, GROUPS = 8 }; /* of a piece: outputs, groups of queries */

typedef struct {
    const Layer *layer;
    Cache cache;
    int64_t cached, index, row; /* whether there is a cache, and where in it */
    int64_t width, heads, positions, first, room;
    float *x, *y, *wide; /* (positions, width) twice; (positions, 4 · width), before that qkv */
    Input in;
    int32_t *keys, *values; /* packed */
} Reading;

static int64_t room_for(int64_t positions) { return round_up(positions, KEYS); }

static int64_t up_to(int64_t count, int64_t each) { return (count + each - 1) / each; }

/* Rows of a piece where rows are prepared: some pieces for everybody. */
static int64_t rows_of(int64_t rows) { return up_to(rows, 64); }

static int64_t rows_in(const Reading *r, int64_t phase) {
    return phase < READ ? r->positions : r->positions - r->first;
}

static const Matrix *matrix_of(const Reading *r, int64_t phase) {
    return phase == QKV ? &r->layer->qkv : phase == OUT ? &r->layer->out
         : phase == UP ? &r->layer->up : &r->layer->down;
}

static int64_t pieces_of(const void *job, int64_t phase) {
    const Reading *r = job;
    int64_t rows = rows_in(r, phase);
    switch (phase) {
        case PACK: return r->heads;
        case READ: return r->heads * up_to(up_to(rows, QUERIES), GROUPS);
        case QKV: case OUT: case UP: case DOWN: return up_to(matrix_of(r, phase)->outputs, OUTPUTS);
        default: return up_to(rows, rows_of(rows));
    }
}

static void prepare_row(const Reading *r, int64_t phase, int64_t t) {
    const Layer *layer = r->layer;
    int64_t width = r->width;
    if (phase == NORM_1) {
        norm_row(r->y + t * width, r->x + t * width, layer->norm_1_weight, layer->norm_1_bias, width);
        load_row(r->in, t, r->y + t * width, width, layer->qkv.padded, INT8);
    } else if (phase == QUANTISE) {
        load_row(r->in, t, r->y + (r->first + t) * width, width, layer->out.padded, INT8);
    } else if (phase == NORM_2) {
        norm_row(r->y + t * width, r->x + (r->first + t) * width, layer->norm_2_weight,
                 layer->norm_2_bias, width);
        load_row(r->in, t, r->y + t * width, width, layer->up.padded, INT8);
    } else {
        float *row = r->wide + t * 4 * width;
        gelu_row(row, 4 * width);
        load_row(r->in, t, row, 4 * width, layer->down.padded, INT8);
    }
}

static void pack(const Reading *r, int64_t h) {
    int64_t each = r->width / r->heads, stride = 3 * r->width;
    const float *head = r->wide + h * each;
    pack_head(head, stride, r->width, each, r->positions, r->room,
              r->keys + h * channel_pairs(each) * r->room, r->values + h * each * r->room / 2);
    if (!r->cached) return;
    Head at = head_at(&r->cache, r->index, r->row, r->heads, h, each);
    for (int64_t t = 0; t < r->positions; t++) {
        const float *k = head + t * stride + r->width;
        keep(at, t, k, k + r->width, each);
    }
}

static void read_groups(const Reading *r, int64_t piece, Own *own) {
    int64_t each = r->width / r->heads, left = r->positions - r->first;
    int64_t groups = up_to(left, QUERIES), pieces = up_to(groups, GROUPS);
    int64_t h = piece / pieces, group = piece % pieces * GROUPS;
    float *scores = (float *)own->memory;
    int32_t *shares = (int32_t *)(scores + QUERIES * r->room);
    for (int64_t g = group; g < groups && g < group + GROUPS; g++) {
        int64_t query = r->first + g * QUERIES;
        int n = r->positions - query < QUERIES ? (int)(r->positions - query) : QUERIES;
        read_queries(r->wide + h * each, 3 * r->width, each, query, n, (int)r->cached, r->positions,
                     r->room, r->keys + h * channel_pairs(each) * r->room,
                     r->values + h * each * r->room / 2, scores, shares, r->y + h * each, r->width);
    }
}

static void compute(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Reading *r = job;
    int64_t rows = rows_in(r, phase);
    if (phase == PACK) {
        pack(r, piece);
    } else if (phase == READ) {
        read_groups(r, piece, own);
    } else if (phase == QKV || phase == OUT || phase == UP || phase == DOWN) {
        const Matrix *m = matrix_of(r, phase);
        int64_t from = piece * OUTPUTS;
        int64_t to = from + OUTPUTS < m->outputs ? from + OUTPUTS : m->outputs;
        int add = phase == OUT || phase == DOWN;
        float *results = add ? r->x + r->first * r->width : r->wide;
        product(m, r->in, INT8, from, to, rows, results + from, m->outputs, add);
    } else {
        int64_t each = rows_of(rows);
        for (int64_t t = piece * each; t < rows && t < (piece + 1) * each; t++)
            prepare_row(r, phase, t);
    }
}

_Static_assert(sizeof(Reading) <= JOB_BYTES, "a reading has to fit into an order");

static const Work READING = {pieces_of, NULL, compute, NULL};

static int64_t own_bytes(int64_t room) { return QUERIES * room * 8; }

int64_t bark_read_scratch(int64_t width, int64_t heads, int64_t positions) {
    int64_t room = room_for(positions), padded = 4 * width + 64, each = width / heads;
    return round_up(positions * padded, 64) + round_up(positions * 4, 64) +
           round_up(positions * width * 4, 64) + round_up(positions * 4 * width * 4, 64) +
           round_up(heads * channel_pairs(each) * room * 4, 64) + round_up(width * room * 2, 64) +
           own_bytes(room) + 64;
}

void bark_read(const Layer *layer, int64_t width, int64_t heads, float *x, int64_t positions,
               int64_t first, const Cache *cache, int64_t index, int64_t row, int64_t threads,
               uint8_t *scratch) {
    Reading r = {.layer = layer, .cached = cache != NULL, .index = index, .row = row, .width = width,
                 .heads = heads, .positions = positions, .first = first,
                 .room = room_for(positions), .x = x};
    if (cache) r.cache = *cache;
    uint8_t *at = scratch + (64 - (uintptr_t)scratch % 64) % 64;
#define TAKE(field, bytes) (r.field = (void *)at, at += round_up(bytes, 64))
    TAKE(in.values, positions * (4 * width + 64));
    TAKE(in.scales, positions * 4);
    TAKE(y, positions * width * 4);
    TAKE(wide, positions * 4 * width * 4);
    TAKE(keys, heads * channel_pairs(width / heads) * r.room * 4);
    TAKE(values, width * r.room * 2);
#undef TAKE
    Own own = {at, (size_t)own_bytes(r.room), 0};
    team_run(&READING, &r, sizeof r, PHASES, threads, own);
}

/* ── a product alone ──────────────────────────────────────────────────────────────────────── */

typedef struct {
    Matrix matrix;
    const float *x;
    int64_t rows;
    Input in;
    float *results;
} Product;

static int64_t product_pieces(const void *job, int64_t phase) {
    const Product *p = job;
    return phase == 0 ? up_to(p->rows, rows_of(p->rows)) : up_to(p->matrix.outputs, OUTPUTS);
}

static void product_compute(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Product *p = job;
    const Matrix *m = &p->matrix;
    (void)own;
    if (phase == 0) {
        int64_t each = rows_of(p->rows);
        for (int64_t r = piece * each; r < p->rows && r < (piece + 1) * each; r++)
            load_row(p->in, r, p->x + r * m->inputs, m->inputs, m->padded, INT8);
        return;
    }
    int64_t from = piece * OUTPUTS;
    int64_t to = from + OUTPUTS < m->outputs ? from + OUTPUTS : m->outputs;
    product(m, p->in, INT8, from, to, p->rows, p->results + from, m->outputs, 0);
}

static const Work PRODUCT = {product_pieces, NULL, product_compute, NULL};

void bark_product(const Matrix *m, const float *x, int64_t rows, float *results, int64_t threads,
                  uint8_t *scratch) {
    Input in = {scratch + rows * 4, (float *)scratch};
    Product p = {*m, x, rows, in, results};
    Own own = {NULL, 0, 0};
    if (rows * m->inputs * m->outputs < 1 << 20) threads = 1; /* others would come too late */
    team_run(&PRODUCT, &p, sizeof p, 2, threads, own);
}
