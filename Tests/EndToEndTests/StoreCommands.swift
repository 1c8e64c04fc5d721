import BundleModel
import LocalStack
import TestSupport

/// An object store with a bucket, a folder, and `bundletop` with the settings that lead there. No database.
struct StoreCommands: Sendable {
  let folder: TemporaryDirectory
  let objects: TestObjectStore

  /// - Parameter objectStore: a server of its own; nil takes the one that all tests share.
  init(objectStore: LocalS3? = nil) async throws {
    folder = try TemporaryDirectory()
    objects = if let objectStore { try await .create(on: objectStore) } else { try await .create() }
  }

  /// `s3://bucket/` and a key.
  func place(_ key: String) -> String { "s3://\(objects.bucket)/\(key)" }

  /// What the program gets.
  ///
  /// - Parameter changing: variables to set; an empty value unsets.
  func environment(_ changing: [String: String] = [:]) -> [String: String] {
    var settings = objects.environment
    settings["PATH"] = Cluster.searchPath
    settings["HOME"] = folder.path
    settings["TMPDIR"] = folder.path
    settings["LC_ALL"] = "C.UTF-8"
    return settings.merging(changing) { $1 }.filter { !$0.value.isEmpty }
  }

  /// Runs `bundletop` in the folder, at most 90 s. Nobody may have told the secret.
  func run(
    _ arguments: String..., changing: [String: String] = [:], input: String = ""
  ) async throws -> Program.Result {
    try await run(arguments, changing: changing, input: input)
  }

  /// The same.
  func run(
    _ arguments: [String], changing: [String: String] = [:], input: String = ""
  ) async throws -> Program.Result {
    let result = try await BundletopProgram.run(
      arguments, environment: environment(changing), input: input, workingDirectory: folder.path)
    if (result.output + result.errors).contains(objects.secretKey.reveal()) {
      throw TestSupportError("bundletop \(arguments) told the secret key")
    }
    return result
  }

  /// Runs a command that must succeed; returns what it printed.
  @discardableResult
  func done(_ arguments: String..., changing: [String: String] = [:], input: String = "") async throws -> String {
    try await run(arguments, changing: changing, input: input).requireDone(arguments)
  }

  /// The keys of a listing.
  func keys(_ prefix: String = "") async throws -> [String] {
    try JSON(parsing: try await done("s3", "ls", "--json", place(prefix))).elements.compactMap { $0["key"].text }
  }

  /// The uploads in parts that nobody has finished, as the doctor tells them.
  func uploads() async throws -> [JSON] {
    try JSON(parsing: try await done("doctor", "storage", "--sweep", "--dry-run", "--json"))["uploads"].elements
  }
}
