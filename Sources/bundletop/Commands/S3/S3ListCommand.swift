internal import ArgumentParser
internal import BundleModel
internal import ProcessControl
internal import S3

/// `bundletop s3 ls`: what is in a bucket. In constant memory: nothing is kept but the line that is being made.
struct S3ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List objects; what lies below a further slash is one line.",
    discussion: "With --json everything below, as one array; a listing that breaks off leaves it unclosed.")

  @Argument(
    help: ArgumentHelp("The bucket, or what keys must begin with.", valueName: "s3://bucket[/prefix]"))
  var place: String
  @OptionGroup var options: S3Options
  @Flag(name: .shortAndLong, help: "One line an object, however deep.") var recursive = false
  @Flag(help: "Print a JSON array of all objects: key, size, etag, lastModified.") var json = false

  private struct Item: Encodable {
    var key: String
    var size: Int64
    var etag: String
    @Nullable var lastModified: String?
  }

  func run() async throws {
    let location = try S3Location(place)
    let client = try options.access().client()
    let output = BufferedOutput()
    if json {
      try await printJSON(location, client, output)
    } else {
      try await printLines(location, client, output)
    }
    try output.flush()
  }

  private func printJSON(_ location: S3Location, _ client: S3Client, _ output: BufferedOutput) async throws {
    var count = 0
    try await client.pages(bucket: location.bucket, prefix: location.key) { page in
      for object in page {
        try output.append(count == 0 ? "[\n  " : ",\n  ")
        var item = Item(key: object.key, size: object.size, etag: object.etag)
        item.lastModified = object.lastModified?.iso8601
        try output.append(try JSONText.line(item))
        count += 1
      }
    }
    try output.line(count == 0 ? "[]" : "\n]")
  }

  private func printLines(_ location: S3Location, _ client: S3Client, _ output: BufferedOutput) async throws {
    var groups = KeyGroups(prefix: location.key, recursive: recursive)
    var count = 0
    func show(_ group: KeyGroups.Group?) throws {
      guard let group else { return }
      count += 1
      try output.line(S3ListCommand.line(group))
    }
    try await client.pages(bucket: location.bucket, prefix: location.key) { page in
      for object in page { try show(groups.take(object)) }
    }
    try show(groups.end())
    if count == 0 { try output.line("no objects") }
  }

  private static func line(_ group: KeyGroups.Group) -> String {
    let size = HumanText.size(group.size)
    let time = group.lastModified.map { String($0.iso8601.prefix(19)) + "Z" } ?? "-"
    let gaps = [max(0, 7 - size.count), max(0, 20 - time.count)].map { String(repeating: " ", count: $0) }
    let objects = group.isFolder ? "  (\(group.objects) object\(group.objects == 1 ? "" : "s"))" : ""
    return "\(gaps[0])\(size)  \(time)\(gaps[1])  \(UntrustedText.line(group.name))\(objects)"
  }
}
