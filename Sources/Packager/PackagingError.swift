package import BundleModel
internal import ProcessControl

/// Why a bundle could not be packaged.
package struct PackagingError: Error, Equatable, CustomStringConvertible {
  /// Whose fault it is; decides whether another attempt may help.
  package var errorClass: ErrorClass
  /// What happened, to what, and what to do; may have several lines. Fit for a terminal and a log.
  package var message: String
  /// The end of what the failed command printed, without control characters; empty when there was none.
  package var tail: String

  /// Makes an error; both texts are cleaned of control characters.
  package init(_ errorClass: ErrorClass, _ message: String, tail: String = "") {
    self.errorClass = errorClass
    self.message = UntrustedText.block(message)
    self.tail = tail
  }

  package var description: String { message }

  /// What a person reads when the task was cancelled.
  static let cancelled = PackagingError(.cancelled, "packaging was cancelled")

  /// A failed system call: the pod's own fault unless told otherwise.
  static func system(_ what: String, _ path: String, errno code: Int32, class errorClass: ErrorClass = .pod)
    -> PackagingError
  {
    PackagingError(errorClass, "\(what) \(path): \(systemReason(code))")
  }
}

extension PackagingError: ReportableError {
  package var exitStatus: ExitStatus { .failed }
}
