internal import ArgumentParser

/// `bundletop migrate`: AppHub's directories move into the database and the object store.
struct MigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Move AppHub's directories into the database and the object store, with a way back.",
    discussion: """
      In this order: plan, and look at what it finds; run; verify; and then cutover, which makes pods read the database.
      Nothing is deleted by anything but clean --apply. docs/migration.md tells the whole way, and the way back.

      The pods of before had a directory each, and these disagree: name them all, each with a --legacy-dir of its own.
      Of each bundle the newest status counts, whichever directory it is in; the others are listed.
      """,
    subcommands: [
      MigratePlanCommand.self, MigrateRunCommand.self, MigrateVerifyCommand.self, MigrateCutoverCommand.self,
      MigrateCutbackCommand.self, MigrateStatusCommand.self, MigrateCleanCommand.self,
    ])
}
