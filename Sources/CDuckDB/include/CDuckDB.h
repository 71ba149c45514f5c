#ifndef CDUCKDB_H
#define CDUCKDB_H

/// DuckDB's C API, 1.5, as far as Millrace needs it. The library is opened while the program runs:
/// every function below forwards to the library that `cduckdb_open` opened, and must not be called before that.

#include <CArrow.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t idx_t;

typedef enum {
    DUCKDB_TYPE_INVALID = 0,
    DUCKDB_TYPE_BOOLEAN = 1,
    DUCKDB_TYPE_TINYINT = 2,
    DUCKDB_TYPE_SMALLINT = 3,
    DUCKDB_TYPE_INTEGER = 4,
    DUCKDB_TYPE_BIGINT = 5,
    DUCKDB_TYPE_UTINYINT = 6,
    DUCKDB_TYPE_USMALLINT = 7,
    DUCKDB_TYPE_UINTEGER = 8,
    DUCKDB_TYPE_UBIGINT = 9,
    DUCKDB_TYPE_FLOAT = 10,
    DUCKDB_TYPE_DOUBLE = 11,
    DUCKDB_TYPE_TIMESTAMP = 12,
    DUCKDB_TYPE_DATE = 13,
    DUCKDB_TYPE_TIME = 14,
    DUCKDB_TYPE_INTERVAL = 15,
    DUCKDB_TYPE_HUGEINT = 16,
    DUCKDB_TYPE_VARCHAR = 17,
    DUCKDB_TYPE_BLOB = 18,
    DUCKDB_TYPE_DECIMAL = 19,
    DUCKDB_TYPE_TIMESTAMP_S = 20,
    DUCKDB_TYPE_TIMESTAMP_MS = 21,
    DUCKDB_TYPE_TIMESTAMP_NS = 22,
    DUCKDB_TYPE_ENUM = 23,
    DUCKDB_TYPE_LIST = 24,
    DUCKDB_TYPE_STRUCT = 25,
    DUCKDB_TYPE_MAP = 26,
    DUCKDB_TYPE_UUID = 27,
    DUCKDB_TYPE_UNION = 28,
    DUCKDB_TYPE_BIT = 29,
    DUCKDB_TYPE_TIME_TZ = 30,
    DUCKDB_TYPE_TIMESTAMP_TZ = 31,
    DUCKDB_TYPE_UHUGEINT = 32,
    DUCKDB_TYPE_ARRAY = 33,
    DUCKDB_TYPE_ANY = 34,
    DUCKDB_TYPE_BIGNUM = 35,
    DUCKDB_TYPE_SQLNULL = 36,
    DUCKDB_TYPE_TIME_NS = 39,
    DUCKDB_TYPE_GEOMETRY = 40,
    DUCKDB_TYPE_VARIANT = 41,
} duckdb_type;

typedef enum { DUCKDB_SUCCESS = 0, DUCKDB_ERROR = 1 } duckdb_state;

typedef enum {
    DUCKDB_STATEMENT_TYPE_INVALID = 0,
    DUCKDB_STATEMENT_TYPE_SELECT = 1,
} duckdb_statement_type;

typedef struct { int32_t days; } duckdb_date;
typedef struct { int64_t micros; } duckdb_time;
typedef struct { int64_t nanos; } duckdb_time_ns;
typedef struct { uint64_t bits; } duckdb_time_tz;
typedef struct { int64_t micros; } duckdb_timestamp;
typedef struct { int64_t seconds; } duckdb_timestamp_s;
typedef struct { int64_t millis; } duckdb_timestamp_ms;
typedef struct { int64_t nanos; } duckdb_timestamp_ns;
typedef struct { int32_t months; int32_t days; int64_t micros; } duckdb_interval;
typedef struct { uint64_t lower; int64_t upper; } duckdb_hugeint;
typedef struct { uint64_t lower; uint64_t upper; } duckdb_uhugeint;
typedef struct { uint8_t *data; idx_t size; } duckdb_bit;
typedef struct { uint8_t *data; idx_t size; bool is_negative; } duckdb_bignum;
typedef struct { uint64_t offset; uint64_t length; } duckdb_list_entry;
typedef struct { double percentage; uint64_t rows_processed; uint64_t total_rows_to_process; } duckdb_query_progress_type;

/// The fields before `internal_data` belong to functions that DuckDB deprecates; they only keep the size.
typedef struct { uint64_t reserved[5]; void *internal_data; } duckdb_result;

typedef struct cduckdb_database { void *internal; } *duckdb_database;
typedef struct cduckdb_connection { void *internal; } *duckdb_connection;
typedef struct cduckdb_config { void *internal; } *duckdb_config;
typedef struct cduckdb_prepared_statement { void *internal; } *duckdb_prepared_statement;
typedef struct cduckdb_extracted_statements { void *internal; } *duckdb_extracted_statements;
typedef struct cduckdb_pending_result { void *internal; } *duckdb_pending_result;
typedef struct cduckdb_logical_type { void *internal; } *duckdb_logical_type;
typedef struct cduckdb_data_chunk { void *internal; } *duckdb_data_chunk;
typedef struct cduckdb_vector { void *internal; } *duckdb_vector;
typedef struct cduckdb_value { void *internal; } *duckdb_value;
typedef struct cduckdb_appender { void *internal; } *duckdb_appender;
typedef struct cduckdb_error_data { void *internal; } *duckdb_error_data;
typedef struct cduckdb_scalar_function { void *internal; } *duckdb_scalar_function;
typedef struct cduckdb_function_info { void *internal; } *duckdb_function_info;
typedef struct cduckdb_arrow_options { void *internal; } *duckdb_arrow_options;
typedef struct cduckdb_arrow_converted_schema { void *internal; } *duckdb_arrow_converted_schema;

typedef void (*duckdb_delete_callback_t)(void *data);
typedef void (*duckdb_scalar_function_t)(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

/// One line a function: its result, name, parameters and arguments. Declarations, the table of addresses and
/// the forwarding functions all come from this list.
///
/// Two functions here DuckDB calls deprecated: nothing else in 1.5 streams a result (`duckdb_pending_prepared_streaming`)
/// or reads an Arrow stream on all threads (`duckdb_arrow_scan`). Schemas, arrays and streams are those of Arrow's C
/// interfaces, which this header does not declare again.
#define CDUCKDB_FUNCTIONS(F) \
    F(void, duckdb_free, (void *pointer), (pointer)) \
    F(duckdb_state, duckdb_create_config, (duckdb_config *config), (config)) \
    F(duckdb_state, duckdb_set_config, (duckdb_config config, const char *name, const char *option), (config, name, option)) \
    F(void, duckdb_destroy_config, (duckdb_config *config), (config)) \
    F(duckdb_state, duckdb_open_ext, (const char *path, duckdb_database *database, duckdb_config config, char **error), (path, database, config, error)) \
    F(void, duckdb_close, (duckdb_database *database), (database)) \
    F(duckdb_state, duckdb_connect, (duckdb_database database, duckdb_connection *connection), (database, connection)) \
    F(void, duckdb_disconnect, (duckdb_connection *connection), (connection)) \
    F(void, duckdb_interrupt, (duckdb_connection connection), (connection)) \
    F(duckdb_query_progress_type, duckdb_query_progress, (duckdb_connection connection), (connection)) \
    F(idx_t, duckdb_extract_statements, (duckdb_connection connection, const char *query, duckdb_extracted_statements *statements), (connection, query, statements)) \
    F(const char *, duckdb_extract_statements_error, (duckdb_extracted_statements statements), (statements)) \
    F(void, duckdb_destroy_extracted, (duckdb_extracted_statements *statements), (statements)) \
    F(duckdb_state, duckdb_prepare_extracted_statement, (duckdb_connection connection, duckdb_extracted_statements statements, idx_t index, duckdb_prepared_statement *statement), (connection, statements, index, statement)) \
    F(const char *, duckdb_prepare_error, (duckdb_prepared_statement statement), (statement)) \
    F(void, duckdb_destroy_prepare, (duckdb_prepared_statement *statement), (statement)) \
    F(idx_t, duckdb_nparams, (duckdb_prepared_statement statement), (statement)) \
    F(duckdb_statement_type, duckdb_prepared_statement_type, (duckdb_prepared_statement statement), (statement)) \
    F(idx_t, duckdb_prepared_statement_column_count, (duckdb_prepared_statement statement), (statement)) \
    F(const char *, duckdb_prepared_statement_column_name, (duckdb_prepared_statement statement, idx_t column), (statement, column)) \
    F(duckdb_logical_type, duckdb_prepared_statement_column_logical_type, (duckdb_prepared_statement statement, idx_t column), (statement, column)) \
    F(duckdb_state, duckdb_bind_value, (duckdb_prepared_statement statement, idx_t parameter, duckdb_value value), (statement, parameter, value)) \
    F(duckdb_state, duckdb_pending_prepared, (duckdb_prepared_statement statement, duckdb_pending_result *result), (statement, result)) \
    F(duckdb_state, duckdb_pending_prepared_streaming, (duckdb_prepared_statement statement, duckdb_pending_result *result), (statement, result)) \
    F(duckdb_state, duckdb_execute_pending, (duckdb_pending_result pending, duckdb_result *result), (pending, result)) \
    F(const char *, duckdb_pending_error, (duckdb_pending_result pending), (pending)) \
    F(void, duckdb_destroy_pending, (duckdb_pending_result *pending), (pending)) \
    F(const char *, duckdb_result_error, (duckdb_result *result), (result)) \
    F(void, duckdb_destroy_result, (duckdb_result *result), (result)) \
    F(idx_t, duckdb_column_count, (duckdb_result *result), (result)) \
    F(const char *, duckdb_column_name, (duckdb_result *result, idx_t column), (result, column)) \
    F(duckdb_logical_type, duckdb_column_logical_type, (duckdb_result *result, idx_t column), (result, column)) \
    F(duckdb_data_chunk, duckdb_fetch_chunk, (duckdb_result result), (result)) \
    F(void, duckdb_destroy_data_chunk, (duckdb_data_chunk *chunk), (chunk)) \
    F(idx_t, duckdb_data_chunk_get_column_count, (duckdb_data_chunk chunk), (chunk)) \
    F(idx_t, duckdb_data_chunk_get_size, (duckdb_data_chunk chunk), (chunk)) \
    F(duckdb_vector, duckdb_data_chunk_get_vector, (duckdb_data_chunk chunk, idx_t column), (chunk, column)) \
    F(duckdb_logical_type, duckdb_vector_get_column_type, (duckdb_vector vector), (vector)) \
    F(void *, duckdb_vector_get_data, (duckdb_vector vector), (vector)) \
    F(uint64_t *, duckdb_vector_get_validity, (duckdb_vector vector), (vector)) \
    F(void, duckdb_vector_ensure_validity_writable, (duckdb_vector vector), (vector)) \
    F(void, duckdb_vector_assign_string_element_len, (duckdb_vector vector, idx_t row, const char *text, idx_t length), (vector, row, text, length)) \
    F(duckdb_vector, duckdb_list_vector_get_child, (duckdb_vector vector), (vector)) \
    F(duckdb_vector, duckdb_struct_vector_get_child, (duckdb_vector vector, idx_t index), (vector, index)) \
    F(duckdb_vector, duckdb_array_vector_get_child, (duckdb_vector vector), (vector)) \
    F(duckdb_logical_type, duckdb_create_logical_type, (duckdb_type type), (type)) \
    F(duckdb_logical_type, duckdb_create_list_type, (duckdb_logical_type type), (type)) \
    F(duckdb_logical_type, duckdb_create_map_type, (duckdb_logical_type key, duckdb_logical_type value), (key, value)) \
    F(duckdb_logical_type, duckdb_create_struct_type, (duckdb_logical_type *types, const char **names, idx_t count), (types, names, count)) \
    F(void, duckdb_destroy_logical_type, (duckdb_logical_type *type), (type)) \
    F(duckdb_type, duckdb_get_type_id, (duckdb_logical_type type), (type)) \
    F(char *, duckdb_logical_type_get_alias, (duckdb_logical_type type), (type)) \
    F(uint8_t, duckdb_decimal_width, (duckdb_logical_type type), (type)) \
    F(uint8_t, duckdb_decimal_scale, (duckdb_logical_type type), (type)) \
    F(duckdb_type, duckdb_decimal_internal_type, (duckdb_logical_type type), (type)) \
    F(duckdb_type, duckdb_enum_internal_type, (duckdb_logical_type type), (type)) \
    F(uint32_t, duckdb_enum_dictionary_size, (duckdb_logical_type type), (type)) \
    F(char *, duckdb_enum_dictionary_value, (duckdb_logical_type type, idx_t index), (type, index)) \
    F(duckdb_logical_type, duckdb_list_type_child_type, (duckdb_logical_type type), (type)) \
    F(duckdb_logical_type, duckdb_array_type_child_type, (duckdb_logical_type type), (type)) \
    F(idx_t, duckdb_array_type_array_size, (duckdb_logical_type type), (type)) \
    F(duckdb_logical_type, duckdb_map_type_key_type, (duckdb_logical_type type), (type)) \
    F(duckdb_logical_type, duckdb_map_type_value_type, (duckdb_logical_type type), (type)) \
    F(idx_t, duckdb_struct_type_child_count, (duckdb_logical_type type), (type)) \
    F(char *, duckdb_struct_type_child_name, (duckdb_logical_type type, idx_t index), (type, index)) \
    F(duckdb_logical_type, duckdb_struct_type_child_type, (duckdb_logical_type type, idx_t index), (type, index)) \
    F(idx_t, duckdb_union_type_member_count, (duckdb_logical_type type), (type)) \
    F(char *, duckdb_union_type_member_name, (duckdb_logical_type type, idx_t index), (type, index)) \
    F(duckdb_logical_type, duckdb_union_type_member_type, (duckdb_logical_type type, idx_t index), (type, index)) \
    F(duckdb_value, duckdb_create_null_value, (void), ()) \
    F(duckdb_value, duckdb_create_bool, (bool value), (value)) \
    F(duckdb_value, duckdb_create_int64, (int64_t value), (value)) \
    F(duckdb_value, duckdb_create_uint64, (uint64_t value), (value)) \
    F(duckdb_value, duckdb_create_hugeint, (duckdb_hugeint value), (value)) \
    F(duckdb_value, duckdb_create_double, (double value), (value)) \
    F(duckdb_value, duckdb_create_varchar_length, (const char *text, idx_t length), (text, length)) \
    F(duckdb_value, duckdb_create_blob, (const uint8_t *data, idx_t length), (data, length)) \
    F(duckdb_value, duckdb_create_date, (duckdb_date value), (value)) \
    F(duckdb_value, duckdb_create_time, (duckdb_time value), (value)) \
    F(duckdb_value, duckdb_create_time_ns, (duckdb_time_ns value), (value)) \
    F(duckdb_value, duckdb_create_time_tz_value, (duckdb_time_tz value), (value)) \
    F(duckdb_value, duckdb_create_timestamp, (duckdb_timestamp value), (value)) \
    F(duckdb_value, duckdb_create_timestamp_tz, (duckdb_timestamp value), (value)) \
    F(duckdb_value, duckdb_create_timestamp_s, (duckdb_timestamp_s value), (value)) \
    F(duckdb_value, duckdb_create_timestamp_ms, (duckdb_timestamp_ms value), (value)) \
    F(duckdb_value, duckdb_create_timestamp_ns, (duckdb_timestamp_ns value), (value)) \
    F(duckdb_value, duckdb_create_interval, (duckdb_interval value), (value)) \
    F(duckdb_value, duckdb_create_bit, (duckdb_bit value), (value)) \
    F(duckdb_value, duckdb_create_bignum, (duckdb_bignum value), (value)) \
    F(duckdb_value, duckdb_create_list_value, (duckdb_logical_type child, duckdb_value *values, idx_t count), (child, values, count)) \
    F(duckdb_value, duckdb_create_map_value, (duckdb_logical_type map, duckdb_value *keys, duckdb_value *values, idx_t count), (map, keys, values, count)) \
    F(duckdb_value, duckdb_create_struct_value, (duckdb_logical_type type, duckdb_value *values), (type, values)) \
    F(char *, duckdb_get_varchar, (duckdb_value value), (value)) \
    F(void, duckdb_destroy_value, (duckdb_value *value), (value)) \
    F(const char *, duckdb_error_data_message, (duckdb_error_data error), (error)) \
    F(bool, duckdb_error_data_has_error, (duckdb_error_data error), (error)) \
    F(int, duckdb_error_data_error_type, (duckdb_error_data error), (error)) \
    F(void, duckdb_destroy_error_data, (duckdb_error_data *error), (error)) \
    F(duckdb_state, duckdb_appender_create_ext, (duckdb_connection connection, const char *catalog, const char *schema, const char *table, duckdb_appender *appender), (connection, catalog, schema, table, appender)) \
    F(duckdb_error_data, duckdb_appender_error_data, (duckdb_appender appender), (appender)) \
    F(duckdb_state, duckdb_appender_flush, (duckdb_appender appender), (appender)) \
    F(duckdb_state, duckdb_appender_clear, (duckdb_appender appender), (appender)) \
    F(duckdb_state, duckdb_appender_close, (duckdb_appender appender), (appender)) \
    F(duckdb_state, duckdb_appender_destroy, (duckdb_appender *appender), (appender)) \
    F(duckdb_state, duckdb_appender_end_row, (duckdb_appender appender), (appender)) \
    F(duckdb_state, duckdb_append_value, (duckdb_appender appender, duckdb_value value), (appender, value)) \
    F(duckdb_state, duckdb_append_data_chunk, (duckdb_appender appender, duckdb_data_chunk chunk), (appender, chunk)) \
    F(duckdb_arrow_options, duckdb_result_get_arrow_options, (duckdb_result *result), (result)) \
    F(void, duckdb_destroy_arrow_options, (duckdb_arrow_options *options), (options)) \
    F(duckdb_error_data, duckdb_to_arrow_schema, (duckdb_arrow_options options, duckdb_logical_type *types, const char **names, idx_t count, struct ArrowSchema *schema), (options, types, names, count, schema)) \
    F(duckdb_error_data, duckdb_data_chunk_to_arrow, (duckdb_arrow_options options, duckdb_data_chunk chunk, struct ArrowArray *array), (options, chunk, array)) \
    F(duckdb_error_data, duckdb_schema_from_arrow, (duckdb_connection connection, struct ArrowSchema *schema, duckdb_arrow_converted_schema *converted), (connection, schema, converted)) \
    F(duckdb_error_data, duckdb_data_chunk_from_arrow, (duckdb_connection connection, struct ArrowArray *array, duckdb_arrow_converted_schema schema, duckdb_data_chunk *chunk), (connection, array, schema, chunk)) \
    F(void, duckdb_destroy_arrow_converted_schema, (duckdb_arrow_converted_schema *schema), (schema)) \
    F(duckdb_scalar_function, duckdb_create_scalar_function, (void), ()) \
    F(void, duckdb_destroy_scalar_function, (duckdb_scalar_function *function), (function)) \
    F(void, duckdb_scalar_function_set_name, (duckdb_scalar_function function, const char *name), (function, name)) \
    F(void, duckdb_scalar_function_add_parameter, (duckdb_scalar_function function, duckdb_logical_type type), (function, type)) \
    F(void, duckdb_scalar_function_set_varargs, (duckdb_scalar_function function, duckdb_logical_type type), (function, type)) \
    F(void, duckdb_scalar_function_set_return_type, (duckdb_scalar_function function, duckdb_logical_type type), (function, type)) \
    F(void, duckdb_scalar_function_set_special_handling, (duckdb_scalar_function function), (function)) \
    F(void, duckdb_scalar_function_set_volatile, (duckdb_scalar_function function), (function)) \
    F(void, duckdb_scalar_function_set_extra_info, (duckdb_scalar_function function, void *info, duckdb_delete_callback_t destroy), (function, info, destroy)) \
    F(void, duckdb_scalar_function_set_function, (duckdb_scalar_function function, duckdb_scalar_function_t body), (function, body)) \
    F(void *, duckdb_scalar_function_get_extra_info, (duckdb_function_info info), (info)) \
    F(void, duckdb_scalar_function_set_error, (duckdb_function_info info, const char *message), (info, message)) \
    F(duckdb_state, duckdb_arrow_scan, (duckdb_connection connection, const char *name, struct ArrowArrayStream *stream), (connection, name, stream)) \
    F(duckdb_state, duckdb_register_scalar_function, (duckdb_connection connection, duckdb_scalar_function function), (connection, function))

#define CDUCKDB_DECLARE(RESULT, NAME, PARAMETERS, ARGUMENTS) RESULT NAME PARAMETERS;
CDUCKDB_FUNCTIONS(CDUCKDB_DECLARE)
#undef CDUCKDB_DECLARE

typedef enum {
    CDUCKDB_OPENED = 0,
    /// The file cannot be opened as a shared library: the linker's own words are in `text`.
    CDUCKDB_NOT_LOADABLE = 1,
    /// The library lacks a function: its name is in `text`.
    CDUCKDB_MISSING_FUNCTION = 2,
    /// The library has another version: it is in `text`.
    CDUCKDB_OTHER_VERSION = 3,
} cduckdb_open_result;

/// Opens DuckDB's shared library at `path` and takes the addresses of all functions of this header from it, when its
/// version begins with `version`, such as `v1.5.`. Nothing changes unless the answer is `CDUCKDB_OPENED`.
///
/// The library inside DuckDB's Python package refers to variables of Python that it needs only when Python itself
/// has loaded it. Where they are missing they are supplied, so that no Python has to be there.
///
/// Call it from one thread at a time. `text` receives at most `text_size` bytes, always terminated: the version when
/// the library was opened, the reason when not.
cduckdb_open_result cduckdb_open(const char *path, const char *version, char *text, size_t text_size);

#endif
