internal import ArgumentParser

/// `bundletop demo`: everything at once, on this machine.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Start a private Postgres, an S3 server and pods, and watch them work.")

  func run() async throws {}
}
