// The load loop below which no client of the engine benchmark can come: it moves the bytes, and does nothing with them.

#ifndef CFLOOR_H
#define CFLOOR_H

#include <stddef.h>
#include <stdint.h>

struct cfloor_task {
  /// Of 127.0.0.1.
  uint16_t port;
  int connections;
  uint64_t duration_ns;
  /// Sent once on each connection, and answered by a head alone, as the handshake of a WebSocket is. Empty for none.
  const void *opening;
  size_t opening_length;
  /// Sent again after each answer.
  const void *request;
  size_t request_length;
  /// The room for one recv(2).
  size_t buffer_length;
  /// A connection with an answer under way is ready from so many bytes on, or from its rest where that is less.
  size_t much;
};

struct cfloor_result {
  /// The length of every answer, as the first one had it.
  uint64_t answer_length;
  uint64_t answers;
  uint64_t duration_ns;
};

/// What went wrong beside a call to the kernel.
enum cfloor_failure {
  /// A connection ended before the time was over.
  cfloor_closed = -1,
  /// An answer was longer than the first one was.
  cfloor_other_length = -2,
  /// The opening or the first request was not answered.
  cfloor_silent = -3,
};

/// Sends and receives until the time is over. Returns 0, an errno, or a `cfloor_failure`.
int cfloor_run(const struct cfloor_task *task, struct cfloor_result *result);

#endif
