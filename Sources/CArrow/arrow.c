#include "CArrow.h"

#include <string.h>

// One function for each kind of processor; the loader chooses. They are loops that the compiler makes vectors of.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#define WITH_POPULATION_COUNT __attribute__((target_clones("popcnt", "default")))
#else
#define FOR_EACH_PROCESSOR
#define WITH_POPULATION_COUNT
#endif

// Once no number has its sign set no difference can overflow, so one number that gathers all signs is enough.

FOR_EACH_PROCESSOR bool carrow_rises_32(const int32_t *offsets, int64_t count) {
    int32_t signs = offsets[0];
    for (int64_t i = 0; i < count; i++) signs |= offsets[i + 1] | (int32_t)((uint32_t)offsets[i + 1] - (uint32_t)offsets[i]);
    return signs >= 0;
}

FOR_EACH_PROCESSOR bool carrow_rises_64(const int64_t *offsets, int64_t count) {
    int64_t signs = offsets[0];
    for (int64_t i = 0; i < count; i++) signs |= offsets[i + 1] | (int64_t)((uint64_t)offsets[i + 1] - (uint64_t)offsets[i]);
    return signs >= 0;
}

FOR_EACH_PROCESSOR bool carrow_below_32(const int32_t *indices, int64_t count, int32_t last) {
    int32_t signs = 0;
    for (int64_t i = 0; i < count; i++) signs |= indices[i] | (int32_t)((uint32_t)last - (uint32_t)indices[i]);
    return signs >= 0;
}

FOR_EACH_PROCESSOR bool carrow_below_64(const int64_t *indices, int64_t count, int64_t last) {
    int64_t signs = 0;
    for (int64_t i = 0; i < count; i++) signs |= indices[i] | (int64_t)((uint64_t)last - (uint64_t)indices[i]);
    return signs >= 0;
}

WITH_POPULATION_COUNT int64_t carrow_set_bits(const void *words, int64_t count) {
    int64_t set = 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, (const char *)words + i * 8, 8);
        set += __builtin_popcountll(word);
    }
    return set;
}
