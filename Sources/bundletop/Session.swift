internal import ArgumentParser
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Postgres
internal import ProcessControl

/// Which database a command talks to.
struct DatabaseOptions: ParsableArguments {
  @Option(
    name: .customLong("database-url"),
    help: ArgumentHelp(
      "The database, in place of DATABASE_URL. Without a password: everybody can read arguments; use PGPASSWORD.",
      valueName: "url"))
  var url: String?

  /// The settings that flags and environment give.
  func settings(_ environment: [String: String], readOnly: Bool = false) throws -> ConnectionSettings {
    var settings: ConnectionSettings
    if let url {
      settings = try ConnectionSettings(url: Secret(url))
      guard settings.password == nil else {
        throw CommandFailure(
          .usage, "--database-url holds a password, which everybody on this machine can read: use DATABASE_URL")
      }
      settings.password = environment["PGPASSWORD"].map(Secret.init)
    } else {
      settings = try ConnectionSettings(environment: environment)
    }
    settings.applicationName = "bundletop"
    settings.readOnly = readOnly
    settings.connectDeadline = .seconds(4)
    return settings
  }
}

/// What every command that talks to the database needs, opened once.
struct Session {
  let environment: [String: String]
  let connection: ConnectionSettings
  let store: BundleStore
  /// The name that is recorded with whatever the person does.
  let who: String

  /// - Parameter connections: how many statements may run at once.
  init(_ options: DatabaseOptions, readOnly: Bool = false, connections: Int = 4) throws {
    environment = ThisProcess.environment()
    connection = try options.settings(environment, readOnly: readOnly)
    store = BundleStore(connection, connections: connections)
    who = ThisProcess.userName(in: environment)
  }

  /// Scheme, host and port under which pods are reached, if the operator set them.
  var publicURL: String? { environment["APPHUB_BUNDLE_PUBLIC_URL"]?.nonBlank }

  /// The object store of the environment.
  func artifacts() throws -> any ArtifactStore { try StorageSettings(environment: environment).make() }

  /// Runs a command's work and closes the connections on every path.
  func run<T>(_ body: () async throws -> T) async throws -> T {
    do {
      let value = try await body()
      await store.close()
      return value
    } catch {
      await store.close()
      throw error
    }
  }
}

/// Reads the names on a command line, normalised, each once and in order.
func slugs(_ arguments: [String]) throws -> [Slug] {
  var seen: Set<Slug> = []
  return try arguments.compactMap { text in
    let slug = try requireSlug(text)
    return seen.insert(slug).inserted ? slug : nil
  }
}

/// Reads one name on a command line, normalised.
func requireSlug(_ argument: String) throws -> Slug {
  guard let slug = Slug(argument) else { throw CommandFailure(.usage, "a bundle's name is empty") }
  return slug
}
