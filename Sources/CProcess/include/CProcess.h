#ifndef MILLRACE_CPROCESS_H
#define MILLRACE_CPROCESS_H

/// A file descriptor that becomes readable when the process ends; -1 with `errno` when there is none.
int cprocess_open(int process);

#endif
