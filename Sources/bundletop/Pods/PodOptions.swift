internal import ArgumentParser
internal import BundleModel
internal import HTTPTransport

/// Which pods a command asks, where it asks pods at all.
struct PodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A pod to ask, such as http://pod-a:8080, in place of BUNDLETOP_POD_URLS. Repeatable. BUNDLETOP_TOKEN is the token.",
      valueName: "url"))
  var podURL: [String] = []

  /// The pods that the operator named: `--pod-url`, else `BUNDLETOP_POD_URLS` (separated by blanks). May be none.
  func origins(_ environment: [String: String]) throws -> [HTTPOrigin] {
    let named = environment["BUNDLETOP_POD_URLS"] ?? ""
    let texts = podURL.isEmpty ? named.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init) : podURL
    return try texts.map { text in
      guard let origin = HTTPOrigin(text) else {
        // Not quoted: a mistyped address may hold a password.
        throw CommandFailure(
          .usage,
          "\(podURL.isEmpty ? "BUNDLETOP_POD_URLS" : "--pod-url") takes http://HOST:PORT or https://HOST:PORT")
      }
      return origin
    }
  }

  /// A client for the named pods, and for no others.
  func client(_ environment: [String: String]) throws -> PodClient {
    let origins = try origins(environment)
    guard !origins.isEmpty else {
      throw CommandFailure(.usage, "no pod is known: set BUNDLETOP_POD_URLS, or give --pod-url")
    }
    let token = environment["BUNDLETOP_TOKEN"]?.nonBlank
    guard token?.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) ?? true else {
      throw CommandFailure(.usage, "BUNDLETOP_TOKEN holds a blank or a character that no token has")
    }
    return PodClient(origins, token: token.map(Secret.init))
  }
}
