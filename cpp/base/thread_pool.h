// A fixed set of workers that run numbered tasks. The calling thread works too, so one thread means no pool.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/fp_env.h"

namespace verikit {

class ThreadPool {
 public:
  // threads >= 1, the calling thread included.
  explicit ThreadPool(int threads) {
    for (int i = 1; i < threads; ++i) {
      workers_.emplace_back([this, i] { work(i); });
    }
  }
  ~ThreadPool() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(task, thread) for every task in [0, tasks), in any order, and waits. The first exception (by
  // task number) is rethrown after all have ended. Not reentrant.
  void run(std::size_t tasks, const std::function<void(std::size_t, int)>& body) {
    if (tasks == 0) return;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      body_ = &body;
      tasks_ = tasks;
      next_.store(0);
      errors_.assign(tasks, nullptr);
      running_ = workers_.size();
      ++generation_;
    }
    wake_.notify_all();
    drain(0);
    {
      std::unique_lock<std::mutex> lock(mutex_);
      done_.wait(lock, [this] { return running_ == 0; });
      body_ = nullptr;
    }
    for (const std::exception_ptr& error : errors_) {
      if (error) std::rethrow_exception(error);
    }
  }

 private:
  void drain(int thread) {
    const FpEnvironment environment;
    for (std::size_t task = next_.fetch_add(1); task < tasks_; task = next_.fetch_add(1)) {
      try {
        (*body_)(task, thread);
      } catch (...) {
        errors_[task] = std::current_exception();
      }
    }
  }
  void work(int thread) {
    std::size_t seen = 0;
    for (;;) {
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return stop_ || generation_ != seen; });
        if (stop_) return;
        seen = generation_;
      }
      drain(thread);
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        --running_;
      }
      done_.notify_one();
    }
  }

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(std::size_t, int)>* body_ = nullptr;
  std::size_t tasks_ = 0, generation_ = 0, running_ = 0;
  std::atomic<std::size_t> next_{0};
  std::vector<std::exception_ptr> errors_;
  bool stop_ = false;
};

}  // namespace verikit
