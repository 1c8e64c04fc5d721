internal import TestSupport

/// A legacy directory that `make legacy-fixture` makes, and what was planted in it.
struct LegacyFixture {
  /// A finding as plan and planted list tell it.
  struct Finding: Hashable, CustomStringConvertible {
    var source: String
    var path: String
    var kind: String
    var slug: String?

    init(_ json: JSON) throws {
      guard let source = json["source"].text, let path = json["path"].text, let kind = json["kind"].text else {
        throw TestSupportError("no finding: \(json)")
      }
      (self.source, self.path, self.kind, slug) = (source, path, kind, json["slug"].text)
    }

    var description: String { "\(source) \(path) \(kind) \(slug ?? "-")" }
  }

  let path: String
  let bundles: Int
  /// Bundles that nothing is wrong with.
  let sound: Int
  let planted: Set<Finding>

  /// Runs the generator.
  init(_ path: String, _ arguments: String...) async throws {
    guard try Need.program("python3", for: "legacy directories") else {
      throw TestSupportError("legacy directories are made by python3")
    }
    self.path = path
    let script = "\(TestTools.repository)/scripts/legacy_fixture.py"
    let made = try await Program.run("python3", ["-B", script] + arguments + [path])
    guard made.succeeded else { throw TestSupportError("\(script): \(made.errors)") }
    let list = try JSON(parsing: try TestFile.read("\(path).planted.json"))
    bundles = Int(list["bundles"].number ?? -1)
    sound = Int(list["sound"].number ?? -1)
    planted = try LegacyFixture.findings(list)
  }

  /// The findings of a document; each must be there once.
  static func findings(_ document: JSON) throws -> Set<Finding> {
    let all = try document["findings"].elements.map(Finding.init)
    guard Set(all).count == all.count else { throw TestSupportError("a finding is there twice") }
    return Set(all)
  }

  /// Every name, time, size and content of the directory: what reading must not change.
  static func state(of path: String) async throws -> String {
    let script =
      #"find . -printf '%p %y %s %T@ %C@ %m\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum"#
    let listed = try await Program.run("sh", ["-c", script], workingDirectory: path)
    guard listed.succeeded else { throw TestSupportError(listed.errors) }
    return listed.output
  }
}
