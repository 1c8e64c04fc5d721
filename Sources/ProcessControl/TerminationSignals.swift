package import BundleModel
internal import CProcess
internal import Glibc
internal import Synchronization

/// The wish of the system or a person that this process ends: SIGTERM, SIGINT or SIGHUP.
///
/// libdispatch's signal sources register asynchronously and lose an early signal; this is a handler that writes to
/// a pipe and a thread that reads it.
package final class TerminationSignals: Sendable {
  private struct State {
    var received: Int32?
    var waiters: [CheckedContinuation<Int32, Never>] = []
  }

  private let state = Mutex(State())

  /// Installs the handlers; from here on a broken pipe is an error of the write and no death. Call once, in main.
  package init() throws(ProcessError) {
    let descriptor = process_signal_pipe()
    guard descriptor >= 0 else { throw ProcessError("signals cannot be handled", code: errno) }
    let result = DetachedThread.start(takesSignals: true) { [self] in read(from: descriptor) }
    guard result == 0 else { throw ProcessError("no thread for signals", code: result) }
  }

  /// The number of the first signal, as soon as one has come.
  package func first() async -> Int32 {
    await withCheckedContinuation { continuation in
      let received: Int32? = state.withLock { state in
        if state.received == nil { state.waiters.append(continuation) }
        return state.received
      }
      if let received { continuation.resume(returning: received) }
    }
  }

  private func receive(_ number: Int32) {
    let waiters = state.withLock { state in
      state.received = state.received ?? number
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: number) }
  }

  private func read(from descriptor: Int32) {
    var byte: UInt8 = 0
    while true {
      let count = Glibc.read(descriptor, &byte, 1)
      if count == 1 { receive(Int32(byte)) } else if count == 0 || errno != EINTR { return }
    }
  }
}

/// A failed system call about this process.
package struct ProcessError: Error, CustomStringConvertible {
  /// One line: what failed and the system's reason.
  package let message: String

  init(_ what: String, code: Int32) { message = "\(what): \(systemReason(code))" }

  package var description: String { message }
}

extension ProcessError: ReportableError {
  package var exitStatus: ExitStatus { .failed }
}
