/* What the threads need of the system. */

#include "../../bark/c/threads_posix.c"
