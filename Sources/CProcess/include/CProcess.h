#ifndef MILLRACE_CPROCESS_H
#define MILLRACE_CPROCESS_H

/// A file descriptor that becomes readable when the process ends; -1 with `errno` when there is none.
int cprocess_open(int process);

/// A pipe that no other process inherits: its end to read from, and its end to write to. 0, or -1 with `errno`.
int cprocess_pipe(int ends[2]);

/// Starts a program in a process group of its own, with these three descriptors and no other ones; an `input` below 0
/// is empty. The program is looked for in `PATH` when its name has no slash. Returns 0 or an error number.
int cprocess_spawn(char *const *arguments, char *const *environment, const char *folder, int input, int output,
                   int errors, int *process);

#endif
