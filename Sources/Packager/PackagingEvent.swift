package import BundleModel

/// What happens while a bundle is packaged.
package enum PackagingEvent: Equatable, Sendable {
  /// Another stage began.
  case stage(Stage, message: String?)
  /// Something moved on within the stage; `fraction` is 0...1. At most about ten a second.
  case progress(message: String?, fraction: Double?)
}
