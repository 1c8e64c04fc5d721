internal import Dispatch
internal import Glibc
internal import LocalStack

/// Holds a stack until SIGTERM: the process that the tests of LocalStack kill.
///
/// It prints the stack's directory, then its environment, then `ready`.
@main struct Main {
  static func main() {
    // Blocked before any thread exists, so that none of them takes it; sigwait(3) below does.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)

    // Detached: main() belongs to the main actor, which sigwait holds.
    let stack = LocalStack(postgres: LocalPostgres.Options(durable: false))
    Task.detached {
      do {
        try await stack.start()
      } catch {
        print(error)
        exit(1)
      }
      print(await stack.path ?? "")
      for (name, value) in await stack.environment { print("\(name)=\(value)") }
      print("ready")
      fflush(nil)
    }
    var signal: Int32 = 0
    sigwait(&signals, &signal)
    let stopped = DispatchSemaphore(value: 0)
    Task.detached {
      await stack.stop()
      stopped.signal()
    }
    stopped.wait()
  }
}
