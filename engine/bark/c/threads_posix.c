/* See threads.h. Linux sleeps on a futex, other systems on one condition for all numbers. */

#ifndef _WIN32

#define _GNU_SOURCE
#include "threads.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    void (*work)(void *);
    void *argument;
} Start;

static void *run(void *memory) {
    Start start = *(Start *)memory;
    free(memory);
    start.work(start.argument);
    return NULL;
}

int thread_begin(void (*work)(void *), void *argument) {
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    Start *start = malloc(sizeof *start);
    if (!start) return 0;
    *start = (Start){work, argument};
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, &attributes, run, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failed) free(start);
    return !failed;
}

int64_t thread_process(void) { return getpid(); }

int64_t thread_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

void thread_pause(int64_t microseconds) {
    struct timespec pause = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&pause, NULL);
}

void *thread_memory(size_t bytes) {
    void *memory = NULL;
    return posix_memalign(&memory, 64, bytes) == 0 ? memory : NULL;
}

void thread_free(void *memory) { free(memory); }

#ifdef __linux__

#include <linux/futex.h>
#include <sys/syscall.h>

void thread_sleep(_Atomic uint32_t *number, uint32_t was, int64_t milliseconds) {
    struct timespec limit = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    syscall(SYS_futex, number, FUTEX_WAIT_PRIVATE, was, milliseconds ? &limit : NULL, NULL, 0);
}

void thread_wake(_Atomic uint32_t *number) {
    syscall(SYS_futex, number, FUTEX_WAKE_PRIVATE, 1 << 30, NULL, NULL, 0);
}

#else

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;

/* The end of a sleep, by the clock that conditions know. */
static struct timespec after(int64_t milliseconds) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    int64_t nanoseconds = t.tv_nsec + milliseconds * 1000000;
    return (struct timespec){t.tv_sec + nanoseconds / 1000000000, nanoseconds % 1000000000};
}

void thread_sleep(_Atomic uint32_t *number, uint32_t was, int64_t milliseconds) {
    struct timespec end = after(milliseconds);
    pthread_mutex_lock(&lock);
    while (atomic_load(number) == was) {
        if (milliseconds == 0) pthread_cond_wait(&woken, &lock);
        else if (pthread_cond_timedwait(&woken, &lock, &end) != 0) break;
    }
    pthread_mutex_unlock(&lock);
}

void thread_wake(_Atomic uint32_t *number) {
    (void)number;
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&woken);
    pthread_mutex_unlock(&lock);
}

#endif
#endif
