internal import Glibc

/// How a process is asked to end: signals in order, each with the time it is given.
package struct StopPlan: Sendable {
  /// Signal numbers and patience, the harshest last.
  package let steps: [(signal: Int32, patience: Duration)]

  /// A plan of its own; SIGKILL is added at the end.
  package init(_ steps: [(signal: Int32, patience: Duration)]) {
    self.steps = steps + [(SIGKILL, .seconds(5))]
  }

  /// SIGTERM, then SIGKILL.
  package static func terminate(patience: Duration = .seconds(5)) -> StopPlan { StopPlan([(SIGTERM, patience)]) }

  /// Postgres: fast shutdown, then immediate shutdown (postgres(1)), which both leave no shared memory behind.
  package static let postgres = StopPlan([(SIGINT, .seconds(6)), (SIGQUIT, .seconds(3))])

  /// `SIGNAL TENTHS` pairs for the shell.
  var shellWords: String {
    steps.map { "\($0.signal) \(max(1, $0.patience.nanoseconds / 100_000_000))" }.joined(separator: " ")
  }
}

/// The shell text that ties a process to the life of ours.
///
/// A child of ours must not outlive us, not even after SIGKILL, when nobody can clean up. So the shell first leaves a
/// guard behind, a grandchild that waits at the other end of a socket of which only we hold this end: whatever ends
/// us closes it. Then the shell *becomes* the program, which thus has the pid that we know, and there is no moment in
/// which the program runs unguarded. The guard compares the process's start time before each signal, because the
/// pid may belong to somebody else by then. PR_SET_PDEATHSIG is no substitute: it knows one signal only, fires when
/// the *thread* that forked ends, and is cleared when setpriv changes the user.
enum Lifeline {
  /// Where the guard finds its end of the socket.
  static let descriptor: Int32 = 3

  /// `sh -c script sh DIRECTORY PLAN PROGRAM ARGUMENTS...`, the socket at descriptor 3.
  static let guarded = #"""
    cd "$1" || exit 126
    plan=$2
    shift 2
    ( (
      trap '' HUP INT QUIT TERM
      PATH=/usr/local/bin:/usr/bin:/bin
      started() {
        read -r stat </proc/$$/stat || return 0
        set -- ${stat##*) }
        [ "$1" = Z ] || { shift 19; echo "$1"; }
      } 2>/dev/null
      start=$(started)
      while read -r _ <&3; do :; done
      set -- $plan
      while [ $# -gt 1 ]; do
        left=$2
        [ "$(started)" = "$start" ] || exit 0
        kill -"$1" $$
        while [ "$left" -gt 0 ] && [ "$(started)" = "$start" ]; do
          sleep 0.1
          left=$((left - 1))
        done
        shift 2
      done
    ) </dev/null >/dev/null 2>&1 & )
    exec "$@" 3<&-
    """#

  /// The same without a guard: the process lives on when we die.
  static let unguarded = #"""
    cd "$1" || exit 126
    shift 2
    exec "$@"
    """#

  /// A connected pair that no exec inherits unless asked: pipe2(2) is not visible from Swift, and pipe(2) followed
  /// by fcntl(2) would leak our end into whatever another thread forks in between, which then keeps the line alive.
  static func open() throws(LocalStackError) -> (ours: Int32, theirs: Int32) {
    var pair: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &pair) == 0 else { throw .system("cannot open a lifeline", errno) }
    return (pair[0], pair[1])
  }
}
