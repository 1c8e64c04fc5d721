/// The whole environment of a bundle's commands: nothing of the pod's own, which holds secrets.
enum CleanEnvironment {
  static func make(searchPath: String, workspace: Workspace) -> [String: String] {
    [
      "PATH": searchPath, "HOME": workspace.home, "TMPDIR": workspace.temporary, "LANG": "C.UTF-8", "TZ": "UTC",
      // The same inputs should give the same outputs.
      "SOURCE_DATE_EPOCH": String(ArchiveWriter.modified), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
      // Progress lines should arrive when they are printed.
      "PYTHONUNBUFFERED": "1",
      // npm would ask its registry about itself, about advisories and about funding.
      "npm_config_update_notifier": "false", "npm_config_audit": "false", "npm_config_fund": "false",
      "CI": "1", "NO_COLOR": "1",
    ]
  }
}
