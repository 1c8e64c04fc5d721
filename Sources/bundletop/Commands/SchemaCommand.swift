internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop schema`: the database's tables, functions and triggers.
struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Apply, check or print the database schema.",
    subcommands: [Apply.self, Check.self, Print.self])

  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Bring the database to this program's schema; safe from many processes at once.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
      let applied = try await Schema(database.settings(ThisProcess.environment())).apply()
      if applied.isEmpty { return writeLine("the schema is up to date") }
      for step in SchemaStep.all where applied.contains(step.number) {
        writeLine("applied step \(step.number): \(step.name)")
      }
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell whether the database is as this program expects; exit code 2 if not.")

    @OptionGroup var database: DatabaseOptions
    @Flag(help: "Print a JSON object.") var json = false

    private struct Answer: Encodable {
      var applied: [Int]
      var missing: [Int]
      var unknown: [Int]
      var drift: [String]
    }

    func run() async throws {
      let report = try await Schema(database.settings(ThisProcess.environment())).check()
      if json {
        writeLine(
          try JSONText.document(
            Answer(
              applied: report.applied, missing: report.missing, unknown: report.unknown, drift: report.drift)))
      } else {
        for number in report.missing {
          writeLine("step \(number) is missing; run `bundletop schema apply`")
        }
        for number in report.unknown { writeLine("step \(number) is newer than this program") }
        for line in report.drift { writeLine(line) }
        if report.isClean { writeLine("the schema is as expected (\(report.applied.count) steps)") }
      }
      if !report.isClean { throw CommandFailure(.partly, nil) }
    }
  }

  struct Print: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the SQL of every step.")

    func run() {
      for step in SchemaStep.all { writeLine("-- step \(step.number): \(step.name)\n\(step.sql)") }
    }
  }
}
