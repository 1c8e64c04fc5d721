internal import BundleModel

extension NamedSchemas {
  /// One pod process.
  static let pod = Schema.object([
    .required("owner", .text, "Random for each process."),
    .required("name", .text),
    .required("url", .nullable(.string())),
    .required("metricsUrl", .nullable(.string())),
    .required("digest", .nullable(.string()), "SHA-256 of its status list, as it read it of itself."),
    .required("digestSnapshot", .nullable(.string()), "The snapshot that the list named."),
    .required("digestAt", .nullable(.moment)),
    .required("version", .string()),
    .required("state", .choice(Pod.Presence.allCases.map(\.rawValue))),
    .required("persistence", .string(), "filesystem, dual or database."),
    .required("legacyDir", .nullable(.string()), "Its directory of AppHub's files."),
    .required("source", .nullable(.string()), "What tells that directory from others."),
    .required("unmigrated", .nullable(.count), "Statuses in it that the database does not know, or knows older."),
    .required("following", .nullable(.string()), "In dual mode: how the directory follows the database."),
    .required("store", .string(), "What tells its object store from another."),
    .required("startedAt", .moment),
    .required("lastSeen", .moment),
    .required("concurrency", .count, "Bundles packaged at once."),
    .required("running", .count, "Jobs in hand."),
    .required("bundles", .count, "Bundles offered."),
    .required("notes", .array(.string())),
    .required("pausedBy", .nullable(.string())),
    .required("cacheHits", .count, "Of the last 24 hours, of all processes of this name."),
    .required("cacheMisses", .count),
  ])
}
