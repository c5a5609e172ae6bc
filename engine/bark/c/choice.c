/* See choice.h. */

#include "choice.h"

#include "numbers.h"

/* Part of all odds, to each side of a bound: ten times what float32 rounds of a sum of a thousand. */
static const double DOUBT = 1e-5;

static int is_number(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return (bits & 0x7f800000) != 0x7f800000;
}

/* odds: e^(logit / temperature − the largest), padded with zeros. Returns their sum. */
static double odds_of(const float *logits, int64_t count, float temperature, float *odds) {
    for (int64_t i = 0; i < count; i++) odds[i] = logits[i] / temperature;
    exponentials(odds, count);
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += odds[i];
    return sum;
}

static int64_t likeliest(const float *logits, int64_t count) {
    int64_t best = 0, equal = 0;
    for (int64_t i = 1; i < count; i++) {
        if (logits[i] > logits[best]) best = i, equal = 0;
        else if (logits[i] == logits[best]) equal = 1;
    }
    return equal ? -1 : best;
}

static int64_t drawn(const float *odds, int64_t count, double sum, float uniform) {
    double point = uniform * sum, passed = 0, doubt = DOUBT * sum;
    for (int64_t i = 0; i < count; i++) {
        double before = passed;
        passed += odds[i];
        if (passed <= point - doubt) continue;
        return before + doubt < point && point + doubt < passed ? i : -1;
    }
    return -1;
}

int64_t choose(const Choices *choices, const Chooser *row, const float *logits, int64_t outputs,
               float uniform, float *odds) {
    int64_t from = (int64_t)(row->made % (uint64_t)choices->books) * choices->size;
    int64_t count = choices->size;
    int bad = 0;
    for (int64_t i = 0; i < outputs; i++) bad |= !is_number(logits[i]);
    if (bad) return -1;
    if (choices->end >= 0 && !row->may_end) count = choices->end; /* which is the last output */
    int64_t found = likeliest(logits + from, count);
    if (row->temperature > 0) {
        double sum = odds_of(logits + from, count, row->temperature, odds);
        found = drawn(odds, count, sum, uniform);
    }
    if (found < 0) return -1;
    if (choices->end >= 0 && row->may_end && row->floor > 0) {
        double sum = odds_of(logits, count, 1.0f, odds);
        double over = odds[choices->end] / sum - row->floor;
        if (over > -DOUBT && over < DOUBT) return -1;
        if (over > 0) return choices->end;
    }
    return from + found;
}
