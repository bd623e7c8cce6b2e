// Work beside the interpreter: the calling thread waits without the lock, looks for signals, and tells of progress.
#pragma once

#include <pybind11/pybind11.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace verikit::python {

struct Progress {
  std::atomic<bool> cancelled{false};
  std::atomic<std::size_t> done{0}, total{0};
};

// Runs work(progress) on a thread of its own and returns when it has ended. Ctrl-C, and an exception of `callback`
// (done, total), set progress.cancelled and are raised once the work has ended; else the work's own exception is.
// requires: the lock is held; `work` does not touch Python.
template <class Work>
void run_interruptibly(Work&& work, const pybind11::object& callback) {
  namespace py = pybind11;
  constexpr auto kLook = std::chrono::milliseconds(50);
  Progress progress;
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  std::exception_ptr failure;
  std::thread thread([&] {
    try {
      work(progress);
    } catch (...) {
      failure = std::current_exception();
    }
    // Under the lock, so that the waiting thread does not destroy what is still being notified.
    const std::lock_guard<std::mutex> lock(mutex);
    done = true;
    ended.notify_one();
  });
  std::exception_ptr interrupted;
  const auto look = [&] {
    if (interrupted) return;
    try {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (!callback.is_none()) callback(progress.done.load(), progress.total.load());
    } catch (...) {
      interrupted = std::current_exception();
      progress.cancelled = true;
    }
  };
  for (bool finished = false; !finished;) {
    {
      const py::gil_scoped_release release;
      std::unique_lock<std::mutex> lock(mutex);
      finished = ended.wait_for(lock, kLook, [&] { return done; });
    }
    if (!finished) look();
  }
  {
    const py::gil_scoped_release release;
    thread.join();
  }
  if (!interrupted && !failure) look();
  if (interrupted) std::rethrow_exception(interrupted);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace verikit::python
