/* See governor.h. */

#include "governor.h"

enum { TRIAL = 2 }; /* steps of a trial, of which the faster counts */
enum { SHORTEST = 32, LONGEST = 512 }; /* steps between two trials; each that changes nothing doubles */

int64_t bark_governors_bytes(void) { return GOVERNORS * (int64_t)sizeof(Governor); }

static Governor *governor_of(Governor *governors, int64_t rows) {
    int64_t at = 0;
    while (at + 1 < GOVERNORS && (1ll << at) < rows) at++;
    return &governors[at];
}

int64_t governed(Governor *governors, int64_t rows, int64_t threads, int few) {
    Governor *g = governor_of(governors, rows);
    if (threads < 2) return 1;
    if (g->rest == 0) { /* new */
        g->rest = SHORTEST;
        g->all = !few;
    }
    if (g->trial == 0 && g->steps >= g->rest) {
        g->trial = TRIAL;
        g->best[!g->all] = 0;
    }
    return (g->trial ? !g->all : g->all) ? threads : 1;
}

void govern(Governor *governors, int64_t rows, int64_t threads, double seconds) {
    Governor *g = governor_of(governors, rows);
    double *best = &g->best[threads > 1];
    if (g->trial) {
        *best = *best == 0 || seconds < *best ? seconds : *best;
        if (--g->trial) return;
        g->steps = 0;
        if (*best < 0.95 * g->best[g->all]) {
            g->all = !g->all;
            g->rest = SHORTEST;
        } else if (g->rest < LONGEST) {
            g->rest *= 2;
        }
        return;
    }
    /* What is usual lately: it follows quickly downwards and slowly upwards, since a trial is judged by
       its faster step as well. A load that comes or goes is found out soon. */
    if (*best != 0 && (seconds > 2 * *best || seconds < 0.5 * *best)) g->rest = SHORTEST;
    *best = *best == 0 ? seconds : *best + (seconds - *best) * (seconds < *best ? 0.5 : 0.1);
    g->steps++;
}
