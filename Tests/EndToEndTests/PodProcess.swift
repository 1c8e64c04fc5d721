import LocalStack
import TestSupport

/// The lease times of a pod, in seconds.
enum PodTimes {
  /// The defaults: nothing is lost on a busy machine.
  case usual
  /// A vanished pod is replaced within three seconds.
  case short

  var arguments: [String] {
    let always = ["--poll-every", "0.2", "--backoff", "0.2", "--beat-every", "0.3"]
    switch self {
    case .usual: return always
    case .short:
      return always + ["--lease", "3", "--renew-every", "0.5", "--stop-after", "2.2", "--gone-after", "1.5"]
    }
  }
}

/// One running `bundlepod`.
final class PodProcess: Sendable {
  let name: String
  let logFile: String
  let process: ManagedProcess

  /// Starts it; its log is appended to the file.
  ///
  /// - Parameter wrapper: a program with arguments that becomes the pod, such as nsenter(1).
  init(
    name: String, logFile: String, umask: String, wrapper: [String] = [], arguments: [String],
    environment: [String: String]
  ) throws {
    self.name = name
    self.logFile = logFile
    // The shell sets the umask and becomes the pod.
    let words =
      wrapper + ["/bin/sh", "-c", "umask \(umask) && exec \"$0\" \"$@\"", try BuiltProducts.path("bundlepod")]
    process = try ManagedProcess.start(
      ManagedProcess.Command(
        words[0], Array(words.dropFirst()) + arguments,
        environment: environment, logFile: logFile, lifeline: .terminate(patience: .seconds(3))))
  }

  /// All that it has logged, also before a restart under the same name.
  var log: String { (try? TestFile.read(logFile)) ?? "" }
}
