/* Threads that share a machine with other programs.

   Work is a row of phases, each of some pieces, and a phase begins when all pieces of the last one are
   done; who does them does not matter to a bit. Whoever is free takes the next piece. A thread that
   the system put to sleep in the middle of a piece is not waited for: another one does its piece as
   well, and the first to be ready hands in. That takes pieces which write nothing that others see
   until they are handed in; where they do write at once (`hand_in` NULL, for long phases), the others
   wait: briefly at work, then asleep. */

#pragma once

#include <stddef.h>
#include <stdint.h>

enum { JOB_BYTES = 512 }; /* of a description of work, at most */
enum { MOST_PIECES = 4096 }; /* of a phase that is handed in, for more than one thread */

/* A thread's own memory. serial, prepared: for `prepare`. */
typedef struct {
    uint8_t *memory;
    size_t bytes;
    uint64_t prepared; /* serial number of the phase whose input is in `memory` */
} Own;

/* job: a copy of the description, valid as long as the memory that it points to. */
typedef struct {
    int64_t (*pieces)(const void *job, int64_t phase);
    void (*prepare)(const void *job, int64_t phase, Own *own); /* once a phase and thread; or NULL */
    void (*compute)(const void *job, int64_t phase, int64_t piece, Own *own);
    void (*hand_in)(const void *job, int64_t phase, int64_t piece, Own *own); /* or NULL */
} Work;

/* Do all phases on `threads` threads, this one among them. own: memory for this thread where it works
   alone, which it does as well where the others are at work for somebody else or their memory cannot
   be had. Called by any thread. */
void team_run(const Work *work, const void *job, size_t job_bytes, int64_t phases, int64_t threads,
              Own own);

/* Nanoseconds since some time. */
int64_t team_clock(void);

/* Wait until no late thread looks at anything: before memory goes that pieces which are handed in
   have read. */
void bark_rest(void);
