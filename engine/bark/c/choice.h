/* Which id comes next, where that is beyond doubt.

   Tokens are torch's: how it rounds decides where a random number falls upon a bound between two of
   them. So what is chosen here lies so far from any bound that no rounding reaches it; what does not is
   left to torch. */

#pragma once

#include <stdint.h>

enum { MOST_CHOICES = 1024 }; /* outputs among which a row chooses */

/* One row. temperature: 0 takes the likeliest. floor: the end is taken where it is more probable than
   this before temperature; 0: never for that. may_end: whether the end may come. */
typedef struct {
    float temperature, floor;
    uint64_t made; /* tokens so far */
    int64_t may_end;
} Chooser;

/* What the ids of a stage mean. An id is first + the output; those of book b are the outputs from
   b · size on, and the books take turns. end: the output that ends a row, or −1. */
typedef struct {
    const float *embedding, *places; /* (ids, width), (positions, width) */
    int64_t ids, positions, first, books, size, end;
} Choices;

/* logits: (outputs). uniform: in [0, 1). odds: memory, MOST_CHOICES + 16. Returns the output, or −1
   where it is in doubt or a number is none. */
int64_t choose(const Choices *choices, const Chooser *row, const float *logits, int64_t outputs,
               float uniform, float *odds);
