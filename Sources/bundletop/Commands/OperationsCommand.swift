internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop operations`: who did what.
struct OperationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations", abstract: "Print who did what, newest first.")

  @Argument(help: "Only what concerns this bundle.") var slug: String?
  @Option(
    help: ArgumentHelp("Only this kind: retry, force, cancel, pause, resume, sign, verify …", valueName: "kind"))
  var what: String?
  @Option(help: ArgumentHelp("How many, at most 1000.", valueName: "number")) var limit: Int = 50
  @Option(help: ArgumentHelp("Only those older than this id: the next page.", valueName: "id")) var before: Int64?
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON array.") var json = false

  func validate() throws {
    guard (1...1000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000") }
  }

  private struct Line: Encodable {
    let id: Int64
    let at: String
    let who: String
    let databaseUser: String
    @Nullable var clientAddress: String?
    let what: String
    @Nullable var slug: String?
    @Nullable var why: String?
    let result: String
    let detail: [String: String]

    init(_ operation: Operation) {
      id = operation.id
      at = operation.at.iso8601
      who = operation.who
      databaseUser = operation.databaseUser
      clientAddress = operation.clientAddress
      what = operation.what
      slug = operation.slug?.text
      why = operation.why
      result = operation.result
      detail = operation.detail
    }
  }

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let slug = try self.slug.map(requireSlug)
      let found = try await session.store.operations(of: slug, what: what, before: before, limit: limit)
      guard !json else { return writeLine(try JSONText.document(found.map(Line.init))) }
      guard !found.isEmpty else { return writeLine("nothing recorded") }
      var table = TextTable([
        ("ID", .right), ("AT", .left), ("WHO", .left), ("WHAT", .left), ("BUNDLE", .left), ("RESULT", .left),
        ("WHY", .left),
      ])
      for one in found {
        table.add([
          "\(one.id)", one.at.iso8601, one.who, one.what, one.slug?.text ?? one.detail["pod"] ?? "-", one.result,
          one.why ?? "",
        ])
      }
      writeLine(table.text)
    }
  }
}
