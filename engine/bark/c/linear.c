/* A product alone: rows of input, results in pieces. */

#include "layer.h"
#include "panels.h"

enum { OUTPUTS = 64, ROWS = 128 }; /* of a piece in 8 bits */
enum { FEW_ROWS = 4 };             /* that fill no panel */

typedef struct {
    Matrix matrix;
    int64_t type, rows, panels; /* panels: whether the input lies in them */
    Input in;
    float *results;
} Product;

typedef struct {
    int64_t row, rows, from, to;
} Piece;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t up_to(int64_t count, int64_t each) { return (count + each - 1) / each; }

static int64_t rows_of(const Product *p) { return p->panels ? PIECE_PANELS * PANEL : ROWS; }

static int64_t outputs_of(const Product *p) { return p->panels ? PIECE_OUTPUTS : OUTPUTS; }

static int64_t pieces_of(const void *job, int64_t phase) {
    const Product *p = job;
    (void)phase;
    return up_to(p->rows, rows_of(p)) * up_to(p->matrix.outputs, outputs_of(p));
}

static Piece piece_of(const Product *p, int64_t piece) {
    int64_t parts = up_to(p->matrix.outputs, outputs_of(p));
    Piece it = {.row = piece / parts * rows_of(p), .from = piece % parts * outputs_of(p)};
    it.rows = least(rows_of(p), p->rows - it.row);
    it.to = least(it.from + outputs_of(p), p->matrix.outputs);
    return it;
}

/* own: results (rows, outputs), then for panels their sums. */
static void compute(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Product *p = job;
    const Matrix *m = &p->matrix;
    Piece it = piece_of(p, piece);
    int64_t outputs = it.to - it.from;
    float *results = (float *)own->memory;
    (void)phase;
    if (!p->panels) {
        int64_t each = m->padded * (p->type == INT8 ? 1 : 4);
        Input in = {p->in.values + it.row * each, p->in.scales + it.row};
        product(m, in, p->type, it.from, it.to, it.rows, results, outputs, 0);
        return;
    }
    float *sums = results + PIECE_PANELS * PANEL * PIECE_OUTPUTS;
    product_panels(m, (const float *)p->in.values + it.row * m->inputs, it.rows, it.from, it.to, sums);
    for (int64_t r = 0; r < it.rows; r += PANEL)
        unload_panel(sums + r * outputs, least(PANEL, it.rows - r), outputs, results + r * outputs,
                     outputs);
}

static void hand_in(const void *job, int64_t phase, int64_t piece, Own *own) {
    const Product *p = job;
    Piece it = piece_of(p, piece);
    int64_t outputs = it.to - it.from;
    (void)phase;
    for (int64_t r = 0; r < it.rows; r++)
        memcpy(p->results + (it.row + r) * p->matrix.outputs + it.from,
               (const float *)own->memory + r * outputs, outputs * 4);
}

static const Work PRODUCT = {pieces_of, NULL, compute, hand_in};

static int64_t own_bytes(void) {
    int64_t panels = 2 * PIECE_PANELS * PANEL * PIECE_OUTPUTS, rows = ROWS * OUTPUTS;
    return round_up((panels > rows ? panels : rows) * 4, 64);
}

static int64_t row_bytes(const Matrix *m, int64_t type) {
    return round_up(m->padded * (type == INT8 ? 1 : 4) + 4, 4);
}

int64_t bark_product_scratch(const Matrix *m, int64_t type, int64_t rows) {
    return round_up(panels_of(rows) * PANEL * row_bytes(m, type), 64) + own_bytes() + 64;
}

void bark_product(const Matrix *m, int64_t type, const float *x, int64_t rows, float *results,
                  int64_t threads, uint8_t *scratch) {
    uint8_t *at = scratch + (64 - (uintptr_t)scratch % 64) % 64;
    int64_t room = panels_of(rows) * PANEL;
    Own own = {at, (size_t)own_bytes(), 0};
    at += own_bytes();
    Input in = {at, (float *)(at + room * (row_bytes(m, type) - 4))};
    Product p = {*m, type, rows, type == FLOAT32 && rows > FEW_ROWS, in, results};
    /* By the caller alone: short, and what is given is free as soon as this returns. */
    if (p.panels) {
        for (int64_t r = 0; r < rows; r += PANEL)
            load_panel((float *)in.values + r * m->inputs, x + r * m->inputs, m->inputs,
                       least(PANEL, rows - r), m->inputs);
    } else {
        for (int64_t r = 0; r < rows; r++) load_row(in, r, x + r * m->inputs, m->inputs, m->padded, type);
    }
    if (rows * m->inputs * m->outputs < 1 << 20) threads = 1; /* others would come too late */
    team_run(&PRODUCT, &p, sizeof p, 1, threads, own);
}
