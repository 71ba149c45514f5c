#ifndef MILLRACE_CARROW_H
#define MILLRACE_CARROW_H

#include <stdbool.h>
#include <stdint.h>

// The names, members and values are those of Arrow's C data and C stream interfaces.

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

// Checks over many numbers, as fast as memory is.

/// Whether of `count + 1` offsets none is below 0 or below the one before it.
bool carrow_rises_32(const int32_t *offsets, int64_t count);
bool carrow_rises_64(const int64_t *offsets, int64_t count);

/// Whether all are from 0 to `last`, which is not below 0.
bool carrow_below_32(const int32_t *indices, int64_t count, int32_t last);
bool carrow_below_64(const int64_t *indices, int64_t count, int64_t last);

/// Whether the bytes are UTF-8, without surrogates and overlong forms.
bool carrow_is_utf8(const uint8_t *bytes, int64_t count);

/// How many bits are set in words of 64 bits, which may be at any address.
int64_t carrow_set_bits(const void *words, int64_t count);

#endif
