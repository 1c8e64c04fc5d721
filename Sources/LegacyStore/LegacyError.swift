package import BundleModel
internal import Glibc
internal import ProcessControl

/// What went wrong with AppHub's directory, in one line: it names the file and holds no secret.
package struct LegacyError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: String, CaseIterable, Sendable {
    /// The directory, or what was asked of it, is not there.
    case missing
    /// The system refuses: rights, a read-only file system.
    case denied
    /// A link, a device, a pipe where a file or folder should be. It was not opened.
    case unsafe
    /// A name that no file can have, or a source id of another form.
    case invalid
    /// Something else is there already.
    case conflict
    /// It is not what it was when it was looked at.
    case changed
    /// The bytes have another checksum than promised.
    case integrity
    /// The disk is full.
    case full
    /// Anything else that the system said.
    case file
  }

  package let kind: Kind
  /// What happened, to what.
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    // Names come from other people's programs.
    self.message = UntrustedText.line(message, limit: 1000)
  }

  package var description: String { message }

  /// From an errno.
  init(_ what: String, _ path: String, _ code: CInt) {
    let kind: Kind =
      switch code {
      case ENOENT: .missing
      case EACCES, EPERM, EROFS: .denied
      case ENOSPC, EDQUOT: .full
      case ELOOP: .unsafe
      case ENAMETOOLONG: .invalid
      default: .file
      }
    self.init(kind, "\(what) \(path): \(systemReason(code))")
  }
}

extension LegacyError: ReportableError {
  package var exitStatus: ExitStatus {
    switch kind {
    case .denied: .denied
    case .missing, .full: .unavailable
    case .invalid: .usage
    case .unsafe, .conflict, .changed, .integrity, .file: .failed
    }
  }
}
