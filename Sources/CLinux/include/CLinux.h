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

/// epoll_pwait2(2) without a signal mask; a negative timeout waits for ever. Returns the number of events, or -1 with
/// errno set.
int clinux_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_ns);

/// The number that clinux_epoll_control was given for this event.
static inline uint64_t clinux_event_data(const struct epoll_event *event) { return event->data.u64; }

/// Lets the timers of the calling thread fire at their instant instead of up to 50 us later.
void clinux_sharpen_timers(void);

/// prctl(PR_SET_CHILD_SUBREAPER, 1): orphaned grandchildren become children of this process.
int clinux_adopt_orphans(void);

#endif
