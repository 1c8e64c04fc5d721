package import BundleModel

/// Why a pod cannot serve HTTP.
package struct HTTPServerError: ReportableError, CustomStringConvertible {
  /// One line: what failed, on which address, and the system's reason.
  package let message: String

  init(_ message: String) { self.message = message }

  package var exitStatus: ExitStatus { .unavailable }
  package var description: String { message }
}
