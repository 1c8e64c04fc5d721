internal import Glibc

/// Blocks the calling thread: only for exit handlers, where nothing asynchronous runs any more.
func blockThread(milliseconds: Int32) {
  _ = Glibc.poll(nil, 0, milliseconds)
}
