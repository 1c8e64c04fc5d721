internal import CSpawn

/// The words for an errno, such as "No such file or directory"; safe to call from any thread.
func reason(_ code: Int32) -> String { String(cString: cspawn_errno_text(code)) }
