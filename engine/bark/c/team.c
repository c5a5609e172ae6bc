/* See team.h. */

#include "team.h"

#include <stdatomic.h>
#include <string.h>

#include "threads.h"

enum { MOST_THREADS = 256 };
enum { PIECE_BITS = 20 };
static const uint64_t PIECES = (1u << PIECE_BITS) - 1;
/* Nanoseconds that a thread without a piece keeps its core: longer than a piece takes, and shorter
   than what it would be given before others. A piece that takes longer than its own last one and a
   quarter is late. */
static const int64_t PATIENCE = 20000, MOST_PATIENCE = 500000, IDLE_PATIENCE = 100000;

typedef struct {
    Work work;
    uint64_t first, end; /* serial numbers of the phases: first … end − 1 */
    int64_t threads;
    uint8_t job[JOB_BYTES] __attribute__((aligned(64)));
} Order;

typedef struct {
    _Atomic uint32_t rung __attribute__((aligned(64)));
    _Atomic int32_t asleep; /* who waits for it */
} Bell;

static struct {
    /* serial number of the phase in work, and its next piece. At `end` of the order nothing is. */
    _Atomic uint64_t next __attribute__((aligned(64)));
    _Atomic int64_t done __attribute__((aligned(64)));
    _Atomic uint64_t orders __attribute__((aligned(64))); /* how many there were */
    Bell phase, call; /* rung when a phase begins, and when an order does */
    _Atomic int32_t inside; /* threads that may be looking at memory of an order */
    _Atomic uint64_t handed_in[MOST_PIECES]; /* serial number of the last phase that got this piece */
    Order order;
    Own own[MOST_THREADS];
    int64_t started; /* threads beside the callers */
    _Atomic int taken; /* by somebody's order */
    _Atomic int64_t process, renewed; /* whose threads these are, and who made it so */
} team;

int64_t team_clock(void) { return thread_clock(); }

static uint64_t serial_of(uint64_t next) { return next >> PIECE_BITS; }

/* ── waiting ──────────────────────────────────────────────────────────────────────────────── */

/* Spin until a number is another one or the time is over. Returns whether it is another one. */
static int spin(_Atomic uint64_t *number, int bits, uint64_t old, int64_t nanoseconds) {
    int64_t until = 0;
    for (int64_t i = 1;; i++) {
        if (atomic_load_explicit(number, memory_order_acquire) >> bits != old) return 1;
        thread_spin();
        if (i % 32 == 0) {
            int64_t t = team_clock();
            if (until == 0) until = t + nanoseconds;
            else if (t > until) return 0;
        }
    }
}

/* Sleep until a number is another one, or for some milliseconds; 0: as long as it takes. */
static void sleep_on(Bell *bell, _Atomic uint64_t *number, int bits, uint64_t old,
                     int64_t milliseconds) {
    uint32_t heard = atomic_load(&bell->rung);
    atomic_fetch_add(&bell->asleep, 1);
    if (atomic_load(number) >> bits == old) thread_sleep(&bell->rung, heard, milliseconds);
    atomic_fetch_sub(&bell->asleep, 1);
}

static void ring(Bell *bell) {
    if (atomic_load(&bell->asleep) == 0) return;
    atomic_fetch_add(&bell->rung, 1);
    thread_wake(&bell->rung);
}

static void begin(uint64_t serial) {
    atomic_store_explicit(&team.done, 0, memory_order_relaxed);
    atomic_store(&team.next, serial << PIECE_BITS);
    ring(&team.phase);
}

/* ── work ─────────────────────────────────────────────────────────────────────────────────── */

static void compute(const Order *order, uint64_t serial, int64_t piece, Own *own) {
    int64_t phase = (int64_t)(serial - order->first);
    if (order->work.prepare && own->prepared != serial) {
        order->work.prepare(order->job, phase, own);
        own->prepared = serial;
    }
    order->work.compute(order->job, phase, piece, own);
}

/* Do a piece, hand it in if nobody has, and begin the next phase after the last one. */
static void perform(const Order *order, uint64_t serial, int64_t piece, int64_t pieces, Own *own) {
    compute(order, serial, piece, own);
    if (order->work.hand_in) {
        uint64_t last = atomic_load_explicit(&team.handed_in[piece], memory_order_acquire);
        if (last >= serial) return;
        if (!atomic_compare_exchange_strong(&team.handed_in[piece], &last, serial)) return;
        order->work.hand_in(order->job, (int64_t)(serial - order->first), piece, own);
    }
    if (atomic_fetch_add(&team.done, 1) + 1 == pieces) begin(serial + 1);
}

/* How long to wait for those who work, after a piece that took so long. */
static int64_t patience_after(int64_t nanoseconds) {
    int64_t patience = nanoseconds + nanoseconds / 4;
    return patience < PATIENCE ? PATIENCE : patience > MOST_PATIENCE ? MOST_PATIENCE : patience;
}

/* Take part in an order until it ends. */
static void take_part(const Order *order, Own *own, int64_t me) {
    uint64_t serial;
    int64_t patience = PATIENCE;
    for (;;) {
        uint64_t next = atomic_load_explicit(&team.next, memory_order_acquire);
        serial = serial_of(next);
        if (serial < order->first || serial >= order->end) return;
        int64_t pieces = order->work.pieces(order->job, (int64_t)(serial - order->first));
        int64_t piece = (int64_t)(next & PIECES);
        if (piece < pieces) {
            if (!atomic_compare_exchange_weak(&team.next, &next, next + 1)) continue;
            int64_t start = team_clock();
            perform(order, serial, piece, pieces, own);
            patience = patience_after(team_clock() - start);
            continue;
        }
        if (spin(&team.next, PIECE_BITS, serial, patience)) continue;
        if (order->work.hand_in) { /* somebody is late */
            for (int64_t i = 0; i < pieces; i++) {
                int64_t late = (i + me) % pieces;
                if (serial_of(atomic_load_explicit(&team.next, memory_order_acquire)) != serial) break;
                if (atomic_load_explicit(&team.handed_in[late], memory_order_acquire) < serial)
                    perform(order, serial, late, pieces, own);
            }
            if (spin(&team.next, PIECE_BITS, serial, PATIENCE)) continue;
        }
        sleep_on(&team.phase, &team.next, PIECE_BITS, serial, 1);
    }
}

static void work_on(void *argument) {
    int64_t me = (int64_t)(intptr_t)argument;
    Order order;
    for (;;) {
        uint64_t orders = atomic_load(&team.orders);
        atomic_fetch_add(&team.inside, 1);
        /* Copied, since a late thread may look at it after the order has ended. What is copied while
           another order is written is nobody's: the phase is none of it, or no longer this one. */
        uint64_t serial = serial_of(atomic_load(&team.next));
        memcpy(&order, &team.order, sizeof order);
        atomic_thread_fence(memory_order_seq_cst);
        if (serial_of(atomic_load(&team.next)) == serial && serial >= order.first &&
            serial < order.end && me < order.threads)
            take_part(&order, &team.own[me], me);
        atomic_fetch_sub(&team.inside, 1);
        if (!spin(&team.orders, 0, orders, IDLE_PATIENCE))
            sleep_on(&team.call, &team.orders, 0, orders, 0);
    }
}

/* ── orders ───────────────────────────────────────────────────────────────────────────────── */

/* A child of the process that had the threads has none. */
static void renew(void) {
    int64_t process = thread_process(), was = atomic_load(&team.renewed);
    if (atomic_load(&team.process) == process) return;
    if (was == process || !atomic_compare_exchange_strong(&team.renewed, &was, process)) {
        while (atomic_load(&team.process) != process) thread_spin();
        return;
    }
    team.started = 0;
    atomic_store(&team.taken, 0);
    atomic_store(&team.inside, 0);
    atomic_store(&team.phase.asleep, 0);
    atomic_store(&team.call.asleep, 0);
    atomic_store(&team.process, process);
}

void bark_rest(void) {
    renew();
    while (atomic_load(&team.inside) > 0) thread_pause(50);
}

static void start(int64_t threads) {
    while (team.started + 1 < threads) {
        if (!thread_begin(work_on, (void *)(intptr_t)(team.started + 1))) return;
        team.started++;
    }
}

/* Room of this size for each of the threads. Returns whether it is there. */
static int make_room(size_t bytes, int64_t threads) {
    bytes = (bytes + 63) / 64 * 64;
    for (int64_t i = 0; i < threads; i++) {
        Own *own = &team.own[i];
        if (own->bytes >= bytes) continue;
        bark_rest();
        thread_free(own->memory);
        own->memory = thread_memory(bytes);
        own->bytes = own->memory ? bytes : 0;
        if (!own->memory) return 0;
    }
    return 1;
}

static void alone(const Work *work, const void *job, int64_t phases, Own *own) {
    for (int64_t phase = 0; phase < phases; phase++) {
        if (work->prepare) work->prepare(job, phase, own);
        for (int64_t piece = 0, pieces = work->pieces(job, phase); piece < pieces; piece++) {
            work->compute(job, phase, piece, own);
            if (work->hand_in) work->hand_in(job, phase, piece, own);
        }
    }
}

static int64_t most_pieces(const Work *work, const void *job, int64_t phases) {
    int64_t most = 0;
    for (int64_t phase = 0; phase < phases; phase++) {
        int64_t pieces = work->pieces(job, phase);
        most = pieces > most ? pieces : most;
    }
    return most;
}

void team_run(const Work *work, const void *job, size_t job_bytes, int64_t phases, int64_t threads,
              Own own) {
    threads = threads < MOST_THREADS ? threads : MOST_THREADS;
    if (work->hand_in && most_pieces(work, job, phases) > MOST_PIECES) threads = 1;
    renew();
    if (threads < 2 || atomic_exchange(&team.taken, 1)) {
        alone(work, job, phases, &own);
        return;
    }
    start(threads);
    if (team.started == 0 || !make_room(own.bytes, threads)) {
        alone(work, job, phases, &own);
    } else {
        Order *order = &team.order;
        uint64_t first = serial_of(atomic_load(&team.next)) + 1;
        order->first = order->end = 0;
        atomic_thread_fence(memory_order_seq_cst);
        order->work = *work;
        memcpy(order->job, job, job_bytes);
        order->threads = threads;
        order->end = first + (uint64_t)phases;
        order->first = first;
        begin(first);
        atomic_fetch_add(&team.orders, 1);
        ring(&team.call);
        take_part(order, &team.own[0], 0);
    }
    atomic_store(&team.taken, 0);
}
