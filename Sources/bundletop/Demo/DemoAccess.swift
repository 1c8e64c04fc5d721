internal import BundleModel
internal import Hashing
internal import LocalStack

/// Where the pods of a demonstration answer HTTP, and the one token that they take.
struct DemoAccess {
  /// The addresses of one pod, the same after a restart.
  private struct Ports {
    let api: ReservedPort
    let metrics: ReservedPort
  }

  private let token = Secret(randomSecret())
  private let tokenFile: String
  private let ports: [Ports]

  /// Finds ports, and writes the token's hash into `folder`.
  init(pods: Int, folder: String) throws(LocalStackError) {
    var ports: [Ports] = []
    for _ in 0..<pods { ports.append(Ports(api: try ReservedPort(), metrics: try ReservedPort())) }
    self.ports = ports
    tokenFile = "\(folder)/tokens"
    let hash = Checksum(digest: SHA256.digest(of: token.reveal()))
    try writeText("demo read,write \(hash?.hex ?? "")\n", to: tokenFile)
  }

  /// What makes a pod answer.
  func arguments(pod: Int) -> [String] {
    [
      "--listen", "127.0.0.1:\(ports[pod].api.number)", "--metrics-listen",
      "127.0.0.1:\(ports[pod].metrics.number)", "--token-file", tokenFile,
    ]
  }

  /// What a program needs to ask the pods. Holds the token.
  var environment: [String: String] {
    [
      "BUNDLETOP_POD_URLS": ports.map { "http://127.0.0.1:\($0.api.number)" }.joined(separator: " "),
      "BUNDLETOP_TOKEN": token.reveal(),
    ]
  }
}
