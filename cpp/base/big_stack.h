// Threads with a stack of a chosen size, for recursion over untrusted terms.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace verikit {

// Runs body(thread) for thread in [0, threads), each on a thread of its own with stack_bytes of stack (taken as it is
// touched), and waits. The first exception, by thread number, is rethrown after all have ended.
inline void run_on_big_stacks(int threads, std::size_t stack_bytes, const std::function<void(int)>& body) {
  struct Task {
    const std::function<void(int)>* body;
    int number;
    std::exception_ptr error;
  };
  std::vector<Task> tasks(static_cast<std::size_t>(threads));
  std::vector<pthread_t> handles;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  for (int i = 0; i < threads; ++i) {
    Task& task = tasks[static_cast<std::size_t>(i)];
    task = {&body, i, nullptr};
    pthread_t handle;
    const int failed = pthread_create(
        &handle, &attributes,
        [](void* argument) -> void* {
          auto* t = static_cast<Task*>(argument);
          try {
            (*t->body)(t->number);
          } catch (...) {
            t->error = std::current_exception();
          }
          return nullptr;
        },
        &task);
    if (failed != 0) break;
    handles.push_back(handle);
  }
  pthread_attr_destroy(&attributes);
  for (const pthread_t handle : handles) pthread_join(handle, nullptr);
  for (const Task& task : tasks) {
    if (task.error) std::rethrow_exception(task.error);
  }
  // Fewer threads than asked for do the same work, none cannot.
  if (handles.empty()) fail(ErrorCode::kMemoryLimit, "no thread with a stack of " + std::to_string(stack_bytes) + " bytes could be started");
}

}  // namespace verikit
