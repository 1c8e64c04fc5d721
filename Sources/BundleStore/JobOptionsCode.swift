internal import BundleModel
internal import FoundationEssentials

/// How the options of a job are written in `example_bundle_jobs.options`.
enum JobOptionsCode {
  private struct Stored: Codable {
    var force: Bool?
    var skipBuild: Bool?
    var minify: Bool?
    var descriptor: Descriptor?
  }

  /// Only what was asked for is written, so that merging two wishes is a union.
  static func encode(_ options: JobOptions) throws(StoreError) -> String {
    let stored = Stored(
      force: options.force ? true : nil, skipBuild: options.skipBuild ? true : nil,
      minify: options.minify ? true : nil, descriptor: options.descriptor)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(stored) else {
      throw StoreError(.invalid, "the options of a job cannot be written as JSON")
    }
    return String(decoding: data, as: UTF8.self)
  }

  static func decode(_ json: String) throws -> JobOptions {
    guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(json.utf8)) else {
      throw StoreError(.corrupt, "the options of a job cannot be read")
    }
    return JobOptions(
      force: stored.force ?? false, skipBuild: stored.skipBuild ?? false, minify: stored.minify ?? false,
      descriptor: stored.descriptor)
  }
}
