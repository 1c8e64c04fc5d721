/// Something that object stores do or do not do, and that matters to whoever keeps archives there.
package enum CapabilityKind: String, Sendable, CaseIterable {
  case clockAgrees
  case encrypted
  case otherRegionRefused
  case wrongSecretRefused
  case anonymousListRefused
  case anonymousReadRefused
  case payloadHashEnforced
  case checksumEnforced
  case checksumReturned
  case contentMD5Enforced
  case ifNoneMatchEnforced
  case ifMatchEnforced
  case rangeServed
  case listPages
  case awkwardKeys
  case bulkDelete
  case presignedWorks
  case presignedTamperedRefused
  case presignedMethodCovered
  case presignedExpiredRefused
  case presignedWeekLimit
  case responseOverrides
  case publicEndpoint
  case multipart
  case smallPartsRefused
  case completeTwice
  case noStrayUploads

  /// In a few words, so that "yes" and "no" answer it.
  package var title: String {
    switch self {
    case .clockAgrees: "the clocks agree"
    case .encrypted: "the connection is encrypted"
    case .otherRegionRefused: "another region is refused"
    case .wrongSecretRefused: "a wrong secret is refused"
    case .anonymousListRefused: "listing without keys is refused"
    case .anonymousReadRefused: "reading without keys is refused"
    case .payloadHashEnforced: "a false payload hash is refused"
    case .checksumEnforced: "a false SHA-256 is refused"
    case .checksumReturned: "HEAD tells the SHA-256"
    case .contentMD5Enforced: "a false Content-MD5 is refused"
    case .ifNoneMatchEnforced: "If-None-Match: * is kept"
    case .ifMatchEnforced: "If-Match on a put is kept"
    case .rangeServed: "Range with If-Match works"
    case .listPages: "listings go on page by page"
    case .awkwardKeys: "awkward keys work"
    case .bulkDelete: "bulk delete works"
    case .presignedWorks: "a signed URL works"
    case .presignedTamperedRefused: "a tampered URL is refused"
    case .presignedMethodCovered: "a URL's method is covered"
    case .presignedExpiredRefused: "an expired URL is refused"
    case .presignedWeekLimit: "more than 7 days is refused"
    case .responseOverrides: "a URL sets the file's name"
    case .publicEndpoint: "the public endpoint answers"
    case .multipart: "uploads in parts work"
    case .smallPartsRefused: "parts below 5 MiB are refused"
    case .completeTwice: "a second complete is harmless"
    case .noStrayUploads: "no stray uploads"
    }
  }

  /// True when artifacts are not safe, or not usable, without it.
  package var isNeeded: Bool {
    switch self {
    case .clockAgrees, .wrongSecretRefused, .anonymousListRefused, .anonymousReadRefused, .listPages,
      .presignedWorks, .presignedTamperedRefused, .presignedMethodCovered, .presignedExpiredRefused, .multipart,
      .noStrayUploads:
      true
    case .encrypted, .otherRegionRefused, .payloadHashEnforced, .checksumEnforced, .checksumReturned,
      .contentMD5Enforced, .ifNoneMatchEnforced, .ifMatchEnforced, .rangeServed, .awkwardKeys, .bulkDelete,
      .presignedWeekLimit, .responseOverrides, .publicEndpoint, .smallPartsRefused, .completeTwice:
      false
    }
  }

  /// What a yes or a no means for bundletop.
  package func meaning(_ answer: Capability.Answer) -> String {
    guard answer != .unknown else { return "could not be found out" }
    let isYes = answer == .yes
    return switch self {
    case .clockAgrees: isYes ? "signatures are dated right" : "links expire early or late: set the clocks"
    case .encrypted: isYes ? "nobody reads along" : "whoever is on the way reads along: fine on a private network"
    case .otherRegionRefused: isYes ? "REGION must be right" : "REGION does not matter here"
    case .wrongSecretRefused: isYes ? "keys protect the archives" : "anybody can write: do not use this store"
    case .anonymousListRefused: isYes ? "names are private" : "anybody can list the bucket: make it private"
    case .anonymousReadRefused:
      isYes ? "archives are private" : "anybody can read archives: make the bucket private"
    case .payloadHashEnforced, .checksumEnforced, .contentMD5Enforced:
      isYes ? "damage on the way up is refused" : "only our own look after each put finds damage"
    case .checksumReturned: isYes ? "`verify` compares without reading" : "the noted SHA-256 is compared instead"
    case .ifNoneMatchEnforced: isYes ? "keys are never written twice" : "keys differ by content, so no put is lost"
    case .ifMatchEnforced: isYes ? "concurrent changes are noticed" : "not used for archives"
    case .rangeServed: isYes ? "broken downloads go on where they broke" : "broken downloads may start over"
    case .listPages: isYes ? "buckets of any size can be listed" : "large buckets cannot be listed whole"
    case .awkwardKeys: isYes ? "any file name can be stored" : "`s3 put` of such names fails; archives have none"
    case .bulkDelete: isYes ? "removing many is quick" : "`s3 rm` of many does not work here"
    case .presignedWorks: isYes ? "download links work" : "download links do not work"
    case .presignedTamperedRefused: isYes ? "a link opens one archive" : "one link opens every archive"
    case .presignedMethodCovered: isYes ? "a link only reads" : "a link can overwrite its archive"
    case .presignedExpiredRefused: isYes ? "links end when they should" : "links never end"
    case .presignedWeekLimit: isYes ? "as the protocol says" : "ours live 15 minutes at most"
    case .responseOverrides: isYes ? "downloads are named as they should" : "downloads are named after their key"
    case .publicEndpoint: isYes ? "links work from here, too" : "links are signed for a host that refuses them"
    case .multipart: isYes ? "files of any size can be stored" : "files of more than 256 MiB cannot be stored"
    case .smallPartsRefused: isYes ? "as the protocol says" : "ours have 16 MiB"
    case .completeTwice: isYes ? "a lost answer costs nothing" : "a lost answer is found out by HEAD"
    case .noStrayUploads: isYes ? "nothing takes room unseen" : "`doctor storage --sweep` removes them"
    }
  }
}

/// What was found out about one of them.
package struct Capability: Equatable, Sendable {
  /// Told by words: a colour alone tells nothing to some.
  package enum Answer: String, Sendable {
    case yes, no, unknown
  }

  package let kind: CapabilityKind
  package let answer: Answer
  /// What the server did, in a few words.
  package let seen: String

  package init(_ kind: CapabilityKind, _ answer: Answer, _ seen: String) {
    self.kind = kind
    self.answer = answer
    self.seen = seen
  }

  /// A person should do something about it.
  package var isFinding: Bool { answer == .no && kind.isNeeded }
}

/// What was found out about an endpoint.
package struct CapabilityReport: Equatable, Sendable {
  package var endpoint: S3Endpoint
  package var bucket: String
  /// In the order of `CapabilityKind`.
  package var capabilities: [Capability]
  /// Objects of the probe that could not be removed.
  package var leftovers: [String]

  package var findings: [Capability] { capabilities.filter(\.isFinding) }
}
