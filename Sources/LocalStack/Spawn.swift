internal import Glibc
internal import ProcessControl

/// posix_spawn(3) with the settings that every child of ours gets.
enum Spawn {
  /// The value of POSIX_SPAWN_SETSID, which Swift does not see.
  private static let newSession: Int32 = 0x80

  /// Starts a program: own session, default signals, no input, output to a log. Returns its pid.
  static func run(
    _ words: [String], environment: [String: String], logFile: String?, lifeline: Int32?, name: String
  ) throws(LocalStackError) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    let log = logFile ?? "/dev/null"
    if let logFile { KeptLogs.redirect(logFile) }
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    if let lifeline { posix_spawn_file_actions_adddup2(&actions, lifeline, Lifeline.descriptor) }
    // Whoever started us may have left descriptors open that no server of ours should keep open, and other threads
    // open some while we are here: the child itself closes all, which nothing can come between.
    let closing = ThisProcess.closeInChild(from: lifeline == nil ? 3 : Lifeline.descriptor + 1, &actions)
    guard closing == 0 else { throw .system("cannot start \(name)", closing) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Our programs ignore SIGPIPE and may block others; a child must not inherit that.
    var every = sigset_t()
    sigfillset(&every)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &every)
    posix_spawnattr_setsigmask(&attributes, &none)
    let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | newSession
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var pid: pid_t = 0
    let result = withCStrings(words) { argv in
      withCStrings(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) { envp in
        posix_spawn(&pid, words[0], &actions, &attributes, argv, envp)
      }
    }
    guard result == 0 else { throw .system("cannot start \(name) (log \(log))", result) }
    return pid
  }

  /// A null-terminated array of C strings that lives as long as the body runs.
  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
  }
}
