internal import BundleModel

extension NamedSchemas {
  /// AppHub's descriptor. Source: contract section 1.
  static let descriptor = Schema.object([
    .required("module", .text),
    .optional("repo", .text, "URL of a git repository; exactly one of repo and path is given."),
    .optional("path", .text, "Directory or descriptor file on the pods."),
    .optional("ref", .text, "Branch or tag."),
    .optional("commit", .text),
    .optional("configPath", .text, "Descriptor file in the repository or directory; config.json unless told."),
  ])

  /// AppHub's six fields, and ours. Source: contract section 1.
  static let jobResponse = Schema.object([
    .required("slug", .text),
    .required("jobId", .text),
    .required("mode", .choice(["inline", "queued"]), "Always queued: no pod packages while the caller waits."),
    .required("status", .nullable(.ref("Status"))),
    .required("bundle", .nullable(.ref("BundleSummary"))),
    .required("result", .nullable(.ref("BundleResult")), "What the job has made, when it is completed already."),
    .required(
      "outcome", .choice(["created", "merged", "waiting", "repeated", "refused"]),
      "A new job; options merged into the queued one; waiting behind the running one; this idempotency key was used "
        + "before; nothing was done."),
    .required("reason", .nullable(.string()), "Why it was refused, or what to know although it was not."),
  ])

  /// AppHub's summary of what a status names. Source: contract section 1.
  static let bundleSummary = Schema.object([
    .required("slug", .text),
    .required("version", .nullable(.string())),
    .required("checksum", .nullable(.string()), "SHA-256 of the archive, hex."),
    .required("filename", .nullable(.string())),
    .required("fingerprint", .nullable(.string())),
    .required("cached", .nullable(.boolean)),
    .required("storageKind", .nullable(.choice(["local", "s3"]))),
    .required("storageUrl", .nullable(.string())),
    .required("downloadUrl", .nullable(.string())),
    .required("downloadUrlExpiresAt", .nullable(.moment)),
    .required("size", .nullable(.count), "Bytes of the archive."),
    .required("contentType", .nullable(.string())),
    .required("reference", .nullable(.string()), "slug@version."),
  ])

  /// AppHub's result. Source: contract section 1.
  static let bundleResult = Schema.object([
    .required("slug", .text),
    .required("version", .string()),
    .required("checksum", .string(), "SHA-256 of the archive, hex."),
    .required("filename", .string()),
    .required("fingerprint", .string()),
    .required("cached", .boolean),
  ])

  /// One execution of a job by one pod.
  static let attempt = Schema.object([
    .required("jobId", .text),
    .required("attempt", .count),
    .required("pod", .string()),
    .required("startedAt", .moment),
    .required("endedAt", .nullable(.moment)),
    .required("outcome", .nullable(.choice(AttemptOutcome.allCases.map(\.rawValue))), "Null while it runs."),
    .required("errorClass", .nullable(.choice(ErrorClass.allCases.map(\.rawValue)))),
    .required("error", .nullable(.string())),
    .required("cached", .nullable(.boolean)),
    .required("fingerprint", .nullable(.string())),
    .required(
      "stages",
      .array(
        .object([.required("stage", .choice(Stage.allCases.map(\.rawValue))), .required("startedAt", .moment)]))),
    .required("tail", .nullable(.string()), "The end of what its programs printed, as far as it was asked for."),
  ])

  /// One stored archive.
  static let artifact = Schema.object([
    .required("artifactId", .text),
    .required("artifactUploadedAt", .moment),
    .required("fingerprint", .text),
    .required("version", .nullable(.string())),
    .required("checksum", .string(), "SHA-256 of the archive, hex."),
    .required("filename", .nullable(.string())),
    .required("size", .nullable(.count), "Bytes."),
    .required("contentType", .nullable(.string())),
    .required("storageKind", .choice(["local", "s3"])),
    .required("storageUrl", .nullable(.string())),
    .required("downloadUrl", .string(), "The route that serves it; it never expires."),
    .required("verification", .nullable(.choice(["match", "mismatch", "missing"]))),
    .required("verifiedAt", .nullable(.moment)),
  ])
}
