package import BundleModel

/// How an action ended.
package struct ActionResult: Equatable, Sendable {
  package enum Kind: Hashable, Sendable { case retry, force, sign }
  package enum Outcome: Equatable, Sendable {
    /// What was done, in words: "queued, attempt 4".
    case done(String)
    /// Nothing was done, and why: "it is running by now".
    case refused(String)
    /// It could not be tried or its end is not known.
    case failed(String)
  }

  package var slug: Slug
  package var kind: Kind
  package var outcome: Outcome

  package init(slug: Slug, kind: Kind, outcome: Outcome) {
    self.slug = slug
    self.kind = kind
    self.outcome = outcome
  }
}

extension ActionResult.Kind {
  /// The word for it in a sentence.
  var noun: String {
    switch self {
    case .retry: "retry"
    case .force: "rebuild"
    case .sign: "link"
    }
  }
}
