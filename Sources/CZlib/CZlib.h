#include <zlib.h>

/// `inflateInit2` is a macro, which Swift does not see. A window of 15 bits plus 16 reads the gzip format.
static inline int czlib_gzip_begin(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
