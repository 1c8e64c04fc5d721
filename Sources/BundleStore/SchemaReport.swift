/// What `schema check` found.
package struct SchemaReport: Equatable, Sendable {
  /// Steps that the database has.
  package var applied: [Int] = []
  /// Steps that this program knows and the database does not have.
  package var missing: [Int] = []
  /// Steps that the database has and this program does not know: the program is older.
  package var unknown: [Int] = []
  /// One line for each object that is not as it was when the schema was applied.
  package var drift: [String] = []

  /// True when programs of this version can work with the database.
  package var isUsable: Bool { missing.isEmpty }
  /// True when there is nothing to say.
  package var isClean: Bool { missing.isEmpty && unknown.isEmpty && drift.isEmpty }

  package init(applied: [Int] = [], missing: [Int] = [], unknown: [Int] = [], drift: [String] = []) {
    self.applied = applied
    self.missing = missing
    self.unknown = unknown
    self.drift = drift
  }
}

extension SchemaReport {
  /// Compares the steps that a database has, each with its checksum, with those of this program.
  init(present: [Int: String]) {
    applied = present.keys.sorted()
    missing = SchemaStep.all.map(\.number).filter { present[$0] == nil }
    unknown = applied.filter { number in !SchemaStep.all.contains { $0.number == number } }
    drift = SchemaStep.all.compactMap { step in
      present[step.number].flatMap { $0 == step.checksum ? nil : step }
    }.map { "step \($0.number) (\($0.name)) was applied in another wording" }
  }
}
