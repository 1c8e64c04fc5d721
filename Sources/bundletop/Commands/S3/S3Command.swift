internal import ArgumentParser

/// `bundletop s3`: any bucket of any S3 service, with the same checks that artifacts get.
struct S3Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "s3",
    abstract: "List, fetch, store and remove objects, verified on the way.",
    discussion: """
      In s3://bucket/key the key is literal: it is never percent-decoded and never tidied up.

      Keys come from APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID and _SECRET_ACCESS_KEY, else from AWS_ACCESS_KEY_ID and
      AWS_SECRET_ACCESS_KEY, else from AWS's profile files; secrets are never options.
      """,
    subcommands: [
      S3ListCommand.self, S3HeadCommand.self, S3GetCommand.self, S3PutCommand.self, S3RemoveCommand.self,
      S3MakeBucketCommand.self, S3PresignCommand.self,
    ])
}
