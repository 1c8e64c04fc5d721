internal import ArgumentParser

/// `bundletop doctor`: what the services around us really do.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Find out what the services around the bundles really do.",
    subcommands: [DoctorStorageCommand.self])
}
