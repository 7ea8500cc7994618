// What Swift's Glibc module leaves out of Linux, and the few calls whose C macros or
// variadic arguments Swift cannot import.

#ifndef CLINUX_H
#define CLINUX_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/timerfd.h>
#include <sys/types.h>

/// CPU time of the calling thread in nanoseconds, from getrusage(2) with RUSAGE_THREAD.
struct clinux_cpu_time {
  uint64_t user_ns;
  uint64_t system_ns;
};

/// Returns 0, or an errno.
int clinux_thread_cpu_time(struct clinux_cpu_time *time);

/// Binds the calling thread to one processor. Returns 0, or an errno.
int clinux_pin_thread(int processor);

/// epoll_ctl(2) with the user data as one 64-bit number. Returns 0, or an errno.
int clinux_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t data);

/// prctl(PR_SET_CHILD_SUBREAPER, 1): orphaned grandchildren become children of this process.
int clinux_adopt_orphans(void);

#endif
