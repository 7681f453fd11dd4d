/**
 * Ends this process at once, from any thread. `process.exit` would wait for the threads that are inside llama.cpp, and one
 * that loads a model waits in its turn for the main thread to take its progress: neither would ever end.
 */
export function endNow(): void {
  process.kill(process.pid, "SIGKILL");
}
