/* What this processor can do, and the system with it. Compiled for any processor of its kind. */

#include <stdint.h>

/* Bits in the order of _WORDS in prebuilt.py. */
uint64_t bark_processor(void);

#if defined(__x86_64__)

#include <cpuid.h>

uint64_t bark_processor(void) {
    unsigned a, b, c, d, low, high;
    uint64_t found = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) return 0; /* the system saves registers */
    unsigned fma = c >> 12 & 1;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 0x06) != 0x06 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    int wide = (low & 0xE6) == 0xE6; /* and those of AVX-512 */
    unsigned leaves = a, basic = b, more = c;
    found |= (uint64_t)fma << 0 | (uint64_t)(basic >> 5 & 1) << 1;
    a = 0;
    if (leaves >= 1) __get_cpuid_count(7, 1, &a, &b, &c, &d);
    found |= (uint64_t)(a >> 4 & 1) << 2;
    if (!wide) return found;
    found |= (uint64_t)(basic >> 16 & 1) << 3 | (uint64_t)(basic >> 30 & 1) << 4;
    found |= (uint64_t)(basic >> 17 & 1) << 5 | (uint64_t)(basic >> 31 & 1) << 6;
    return found | (uint64_t)(more >> 11 & 1) << 7 | (uint64_t)(a >> 5 & 1) << 8;
}

#else

uint64_t bark_processor(void) { return 0; }

#endif
