/// Where a pod keeps status and archives (`APPHUB_BUNDLE_PERSISTENCE`). Jobs and leases are in the database always.
package enum PersistenceMode: String, CaseIterable, Sendable {
  /// In the pod's legacy directory, as AppHub did.
  case filesystem
  /// In the database and the object store first; the directory follows.
  case dual
  /// In the database and the object store alone.
  case database
}

/// Which side answers questions while both are written (`reads.from` in `bundletop_control`).
package enum ReadSide: String, CaseIterable, Sendable {
  case directory, database
}
