/* One thread or all of them: beside other programs, and where there is little to share, one can be
   the faster. Not for bits: those are the same. */

#pragma once

#include "layer.h"

/* Threads for the next step of so many rows, one or all. few: there is too little to share for more than one. */
int64_t governed(Governor *governors, int64_t rows, int64_t threads, int few);

/* A step of so many rows took so long on so many threads. */
void govern(Governor *governors, int64_t rows, int64_t threads, double seconds);
