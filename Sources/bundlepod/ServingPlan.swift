internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import CatalogPod
internal import Logging
internal import Persistence
internal import PodAPI
internal import ProcessControl

/// What a pod serves, to whom, and under which names.
struct ServingPlan: Sendable {
  var api: ListenAddress?
  var metrics: ListenAddress?
  /// The file of tokens; nil: everybody may ask.
  var tokens: String?
  var advertisedURL: String?
  var origins: [String]
  var publicURL: String?
  var internalHosts: Set<String>
  var eventLinks = EventLinks.route

  /// Begins to listen, and writes into the settings where the pod is reached.
  func start(
    _ settings: inout PodSettings, store: BundleStore, artifacts: any ArtifactStore, health: PodHealth,
    metrics counted: PodMetrics, log: Logger
  ) async throws -> HTTPServer {
    let access: AccessControl
    if let tokens {
      access = try await DetachedThread.value { () throws(AccessError) in
        try AccessControl(tokenFile: tokens, log: log)
      }
    } else {
      access = .open
      if api != nil { log.warning("everybody who reaches this pod may use it: no --token-file") }
    }
    let token = Secret(ThisProcess.randomUUID() + ThisProcess.randomUUID())
    var apiSettings = PodAPISettings(
      pod: settings.name, owner: settings.owner, version: settings.version, publicURL: publicURL,
      internalHosts: internalHosts)
    apiSettings.eventLinks = eventLinks
    let reads = settings.directory.map {
      PodReads(store, mode: settings.mode, directory: DirectoryReading($0), owner: settings.owner)
    }
    let services = PodServices(
      settings: apiSettings, store: store, reads: reads, artifacts: artifacts,
      access: access.adding(Caller(name: "self", scopes: [.read]), token: token), origins: AllowedOrigins(origins),
      health: health, metrics: counted, log: log,
      observe: RequestLog(log).observe)
    var addresses: [(address: ListenAddress, offers: Route.Listener)] = []
    if let api { addresses.append((api, .api)) }
    if let metrics { addresses.append((metrics, .metrics)) }
    let server = HTTPServer(addresses, services: services)
    let ports = try await server.start()
    for ((address, offers), port) in zip(addresses, ports) {
      log.info("listening", metadata: ["for": "\(offers)", "address": "\(address.on(port: port))"])
    }
    settings.url = advertisedURL ?? api.flatMap { $0.isEverywhere ? nil : "http://\($0.on(port: ports[0]))" }
    settings.metricsURL = metrics.flatMap {
      $0.isEverywhere ? nil : "http://\($0.on(port: ports[ports.count - 1]))"
    }
    settings.publicURL = publicURL
    settings.ownListener = api.map { OwnListener(url: "http://\($0.fromHere(port: ports[0]))", token: token) }
    if api != nil, settings.url == nil {
      log.warning("other programs do not learn where this pod is reached: give --advertise-url")
    }
    return server
  }
}
