internal import ArgumentParser
internal import BundleModel
internal import ProcessControl
internal import S3

/// `bundletop s3 head`: what a server says of an object.
struct S3HeadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "head", abstract: "Print what the server says of an object, without its bytes.",
    discussion: "Exit code: 0 it is there; 1 it is not; 69 the server does not answer; 77 it refuses.")

  @Argument(help: ArgumentHelp("The object.", valueName: "s3://bucket/key")) var object: String
  @OptionGroup var options: S3Options
  @Flag(
    help: "Print a JSON object: key, size, etag, contentType, lastModified, serverChecksum, notedChecksum.")
  var json = false

  private struct Answer: Encodable {
    var key: String
    var size: Int64
    var etag: String
    @Nullable var contentType: String?
    @Nullable var lastModified: String?
    @Nullable var serverChecksum: String?
    @Nullable var notedChecksum: String?
  }

  func run() async throws {
    let location = try S3Location.object(object)
    let client = try options.access().client()
    let info = try await client.headObject(bucket: location.bucket, key: location.key)
    if json {
      var answer = Answer(key: location.key, size: info.size, etag: info.etag)
      answer.contentType = info.contentType
      answer.lastModified = info.lastModified?.iso8601
      answer.serverChecksum = info.serverChecksum?.hex
      answer.notedChecksum = info.notedChecksum?.hex
      writeLine(try JSONText.document(answer))
    } else {
      writeLine(S3HeadCommand.text(location, info))
    }
  }

  private static func text(_ location: S3Location, _ info: S3ObjectInfo) -> String {
    var lines = [location.description]
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      lines.append("  \(name)\(String(repeating: " ", count: max(1, 14 - name.count)))\(UntrustedText.line(value))")
    }
    add("size", "\(info.size) bytes (\(HumanText.size(info.size)))")
    add("etag", info.etag)
    add("content type", info.contentType)
    add("last modified", info.lastModified?.iso8601)
    add("checksum", info.serverChecksum.map { "sha256 \($0), as the server says" })
    add("noted", info.notedChecksum.map { "sha256 \($0), as whoever stored it noted" })
    if info.serverChecksum == nil, info.notedChecksum == nil { add("checksum", "none known") }
    return lines.joined(separator: "\n")
  }
}
