internal import BundleModel

extension NamedSchemas {
  /// AppHub's 23 fields, always present, and ours. Source: contract section 1.
  static let status = Schema.object([
    .required("slug", .text),
    .required("fingerprint", .text),
    .required("stage", .choice(Stage.allCases.map(\.rawValue))),
    .required("state", .choice(BundleState.allCases.map(\.rawValue))),
    .required("createdAt", .moment),
    .required("updatedAt", .moment),
    .required("jobId", .nullable(.string())),
    .required("version", .nullable(.string())),
    .required("checksum", .nullable(.string()), "SHA-256 of the archive, hex."),
    .required("filename", .nullable(.string())),
    .required("storageKind", .nullable(.choice(["local", "s3"]))),
    .required("storageKey", .nullable(.string())),
    .required("storageUrl", .nullable(.string())),
    .required("contentType", .nullable(.string())),
    .required("artifactId", .nullable(.string())),
    .required("artifactUploadedAt", .nullable(.moment)),
    .required("downloadUrl", .nullable(.string()), "The route that serves the archive; it never expires."),
    .required("downloadUrlExpiresAt", .nullable(.moment)),
    .required("error", .nullable(.string())),
    .required("message", .nullable(.string())),
    .required("completedAt", .nullable(.moment)),
    .required("cached", .nullable(.boolean)),
    .required("size", .nullable(.count), "Bytes of the archive."),
    .required("attempt", .nullable(.integer())),
    .required("pod", .nullable(.string())),
    .required("bytesDone", .nullable(.count)),
    .required("bytesTotal", .nullable(.count)),
    .required("verification", .nullable(.string())),
    .required("verifiedAt", .nullable(.moment)),
  ])
}
