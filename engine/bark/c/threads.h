/* What the team needs of the system: threads, sleep, time and memory. threads_posix.c and
   threads_windows.c have it. */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* A thread that never ends, and whose work no signal of the program interrupts. Returns whether it
   began. */
int thread_begin(void (*work)(void *), void *argument);

/* The number of this process: a child that was forked has another one, and none of its threads. */
int64_t thread_process(void);

/* Sleep while a number is what it was, for some milliseconds at most; 0: as long as it takes. It may
   wake early. */
void thread_sleep(_Atomic uint32_t *number, uint32_t was, int64_t milliseconds);

/* Wake all who sleep on a number that was changed. */
void thread_wake(_Atomic uint32_t *number);

void thread_pause(int64_t microseconds);

/* Nanoseconds since some time. */
int64_t thread_clock(void);

/* Memory at a multiple of 64 bytes, or NULL. */
void *thread_memory(size_t bytes);
void thread_free(void *memory);

/* Tell the core that its thread waits for another one's word. */
static inline __attribute__((always_inline)) void thread_spin(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory"); /* yield does nothing on most; this takes some cycles */
#endif
}
