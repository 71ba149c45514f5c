#define _GNU_SOURCE
#include "python_symbols.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// DuckDB's Python package refers to these variables while it is being loaded; it looks at them only when Python
// imports it as a module. A variable cannot be bound lazily, hence a shared object that holds nothing but their
// names, written into memory and opened from there. It has no code and asks for no executable memory.
static const char *const names[] = {
    "PyBaseObject_Type", "PyBool_Type", "PyByteArray_Type", "PyBytes_Type", "PyCFunction_Type", "PyCapsule_Type",
    "PyComplex_Type", "PyDict_Type", "PyExc_ArithmeticError", "PyExc_AttributeError", "PyExc_BaseException",
    "PyExc_BufferError", "PyExc_DeprecationWarning", "PyExc_Exception", "PyExc_FutureWarning", "PyExc_ImportError",
    "PyExc_IndexError", "PyExc_KeyError", "PyExc_KeyboardInterrupt", "PyExc_LookupError", "PyExc_MemoryError",
    "PyExc_NotImplementedError", "PyExc_OSError", "PyExc_OverflowError", "PyExc_RuntimeError",
    "PyExc_RuntimeWarning", "PyExc_StopIteration", "PyExc_SystemError", "PyExc_TypeError", "PyExc_UserWarning",
    "PyExc_ValueError", "PyFloat_Type", "PyFrozenSet_Type", "PyFunction_Type", "PyGen_Type",
    "PyInstanceMethod_Type", "PyList_Type", "PyLong_Type", "PyMemoryView_Type", "PyMethod_Type", "PyModule_Type",
    "PyObject_GenericGetDict", "PyObject_GenericSetDict", "PyProperty_Type", "PySet_Type", "PySlice_Type",
    "PyStaticMethod_Type", "PyTuple_Type", "PyType_Type", "PyUnicode_Type", "Py_Version", "_Py_EllipsisObject",
    "_Py_FalseStruct", "_Py_NoneStruct", "_Py_NotImplementedStruct", "_Py_TrueStruct",
};

enum {
    name_count = sizeof names / sizeof names[0],
    symbol_count = name_count + 1,
    text_capacity = 4096,
    // As large as the largest of Python's type objects, so that a stray read stays inside.
    variable_size = 512,
};

typedef struct {
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[3];
    ElfW(Dyn) dynamic[6];
    ElfW(Sym) symbols[symbol_count];
    // The old hash table: bucket count, chain count, one bucket, the chains. One bucket is enough for 56 names.
    ElfW(Word) hash[2 + 1 + symbol_count];
    char text[text_capacity];
} shared_object;

static shared_object object;

static bool write_object(int file) {
    memset(&object, 0, sizeof object);
    memcpy(object.header.e_ident, ELFMAG, SELFMAG);
    object.header.e_ident[EI_CLASS] = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    object.header.e_ident[EI_DATA] = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
    object.header.e_ident[EI_VERSION] = EV_CURRENT;
    object.header.e_type = ET_DYN;
#if defined(__x86_64__)
    object.header.e_machine = EM_X86_64;
#elif defined(__aarch64__)
    object.header.e_machine = EM_AARCH64;
#else
    return false;
#endif
    object.header.e_version = EV_CURRENT;
    object.header.e_phoff = offsetof(shared_object, segments);
    object.header.e_ehsize = sizeof object.header;
    object.header.e_phentsize = sizeof object.segments[0];
    object.header.e_phnum = 3;

    // The variables follow what is in the file, as memory that starts zero.
    // 64 KiB is the largest page of the processors above; the offset is zero, so any alignment holds.
    object.segments[0] = (ElfW(Phdr)){.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_filesz = sizeof object,
                                      .p_memsz = sizeof object + variable_size * name_count, .p_align = 65536};
    ElfW(Addr) dynamic = offsetof(shared_object, dynamic);
    object.segments[1] = (ElfW(Phdr)){.p_type = PT_DYNAMIC, .p_flags = PF_R | PF_W, .p_offset = dynamic,
                                      .p_vaddr = dynamic, .p_paddr = dynamic, .p_filesz = sizeof object.dynamic,
                                      .p_memsz = sizeof object.dynamic, .p_align = sizeof(void *)};
    // Without this segment the linker assumes that an executable stack is wanted, and may refuse.
    object.segments[2] = (ElfW(Phdr)){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W};

    size_t used = 1;
    object.hash[0] = 1;
    object.hash[1] = symbol_count;
    object.hash[2] = 1;
    for (size_t index = 0; index < name_count; index++) {
        size_t length = strlen(names[index]) + 1;
        if (used + length > text_capacity) {
            return false;
        }
        memcpy(object.text + used, names[index], length);
        ElfW(Sym) *symbol = &object.symbols[index + 1];
        symbol->st_name = (ElfW(Word))used;
        symbol->st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
        symbol->st_other = STV_DEFAULT;
        // Any section index but "undefined": the object has no sections, and the linker does not look for them.
        symbol->st_shndx = 1;
        symbol->st_value = sizeof object + variable_size * index;
        symbol->st_size = variable_size;
        object.hash[3 + index + 1] = index + 2 < symbol_count ? (ElfW(Word))(index + 2) : 0;
        used += length;
    }
    object.dynamic[0] = (ElfW(Dyn)){.d_tag = DT_HASH, .d_un.d_ptr = offsetof(shared_object, hash)};
    object.dynamic[1] = (ElfW(Dyn)){.d_tag = DT_SYMTAB, .d_un.d_ptr = offsetof(shared_object, symbols)};
    object.dynamic[2] = (ElfW(Dyn)){.d_tag = DT_STRTAB, .d_un.d_ptr = offsetof(shared_object, text)};
    object.dynamic[3] = (ElfW(Dyn)){.d_tag = DT_STRSZ, .d_un.d_val = text_capacity};
    object.dynamic[4] = (ElfW(Dyn)){.d_tag = DT_SYMENT, .d_un.d_val = sizeof(ElfW(Sym))};
    object.dynamic[5] = (ElfW(Dyn)){.d_tag = DT_NULL};

    const char *bytes = (const char *)&object;
    for (size_t written = 0; written < sizeof object;) {
        ssize_t count = write(file, bytes + written, sizeof object - written);
        if (count <= 0) {
            return false;
        }
        written += (size_t)count;
    }
    return true;
}

bool cduckdb_supply_python_symbols(void) {
    int file = memfd_create("python-symbols", MFD_CLOEXEC);
    if (file < 0) {
        return false;
    }
    bool opened = false;
    if (write_object(file)) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        opened = dlopen(path, RTLD_NOW | RTLD_GLOBAL) != NULL;
    }
    close(file);
    return opened;
}

bool cduckdb_open_python(void) {
    char name[32];
    for (int minor = 14; minor >= 9; minor--) {
        snprintf(name, sizeof name, "libpython3.%d.so.1.0", minor);
        if (dlopen(name, RTLD_LAZY | RTLD_GLOBAL) != NULL) {
            return true;
        }
    }
    return false;
}
