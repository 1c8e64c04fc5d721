internal import Glibc
import LocalStack
internal import ProcessControl
import TestSupport

/// Two machines for pods and one for their servers, as network namespaces on one bridge.
///
/// Nothing of it can be left behind: each namespace lives as long as a process of ours, whose end takes the links
/// and the bridge with it.
final class PodNetwork: Sendable {
  /// Where the pods find their servers.
  let serverAddress = "10.77.0.1"
  private static let serverNumber: UInt32 = 0x0A4D_0001
  private let servers: ManagedProcess
  private let pods: [ManagedProcess]

  private init(servers: ManagedProcess, pods: [ManagedProcess]) {
    self.servers = servers
    self.pods = pods
  }

  /// Makes the namespaces and joins them.
  static func make() async throws -> PodNetwork {
    let holders = try (0..<3).map { _ in
      try ManagedProcess.start(
        ManagedProcess.Command("unshare", ["--net", "tail", "-f", "/dev/null"], environment: environment))
    }
    let network = PodNetwork(servers: holders[0], pods: Array(holders[1...]))
    do {
      for holder in holders {
        try await eventually("a namespace exists") {
          let theirs = link("/proc/\(holder.pid)/ns/net")
          return theirs != nil && theirs != link("/proc/self/ns/net")
        }
      }
      try await network.ip(in: holders[0], "link add name pods type bridge")
      try await network.ip(in: holders[0], "addr add \(network.serverAddress)/24 dev pods")
      try await network.ip(in: holders[0], "link set pods up")
      for (index, pod) in network.pods.enumerated() {
        try await network.ip(
          in: holders[0], "link add name pod\(index) type veth peer name eth0 netns \(pod.pid)")
        try await network.ip(in: holders[0], "link set pod\(index) master pods up")
        try await network.ip(in: pod, "addr add 10.77.0.1\(index)/24 dev eth0")
        try await network.ip(in: pod, "link set lo up")
        try await network.ip(in: pod, "link set eth0 up")
      }
    } catch {
      network.end()
      throw error
    }
    return network
  }

  /// What makes a program run on a pod's machine.
  func wrapper(pod: Int) -> [String] { ["nsenter", "--net=/proc/\(pods[pod].pid)/ns/net"] }

  /// A socket on the servers' machine; whoever accepts from it may be anywhere.
  func listen() async throws -> ListeningSocket {
    let pid = servers.pid
    // A thread of its own, because threads are what enters a namespace, setns(2).
    return try await DetachedThread.value { () throws(TestSupportError) in
      typealias Enter = @convention(c) (Int32, Int32) -> Int32
      let ours = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
      let theirs = open("/proc/\(pid)/ns/net", O_RDONLY | O_CLOEXEC)
      defer {
        close(ours)
        close(theirs)
      }
      guard let symbol = dlsym(nil, "setns") else { throw TestSupportError("no setns") }
      let enter = unsafeBitCast(symbol, to: Enter.self)
      guard ours >= 0, theirs >= 0, enter(theirs, 0) == 0 else { throw TestSupportError("setns: errno \(errno)") }
      defer { _ = enter(ours, 0) }
      return try ListeningSocket(address: Self.serverNumber)
    }
  }

  /// Cuts a pod's cable, or mends it: packets vanish, nobody is told.
  func setLink(pod: Int, up: Bool) async throws {
    try await ip(in: servers, "link set pod\(pod) \(up ? "up" : "down")")
  }

  /// Removes everything.
  func end() { for holder in [servers] + pods { holder.kill(SIGKILL) } }

  private static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]

  private func ip(in holder: ManagedProcess, _ words: String) async throws {
    let result = try await Program.run(
      "nsenter", ["--net=/proc/\(holder.pid)/ns/net", "ip"] + words.split(separator: " ").map(String.init),
      environment: Self.environment)
    guard result.succeeded else { throw TestSupportError("ip \(words): \(result.errors)") }
  }

  private static func link(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 100)
    let count = buffer.withUnsafeMutableBytes {
      readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
