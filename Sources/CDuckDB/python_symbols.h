#ifndef CDUCKDB_PYTHON_SYMBOLS_H
#define CDUCKDB_PYTHON_SYMBOLS_H

#include <stdbool.h>

/// Puts variables with the names of Python's types, exceptions and constants, all zero, into the linker's global
/// scope. False when the system does not let the program open a shared object that it wrote itself.
bool cduckdb_supply_python_symbols(void);

/// Opens the system's Python library into the linker's global scope. False when there is none.
bool cduckdb_open_python(void);

#endif
