internal import ArgumentParser
internal import BundleModel
internal import CatalogPod
internal import PodAPI

/// How a pod answers HTTP.
struct ServingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Answer HTTP at this address; `:8080` is every address of the machine. Without it no API is served.",
      valueName: "host:port"))
  var listen: String?
  @Option(
    help: ArgumentHelp("Where other programs reach this pod. Default: the address of --listen.", valueName: "url"))
  var advertiseURL: String?
  @Option(help: ArgumentHelp("Serve metrics and health at this address, without tokens.", valueName: "host:port"))
  var metricsListen: String?
  @Option(
    help: ArgumentHelp(
      "Who may ask: lines `NAME read,write SHA256-OF-TOKEN`. Read again when it changes.", valueName: "file"))
  var tokenFile: String?
  @Flag(help: "Answer everybody without a token, also beyond this machine.") var allowAnonymous = false
  @Option(
    help: ArgumentHelp("A web page's origin that may read answers in browsers. Repeatable.", valueName: "origin"))
  var allowOrigin: [String] = []

  /// What to serve; nil when nothing is. Throws what a person has to change.
  func plan(environment: [String: String]) throws -> ServingPlan? {
    let api = try address(listen, "--listen")
    let metrics = try address(metricsListen, "--metrics-listen")
    guard api != nil || metrics != nil else {
      guard tokenFile == nil, advertiseURL == nil, !allowAnonymous, allowOrigin.isEmpty else {
        throw ValidationError("--token-file, --advertise-url, --allow-anonymous and --allow-origin need --listen")
      }
      return nil
    }
    return ServingPlan(
      api: api, metrics: metrics, tokens: try tokens(api, environment),
      advertisedURL: try url(advertiseURL, "--advertise-url"), origins: allowOrigin,
      publicURL: try url(environment["APPHUB_BUNDLE_PUBLIC_URL"]?.nonBlank, "APPHUB_BUNDLE_PUBLIC_URL"),
      internalHosts: Set(
        (environment["APPHUB_BUNDLE_INTERNAL_HOSTS"] ?? "").lowercased().split { $0 == "," || $0 == " " }
          .map(String.init)),
      eventLinks: try eventLinks(environment))
  }

  /// Where the download links in events lead.
  private func eventLinks(_ environment: [String: String]) throws -> EventLinks {
    switch environment["APPHUB_BUNDLE_EVENT_URLS"]?.nonBlank ?? "route" {
    case "route": return .route
    case "signed": return .signed
    case "internal":
      // The first name is the one that is told.
      let host = (environment["APPHUB_BUNDLE_INTERNAL_HOSTS"] ?? "").split { $0 == "," || $0 == " " }.first
      guard let host, let base = try url("http://\(host)", "APPHUB_BUNDLE_INTERNAL_HOSTS") else {
        throw ValidationError("APPHUB_BUNDLE_EVENT_URLS=internal needs APPHUB_BUNDLE_INTERNAL_HOSTS")
      }
      return .internalRoute(base: base)
    default: throw ValidationError("APPHUB_BUNDLE_EVENT_URLS takes route, internal or signed")
    }
  }

  /// The file of tokens; nil when everybody may ask.
  private func tokens(_ api: ListenAddress?, _ environment: [String: String]) throws -> String? {
    let isSwitchedOff = environment["APPHUB_AUTH_DISABLED"] == "true"
    if let tokenFile {
      guard !allowAnonymous, !isSwitchedOff else {
        throw ValidationError(
          "--token-file contradicts \(allowAnonymous ? "--allow-anonymous" : "APPHUB_AUTH_DISABLED=true")")
      }
      return tokenFile
    }
    guard let api, !api.isLoopback, !allowAnonymous else { return nil }
    throw ValidationError(
      "--listen \(api) is reached from other machines: give --token-file FILE, or --allow-anonymous to answer everybody"
    )
  }

  private func address(_ text: String?, _ option: String) throws -> ListenAddress? {
    guard let text else { return nil }
    guard let address = ListenAddress(text) else {
      throw ValidationError("\(option) takes HOST:PORT, [IPV6]:PORT or :PORT")
    }
    return address
  }

  /// A URL of scheme, host and perhaps port and path; without what might be a secret.
  private func url(_ text: String?, _ name: String) throws -> String? {
    guard var url = text else { return nil }
    while url.hasSuffix("/") { url.removeLast() }
    guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }),
      url.utf8.count > scheme.utf8.count, url.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
      !url.contains(where: { "@?#\"<>\\".contains($0) })
    else { throw ValidationError("\(name) takes http://HOST:PORT or https://HOST:PORT") }
    return url
  }
}
