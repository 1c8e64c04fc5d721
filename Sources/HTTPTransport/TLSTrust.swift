/// Which certificate authorities a client believes, besides those of the system: none unless named.
package struct TLSTrust: Sendable, Equatable {
  /// A PEM file of certificates that is used instead of the system's.
  package var certificateFile: String?
  /// A directory as `c_rehash` makes it, used instead of the system's.
  package var certificateDirectory: String?

  package init(certificateFile: String? = nil, certificateDirectory: String? = nil) {
    self.certificateFile = certificateFile
    self.certificateDirectory = certificateDirectory
  }
}
