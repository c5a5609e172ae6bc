/* An int8 layer over many positions of one row. */

#include "layer.h"

/* The phases of a layer. */
enum { NORM_1, QKV, PACK, ATTEND, QUANTISE, OUT, NORM_2, UP, QUANTISE_UP, DOWN, PHASES };
/* Of a piece: outputs and rows of a product, rows that are prepared, groups of queries. */
enum { OUTPUTS = 64, ROWS = 128, PREPARED = 8, GROUPS = 8 };

typedef struct {
    const Layer *layer;
    Cache cache;
    int64_t cached, index, row; /* whether there is a cache, and where in it */
    int64_t width, heads, positions, first, room;
    float *x, *y, *wide; /* (positions, width) twice; (positions, 4 · width), before that qkv */
    Input in;
    int32_t *keys, *values; /* packed */
} Reading;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t up_to(int64_t count, int64_t each) { return (count + each - 1) / each; }

static int64_t room_for(int64_t positions) { return round_up(positions, KEYS); }

static int64_t each_of(const Reading *r) { return r->width / r->heads; }

/* Rows of a phase, and the position of the first of them. */
static int64_t first_of(const Reading *r, int64_t phase) { return phase < ATTEND ? 0 : r->first; }

static int64_t rows_in(const Reading *r, int64_t phase) { return r->positions - first_of(r, phase); }

static int is_product(int64_t phase) {
    return phase == QKV || phase == OUT || phase == UP || phase == DOWN;
}

static const Matrix *matrix_of(const Reading *r, int64_t phase) {
    return phase == QKV ? &r->layer->qkv : phase == OUT ? &r->layer->out
         : phase == UP ? &r->layer->up : &r->layer->down;
}

static int64_t pieces_of(const void *job, int64_t phase) {
    const Reading *r = job;
    int64_t rows = rows_in(r, phase);
    if (phase == PACK) return r->heads * (r->room / KEYS);
    if (phase == ATTEND) return r->heads * up_to(rows, GROUPS * QUERIES);
    if (!is_product(phase)) return up_to(rows, PREPARED);
    return up_to(rows, ROWS) * up_to(matrix_of(r, phase)->outputs, OUTPUTS);
}

/* ── rows in 8 bits ───────────────────────────────────────────────────────────────────────── */

/* Values of a row that is prepared, and where it comes from. */
static int64_t count_of(const Reading *r, int64_t phase) {
    return phase == QUANTISE_UP ? 4 * r->width : r->width;
}

static int64_t padded_of(const Reading *r, int64_t phase) {
    const Layer *layer = r->layer;
    return phase == NORM_1 ? layer->qkv.padded : phase == QUANTISE ? layer->out.padded
         : phase == NORM_2 ? layer->up.padded : layer->down.padded;
}

/* own: rows as they are read, their scales, and a row of floats. */
static Input prepared_in(const Reading *r, const Own *own) {
    int64_t bytes = round_up(PREPARED * (4 * r->width + 64), 64);
    Input in = {own->memory, (float *)(own->memory + bytes)};
    return in;
}

static void prepare_rows(const Reading *r, int64_t phase, int64_t piece, Own *own) {
    const Layer *layer = r->layer;
    int64_t width = r->width, rows = rows_in(r, phase), padded = padded_of(r, phase);
    Input in = prepared_in(r, own);
    float *normed = in.scales + PREPARED;
    for (int64_t i = 0; i < PREPARED && piece * PREPARED + i < rows; i++) {
        int64_t row = piece * PREPARED + i, t = first_of(r, phase) + row;
        const float *from = r->x + t * width;
        if (phase == NORM_1)
            norm_row(normed, from, layer->norm_1_weight, layer->norm_1_bias, width);
        else if (phase == NORM_2)
            norm_row(normed, from, layer->norm_2_weight, layer->norm_2_bias, width);
        if (phase == NORM_1 || phase == NORM_2) from = normed;
        else from = phase == QUANTISE ? r->y + t * width : r->wide + row * 4 * width;
        load_row(in, i, from, count_of(r, phase), padded, INT8);
    }
}

static void hand_in_rows(const Reading *r, int64_t phase, int64_t piece, const Own *own) {
    int64_t padded = padded_of(r, phase), row = piece * PREPARED;
    int64_t rows = least(PREPARED, rows_in(r, phase) - row);
    Input in = prepared_in(r, own);
    memcpy(r->in.values + row * padded, in.values, rows * padded);
    memcpy(r->in.scales + row, in.scales, rows * 4);
}

/* ── attention ────────────────────────────────────────────────────────────────────────────── */

/* own: keys and values of a block of positions, packed. */
static void pack(const Reading *r, int64_t piece, Own *own) {
    int64_t each = each_of(r), blocks = r->room / KEYS, h = piece / blocks, t = piece % blocks * KEYS;
    int32_t *keys = (int32_t *)own->memory;
    pack_head(r->wide + h * each + t * 3 * r->width, 3 * r->width, r->width, each,
              least(KEYS, r->positions - t), KEYS, keys, keys + channel_pairs(each) * KEYS);
}

static void hand_in_pack(const Reading *r, int64_t piece, const Own *own) {
    int64_t each = each_of(r), blocks = r->room / KEYS, h = piece / blocks, t = piece % blocks * KEYS;
    int64_t pairs = channel_pairs(each);
    const int32_t *keys = (const int32_t *)own->memory;
    memcpy(r->keys + h * pairs * r->room + t * pairs, keys, pairs * KEYS * 4);
    memcpy(r->values + h * each * r->room / 2 + t / 2 * each, keys + pairs * KEYS, each * KEYS * 2);
    if (!r->cached) return;
    Head at = head_at(&r->cache, r->index, r->row, r->heads, h, each);
    for (int64_t i = t; i < t + KEYS && i < r->positions; i++) {
        const float *k = r->wide + h * each + i * 3 * r->width + r->width;
        keep(at, i, k, k + r->width, each);
    }
}

/* own: y (queries, head width), scores, shares. */
static void read_groups(const Reading *r, int64_t piece, Own *own) {
    int64_t each = each_of(r), rows = r->positions - r->first;
    int64_t pieces = up_to(rows, GROUPS * QUERIES), h = piece / pieces;
    int64_t start = r->first + piece % pieces * GROUPS * QUERIES;
    float *y = (float *)own->memory, *scores = y + round_up(GROUPS * QUERIES * each, 16);
    int32_t *shares = (int32_t *)(scores + QUERIES * r->room);
    for (int64_t query = start; query < r->positions && query < start + GROUPS * QUERIES;
         query += QUERIES)
        read_queries(r->wide + h * each, 3 * r->width, each, query,
                     (int)least(QUERIES, r->positions - query), (int)r->cached, r->positions, r->room,
                     r->keys + h * channel_pairs(each) * r->room, r->values + h * each * r->room / 2,
                     scores, shares, y - start * each, each);
}

static void hand_in_groups(const Reading *r, int64_t piece, const Own *own) {
    int64_t each = each_of(r), rows = r->positions - r->first;
    int64_t pieces = up_to(rows, GROUPS * QUERIES), h = piece / pieces;
    int64_t start = r->first + piece % pieces * GROUPS * QUERIES;
    for (int64_t t = start; t < r->positions && t < start + GROUPS * QUERIES; t++)
        memcpy(r->y + t * r->width + h * each, (const float *)own->memory + (t - start) * each,
               each * 4);
}

/* ── products ─────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    int64_t row, rows, from, to;
} Piece;

static Piece piece_of(const Reading *r, int64_t phase, int64_t piece) {
    int64_t outputs = matrix_of(r, phase)->outputs, parts = up_to(outputs, OUTPUTS);
    Piece it = {.row = piece / parts * ROWS, .from = piece % parts * OUTPUTS};
    it.rows = least(ROWS, rows_in(r, phase) - it.row);
    it.to = least(it.from + OUTPUTS, outputs);
    return it;
}

static void multiply(const Reading *r, int64_t phase, int64_t piece, Own *own) {
    const Matrix *m = matrix_of(r, phase);
    Piece it = piece_of(r, phase, piece);
    Input in = {r->in.values + it.row * m->padded, r->in.scales + it.row};
    float *results = (float *)own->memory;
    product(m, in, INT8, it.from, it.to, it.rows, results, it.to - it.from, 0);
    if (phase == UP) gelu_row(results, it.rows * (it.to - it.from));
}

static void hand_in_product(const Reading *r, int64_t phase, int64_t piece, const Own *own) {
    Piece it = piece_of(r, phase, piece);
    int64_t outputs = it.to - it.from, width = matrix_of(r, phase)->outputs;
    const float *results = (const float *)own->memory;
    for (int64_t i = 0; i < it.rows; i++) {
        if (phase == QKV || phase == UP) {
            memcpy(r->wide + (it.row + i) * width + it.from, results + i * outputs, outputs * 4);
            continue;
        }
        float *x = r->x + (r->first + it.row + i) * width + it.from;
        for (int64_t o = 0; o < outputs; o++) x[o] += results[i * outputs + o];
    }
}

/* ── a layer ──────────────────────────────────────────────────────────────────────────────── */

static void compute(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Reading *r = job;
    if (phase == PACK) pack(r, piece, own);
    else if (phase == ATTEND) read_groups(r, piece, own);
    else if (is_product(phase)) multiply(r, phase, piece, own);
    else prepare_rows(r, phase, piece, own);
}

static void hand_in(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Reading *r = job;
    if (phase == PACK) hand_in_pack(r, piece, own);
    else if (phase == ATTEND) hand_in_groups(r, piece, own);
    else if (is_product(phase)) hand_in_product(r, phase, piece, own);
    else hand_in_rows(r, phase, piece, own);
}

_Static_assert(sizeof(Reading) <= JOB_BYTES, "a reading has to fit into an order");

static const Work READING = {pieces_of, NULL, compute, hand_in};

static int64_t own_bytes(int64_t width, int64_t heads, int64_t room) {
    int64_t each = width / heads, rows = round_up(PREPARED * (4 * width + 64), 64);
    int64_t sizes[] = {rows + (PREPARED + width) * 4, (channel_pairs(each) + each) * KEYS * 4,
                       (round_up(GROUPS * QUERIES * each, 16) + 2 * QUERIES * room) * 4,
                       ROWS * OUTPUTS * 4};
    int64_t most = 0;
    for (int i = 0; i < 4; i++) most = sizes[i] > most ? sizes[i] : most;
    return round_up(most, 64);
}

int64_t bark_read_scratch(int64_t type, int64_t width, int64_t heads, int64_t positions) {
    if (type == FLOAT32) return read_float_scratch(width, heads, positions);
    int64_t room = room_for(positions), padded = 4 * width + 64, each = width / heads;
    return round_up(positions * padded, 64) + round_up(positions * 4, 64) +
           round_up(positions * width * 4, 64) + round_up(positions * 4 * width * 4, 64) +
           round_up(heads * channel_pairs(each) * room * 4, 64) + round_up(width * room * 2, 64) +
           own_bytes(width, heads, room) + 64;
}

void bark_read(int64_t type, const Layer *layer, int64_t width, int64_t heads, float *x,
               int64_t positions, int64_t first, const Cache *cache, int64_t index, int64_t row,
               int64_t threads, uint8_t *scratch) {
    if (type == FLOAT32) {
        read_float(layer, width, heads, x, positions, first, cache, index, row, threads, scratch);
        return;
    }
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
    Own own = {at, (size_t)own_bytes(width, heads, r.room), 0};
    team_run(&READING, &r, sizeof r, PHASES, threads_for(positions, width, threads), own);
}
