#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

int cprocess_open(int process) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, process, 0);
#else
    (void)process;
    errno = ENOSYS;
    return -1;
#endif
}
