/* Weights in blocks, as GGUF files hold them: they are read where they lie in the mapped file.

   A row of a matrix is a row of blocks. Here a block is seen as units of 32 weights (Q6_K: 16) with a
   scale each, and of some types a minimum:  weight = scale · (q − zero) + minimum,  q unsigned. */

#pragma once

#include "vector.h"

/* The numbers that the format gives its types. */
enum { Q4_0 = 2, Q4_1 = 3, Q5_0 = 6, Q5_1 = 7, Q8_0 = 8, Q4_K = 12, Q5_K = 13, Q6_K = 14 };

typedef struct {
    const uint8_t *data; /* outputs rows of row_bytes */
    const float *bias;   /* (outputs) or NULL */
    int64_t type, outputs, inputs, row_bytes;
} Blocks;

INLINE int64_t unit_of(int64_t type) { return type == Q6_K ? 16 : 32; }

INLINE int64_t units_of(const Blocks *m) { return (m->inputs + 31) / 32 * (32 / unit_of(m->type)); }

INLINE int has_minimum(int64_t type) {
    return type == Q4_1 || type == Q5_1 || type == Q4_K || type == Q5_K;
}

/* Without VNNI bytes of 8 bits are multiplied with their sign. */
INLINE int zero_of(int64_t type) {
    return type == Q4_0 ? 8 : type == Q5_0 ? 16 : type == Q6_K ? 32 : type == Q8_0 && VNNI ? 128 : 0;
}

INLINE int64_t block_bytes(int64_t type) {
    switch (type) {
        case Q4_0: return 18;
        case Q4_1: return 20;
        case Q5_0: return 22;
        case Q5_1: return 24;
        case Q8_0: return 34;
        case Q4_K: return 144;
        case Q5_K: return 176;
        default: return 210;
    }
}

INLINE __m256i nibbles(const uint8_t *at) {
    __m128i v = _mm_loadu_si128((const void *)at);
    return _mm256_and_si256(_mm256_set_m128i(_mm_srli_epi16(v, 4), v), _mm256_set1_epi8(15));
}

/* 32 bits → 32 bytes, 16 where a bit is set. */
INLINE __m256i fifth_bits(const uint8_t *at) {
    int32_t bits;
    memcpy(&bits, at, 4);
    const __m256i byte = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2,
                                          2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201ull);
    __m256i v = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(bits), byte), bit);
    return _mm256_and_si256(_mm256_cmpeq_epi8(v, bit), _mm256_set1_epi8(16));
}

/* 32 weights of a row, from the one at 32 · n on: q as bytes. */
INLINE __m256i load_32(int64_t type, const uint8_t *row, int64_t n) {
    const __m256i low = _mm256_set1_epi8(15), fifth = _mm256_set1_epi8(16);
    const uint8_t *at = row + (type >= Q4_K ? n / 8 : n) * block_bytes(type);
    int64_t u = n % 8;
    __m256i v;
    switch (type) {
        case Q4_0: return nibbles(at + 2);
        case Q4_1: return nibbles(at + 4);
        case Q5_0: return _mm256_or_si256(nibbles(at + 6), fifth_bits(at + 2));
        case Q5_1: return _mm256_or_si256(nibbles(at + 8), fifth_bits(at + 4));
        case Q8_0:
            v = _mm256_loadu_si256((const void *)(at + 2));
            return VNNI ? _mm256_xor_si256(v, _mm256_set1_epi8((char)128)) : v;
        case Q4_K:
            v = _mm256_loadu_si256((const void *)(at + 16 + 32 * (u / 2)));
            return _mm256_and_si256(u % 2 ? _mm256_srli_epi16(v, 4) : v, low);
        case Q5_K: {
            v = _mm256_loadu_si256((const void *)(at + 48 + 32 * (u / 2)));
            v = _mm256_and_si256(u % 2 ? _mm256_srli_epi16(v, 4) : v, low);
            __m256i bits = _mm256_loadu_si256((const void *)(at + 16));
            bits = _mm256_srl_epi16(bits, _mm_cvtsi64_si128(u));
            return _mm256_or_si256(v, _mm256_and_si256(_mm256_slli_epi16(bits, 4), fifth));
        }
        default: { /* Q6_K: 128 weights, then the other 128 */
            int64_t j = u % 4;
            v = _mm256_loadu_si256((const void *)(at + 64 * (u / 4) + 32 * (j % 2)));
            v = _mm256_and_si256(j / 2 ? _mm256_srli_epi16(v, 4) : v, low);
            __m256i bits = _mm256_loadu_si256((const void *)(at + 128 + 32 * (u / 4)));
            bits = _mm256_srl_epi16(bits, _mm_cvtsi64_si128(2 * j));
            bits = _mm256_and_si256(bits, _mm256_set1_epi8(3));
            return _mm256_or_si256(v, _mm256_slli_epi16(bits, 4));
        }
    }
}

/* Scales and minima of a whole row, (units) each, and zeros behind them up to a multiple of 8. */
void load_scales(const Blocks *m, int64_t row, float *scales, float *minima);

/* y: float32 (inputs), a row of weights. */
void text_row(const Blocks *m, int64_t row, float *y);
