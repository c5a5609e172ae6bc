/* One thread or all of them, as the Bark step finds it out. */

#include "../../bark/c/governor.c"
