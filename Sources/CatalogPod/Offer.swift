internal import BundleModel
internal import BundleStore
internal import Packager

/// What a pod says of itself and its bundles: to people in the log, to everybody in the database.
struct Offer: Sendable {
  let settings: PodSettings
  let catalogue: Catalogue
  /// What tells the object store from another.
  let storeIdentity: String

  /// What a person should know of bundles that are not offered; each line begins with the bundle or its path.
  var notes: [String] {
    let duplicates = catalogue.duplicates.sorted { $0.key < $1.key }.map { slug, places in
      "\(slug): found in more than one place, so none is offered: \(places.sorted().joined(separator: ", "))"
    }
    return duplicates + catalogue.problems.map { "\($0.path): \($0.reason)" }
  }

  /// The same for the database.
  ///
  /// - Parameter directory: what is known of the pod's directory.
  func registration(of worker: Worker, directory: PodDirectory?) -> PodRegistration {
    PodRegistration(
      worker: worker, url: settings.url, metricsURL: settings.metricsURL, publicURL: settings.publicURL,
      version: settings.version, mode: settings.mode, store: storeIdentity, concurrency: settings.concurrency,
      catalogue: catalogue.bundles.values.map { ($0.slug, $0.version) }.sorted { $0.0 < $1.0 },
      notes: notes, directory: directory)
  }
}
