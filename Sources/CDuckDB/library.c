#include "CDuckDB.h"
#include "python_symbols.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef struct {
#define ADDRESS(RESULT, NAME, PARAMETERS, ARGUMENTS) RESULT(*NAME) PARAMETERS;
    CDUCKDB_FUNCTIONS(ADDRESS)
#undef ADDRESS
} function_table;

static function_table functions;

#define FORWARD(RESULT, NAME, PARAMETERS, ARGUMENTS) \
    RESULT NAME PARAMETERS { return functions.NAME ARGUMENTS; }
CDUCKDB_FUNCTIONS(FORWARD)
#undef FORWARD

static void *open_library(const char *path, char *text, size_t text_size) {
    // Functions are bound when they are first called (RTLD_LAZY): those of Python, which the Python package's
    // library names as well, are never called.
    void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    if (library != NULL) {
        return library;
    }
    const char *reason = dlerror();
    snprintf(text, text_size, "%s", reason != NULL ? reason : "unknown reason");
    if (strstr(text, "undefined symbol: Py") == NULL && strstr(text, "undefined symbol: _Py") == NULL) {
        return NULL;
    }
    if (cduckdb_supply_python_symbols()) {
        library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
        if (library != NULL) {
            return library;
        }
        reason = dlerror();
    }
    // LD_BIND_NOW makes the linker want Python's functions too: then only a real Python will do.
    if (cduckdb_open_python()) {
        library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
        if (library != NULL) {
            return library;
        }
        reason = dlerror();
    }
    if (reason != NULL) {
        snprintf(text, text_size, "%s", reason);
    }
    return NULL;
}

static cduckdb_open_result resolve(void *library, const char *version, char *text, size_t text_size) {
    // The version comes first: the functions of another one are not worth looking for.
    const char *(*library_version)(void) = NULL;
    *(void **)&library_version = dlsym(library, "duckdb_library_version");
    if (library_version != NULL) {
        snprintf(text, text_size, "%s", library_version());
        if (strncmp(text, version, strlen(version)) != 0) {
            return CDUCKDB_OTHER_VERSION;
        }
    }
    function_table found;
#define RESOLVE(RESULT, NAME, PARAMETERS, ARGUMENTS) \
    *(void **)&found.NAME = dlsym(library, #NAME); \
    if (found.NAME == NULL) { \
        snprintf(text, text_size, "%s", #NAME); \
        return CDUCKDB_MISSING_FUNCTION; \
    }
    CDUCKDB_FUNCTIONS(RESOLVE)
#undef RESOLVE
    functions = found;
    return CDUCKDB_OPENED;
}

cduckdb_open_result cduckdb_open(const char *path, const char *version, char *text, size_t text_size) {
    void *library = open_library(path, text, text_size);
    if (library == NULL) {
        return CDUCKDB_NOT_LOADABLE;
    }
    cduckdb_open_result result = resolve(library, version, text, text_size);
    if (result != CDUCKDB_OPENED) {
        dlclose(library);
    }
    return result;
}
