/* See threads.h. */

#ifdef _WIN32

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "threads.h"

typedef struct {
    void (*work)(void *);
    void *argument;
} Start;

static DWORD WINAPI run(void *memory) {
    Start start = *(Start *)memory;
    HeapFree(GetProcessHeap(), 0, memory);
    start.work(start.argument);
    return 0;
}

int thread_begin(void (*work)(void *), void *argument) {
    Start *start = HeapAlloc(GetProcessHeap(), 0, sizeof *start);
    if (!start) return 0;
    *start = (Start){work, argument};
    HANDLE thread = CreateThread(NULL, 0, run, start, 0, NULL);
    if (!thread) HeapFree(GetProcessHeap(), 0, start);
    else CloseHandle(thread);
    return thread != NULL;
}

int64_t thread_process(void) { return 1; } /* there is no fork */

int64_t thread_clock(void) {
    LARGE_INTEGER count, rate;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&rate);
    return (int64_t)((double)count.QuadPart * 1e9 / (double)rate.QuadPart);
}

void thread_pause(int64_t microseconds) { Sleep((DWORD)((microseconds + 999) / 1000)); }

void *thread_memory(size_t bytes) { /* beside it, before it, what the heap gave */
    uint8_t *memory = HeapAlloc(GetProcessHeap(), 0, bytes + 64 + sizeof(void *));
    if (!memory) return NULL;
    uintptr_t at = ((uintptr_t)memory + sizeof(void *) + 63) / 64 * 64;
    ((void **)at)[-1] = memory;
    return (void *)at;
}

void thread_free(void *memory) {
    if (memory) HeapFree(GetProcessHeap(), 0, ((void **)memory)[-1]);
}

void thread_sleep(_Atomic uint32_t *number, uint32_t was, int64_t milliseconds) {
    WaitOnAddress((volatile void *)number, &was, sizeof was,
                  milliseconds ? (DWORD)milliseconds : INFINITE);
}

void thread_wake(_Atomic uint32_t *number) { WakeByAddressAll((void *)number); }

#endif
