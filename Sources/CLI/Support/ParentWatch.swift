import CProcess
import Foundation
import Glibc

/// Ends this process with the one that started it, however that one ends: a server's runs must not outlive it, because
/// the next server starts them again.
///
/// The kernel's own signal for this (`PR_SET_PDEATHSIG`) comes already when the thread ends that started the process,
/// so the parent is watched through a descriptor instead.
enum ParentWatch {
    /// Watches from a thread of its own.
    static func begin() {
        let parent = getppid()
        let descriptor = cprocess_open(parent)
        // Whoever takes in orphans is not the one that wanted this run.
        guard parent != 1, getppid() == parent else { return end() }
        Thread { watch(parent, descriptor) }.start()
    }

    private static func watch(_ parent: pid_t, _ descriptor: Int32) {
        // When nobody holds the other end of standard output any more, the parent was gone before this process looked.
        var watched = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isPipe(STDOUT_FILENO) ? STDOUT_FILENO : -1, events: 0, revents: 0),
        ]
        // Without a descriptor the kernel is asked now and then.
        let patience: Int32 = descriptor < 0 ? 100 : -1
        while getppid() == parent {
            guard poll(&watched, nfds_t(watched.count), patience) > 0 else { continue }
            if watched.contains(where: { $0.revents != 0 }) { break }
        }
        end()
    }

    private static func isPipe(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// Nothing is lost: what was not published was never visible. With it go the processes that it started.
    private static func end() {
        if getpgrp() == getpid() { kill(0, SIGKILL) }
        kill(getpid(), SIGKILL)
    }
}
