/* The threads of the Bark step, in this library. */

#include "../../bark/c/team.c"
