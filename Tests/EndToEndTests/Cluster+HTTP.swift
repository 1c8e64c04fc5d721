import BundleModel
import TestSupport

extension Cluster {
  /// Starts a pod that answers HTTP on ports of 127.0.0.1 that the system chooses, and takes the scenario's tokens.
  ///
  /// Waits as `startPod` does, so the pod is there and known.
  ///
  /// - Parameters:
  ///   - arguments: more of the pod's own, such as `--advertise-url`.
  ///   - port: where the API shall be; 0 lets the system choose.
  @discardableResult
  func startServingPod(
    _ name: String, examples: String = "examples", times: PodTimes = .usual, arguments: [String] = [],
    changing: [String: String] = [:], port: Int = 0, wrapper: [String] = []
  ) async throws -> ServingPod {
    let tokenFile = try folder.write(tokens.file, to: "tokens", mode: 0o600)
    let pod = try await startPod(
      name, examples: examples, times: times,
      arguments: [
        "--listen", "127.0.0.1:\(port)", "--metrics-listen", "127.0.0.1:0", "--token-file", tokenFile,
      ] + arguments,
      changing: changing, wrapper: wrapper)
    return ServingPod(
      pod, port: try pod.port(for: "api"), metricsPort: try pod.port(for: "metrics"), tokens: tokens)
  }

  /// What tells `bundletop` where these pods are, and that it may read and write.
  func environment(asking pods: [ServingPod]) -> [String: String] {
    ["BUNDLETOP_POD_URLS": pods.map(\.url).joined(separator: " "), "BUNDLETOP_TOKEN": tokens.writer.reveal()]
  }

  /// Starts a client that follows a pod's events until it is stopped, or the pod ends.
  ///
  /// - Parameter after: the id of the last event that is known.
  func startEventStream(_ name: String, of pod: ServingPod, after: String? = nil) throws -> EventStreamProcess {
    try EventStreamProcess(
      name: name, folder: folder, url: "\(pod.url)/events", token: tokens.reader, after: after,
      environment: environment)
  }
}

extension PodProcess {
  /// The port on which it said last that it listens.
  fileprivate func port(for offer: String) throws -> Int {
    // Its last start counts.
    let line = log.split(separator: "\n").last { $0.contains("listening") && $0.contains("for=\(offer)") }
    guard
      let port = line?.split(separator: "address=127.0.0.1:").last.flatMap({ Int($0.prefix(while: \.isNumber)) })
    else { throw TestSupportError("\(name) does not say where it listens:\n\(log.suffix(2000))") }
    return port
  }
}
