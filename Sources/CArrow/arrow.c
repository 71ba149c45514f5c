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

static bool continues(uint8_t byte) { return (byte & 0xC0) == 0x80; }

/// The length of the character at the start, which is not ASCII; 0 when it is none.
static int64_t character(const uint8_t *bytes, int64_t count) {
    uint8_t first = bytes[0];
    if (first >= 0xC2 && first <= 0xDF) return count > 1 && continues(bytes[1]) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (count < 3 || !continues(bytes[1]) || !continues(bytes[2])) return 0;
        // Overlong forms, and surrogates.
        if ((first == 0xE0 && bytes[1] < 0xA0) || (first == 0xED && bytes[1] > 0x9F)) return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (count < 4 || !continues(bytes[1]) || !continues(bytes[2]) || !continues(bytes[3])) return 0;
        // Overlong forms, and what is beyond Unicode.
        if ((first == 0xF0 && bytes[1] < 0x90) || (first == 0xF4 && bytes[1] > 0x8F)) return 0;
        return 4;
    }
    return 0;
}

bool carrow_is_utf8(const uint8_t *bytes, int64_t count) {
    int64_t i = 0;
    while (i < count) {
        if (count - i >= 32) {
            uint64_t words[4];
            memcpy(words, bytes + i, 32);
            if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u) == 0) {
                i += 32;
                continue;
            }
        }
        if (bytes[i] < 0x80) {
            i++;
            continue;
        }
        int64_t length = character(bytes + i, count - i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}
