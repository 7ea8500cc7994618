#define _GNU_SOURCE
#include "CLinux.h"

#include <time.h>

// Long straight-line code wants what an interpreter wants of a processor: instructions fetched and decoded, and ports to
// execute them. A short loop wants less of that. It uses no data but its constants, because the caches are shared with the
// servers under load, which must not slow it down themselves.
#define STEP(n) \
  for (int lane = 0; lane < 8; lane++) lanes[lane] = (lanes[lane] << ((n) % 7 + 1)) ^ (lanes[lane] + (n) * 77u);
#define STEPS_4(n) STEP(n) STEP(n + 1) STEP(n + 2) STEP(n + 3)
#define STEPS_16(n) STEPS_4(n) STEPS_4(n + 4) STEPS_4(n + 8) STEPS_4(n + 12)
#define STEPS_64(n) STEPS_16(n) STEPS_16(n + 16) STEPS_16(n + 32) STEPS_16(n + 48)

static uint64_t thread_time(void) {
  struct timespec time;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return 0;
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

__attribute__((noinline)) static void work(int times) {
  uint64_t lanes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  for (int i = 0; i < times; i++) {
    // Keeps the compiler from making one turn of many.
    __asm__ volatile("" ::: "memory");
    STEPS_64(1) STEPS_64(65) STEPS_64(129) STEPS_64(193)
  }
  uint64_t mixed = 0;
  for (int lane = 0; lane < 8; lane++) mixed ^= lanes[lane];
  __asm__ volatile("" ::"r"(mixed));
}

uint64_t clinux_run_speed_probe(void) {
  work(2); // Brings the code into the caches: whoever ran before is not what is measured.
  uint64_t start = thread_time();
  work(20);
  return thread_time() - start;
}
